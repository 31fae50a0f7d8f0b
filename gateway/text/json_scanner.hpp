// SPDX-License-Identifier: MIT
// The pass over a text that json_document is made of.
#pragma once

#include <deque>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/text/json_document.hpp"

namespace encke::gateway {

class json_scanner {
 public:
  json_scanner(std::string_view text, std::size_t levels, std::size_t deepest, std::vector<json_node>& nodes,
               std::vector<json_duplicate>& duplicates)
      : text_{text}, levels_{levels}, deepest_{deepest}, nodes_{nodes}, duplicates_{duplicates} {}

  /// False if the text is not JSON; `error` then says why.
  [[nodiscard]] bool run();
  [[nodiscard]] json_error error() && { return std::move(error_); }

 private:
  // A list or an object that is being read.
  struct level {
    bool is_object = false;
    std::size_t first_name = 0;  // of an object: where its names begin in `names_`
    std::size_t index = 0;       // of a list: the element that is being read
  };
  struct name {
    std::string_view text;
    std::size_t at;
  };

  /// What stands behind an element or a member.
  enum class behind : std::uint8_t { another, closed, wrong };

  // Each reads what begins here and stands behind it then; false if it is not there.
  bool value(json_node member);
  bool inside(json_kind);
  bool list();
  bool object();
  bool member_name(json_node&);
  bool string();
  bool string_rest();
  bool escape();
  bool number();
  bool digits();
  bool word(std::string_view);
  behind behind_element(char close);

  void skip_space();
  [[nodiscard]] bool at_end() const { return at_ == text_.size(); }
  [[nodiscard]] char look() const { return at_end() ? '\0' : text_[at_]; }
  bool fail(std::string detail);
  bool fail_at_value();

  void note_name(std::string_view quoted, std::size_t at);
  void find_duplicates();
  void add_duplicate(const name&);

  std::string_view text_;
  std::size_t levels_;
  std::size_t deepest_;
  std::vector<json_node>& nodes_;
  std::vector<json_duplicate>& duplicates_;
  std::size_t at_ = 0;
  std::size_t marks_ = 0;  // names among `json_document::marks` so far
  std::vector<level> open_;
  std::vector<name> names_;            // of all objects that are open
  std::deque<std::string> unescaped_;  // those of them that were written with escapes
  json_error error_;
};

}  // namespace encke::gateway
