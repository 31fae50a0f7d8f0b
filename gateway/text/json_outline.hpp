// SPDX-License-Identifier: MIT
// Makes the list of places that json_document is of what the library's walk over a text tells.
#pragma once

#include <deque>
#include <encke/json_walk.hpp>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/text/json_document.hpp"

namespace encke::gateway {

class json_outline final : public json_listener {
 public:
  /// Both lists are empty.
  json_outline(std::string_view text, std::size_t levels, std::vector<json_node>& nodes,
               std::vector<json_duplicate>& duplicates)
      : text_{text}, levels_{levels}, nodes_{nodes}, duplicates_{duplicates} {}

  void on_open(std::size_t at, bool is_object) override;
  void on_close(std::size_t end) override;
  void on_name(std::string_view quoted) override;
  void on_scalar(std::string_view written) override;

  /// What is open now is an object.
  [[nodiscard]] bool in_object() const { return !open_.empty() && open_.back().is_object; }

 private:
  // A list or an object that is being read.
  struct level {
    bool is_object = false;
    bool is_kept = false;          // it has a node
    std::size_t node = 0;          // its number
    std::size_t marks_before = 0;  // of `marks_`
    std::size_t first_name = 0;    // of an object: where its names begin in `names_`
    std::size_t elements = 0;      // of a list, the one that is being read included
  };
  struct name {
    std::string_view text;
    std::size_t at;
  };

  // A value begins here. True if it is kept, as the last node.
  bool begin_value(std::size_t at, json_kind);
  void find_duplicates();
  void add_duplicate(const name&);

  std::string_view text_;
  std::size_t levels_;
  std::vector<json_node>& nodes_;
  std::vector<json_duplicate>& duplicates_;
  std::size_t marks_ = 0;                                 // names among `json_document::marks` so far
  std::pair<std::uint32_t, std::uint32_t> member_{0, 0};  // where the name of the next value is
  std::vector<level> open_;
  std::vector<name> names_;            // of all objects that are open
  std::deque<std::string> unescaped_;  // those of them that were written with escapes
};

}  // namespace encke::gateway
