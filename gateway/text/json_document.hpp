// SPDX-License-Identifier: MIT
// JSON document: checks a text (RFC 8259) in one pass and finds its values, each as it was written, so that what a
// backend wrote reaches clients unchanged. Builds nothing but a list of places; what is JSON is for
// the library to say (encke/json_walk.hpp). The text outlives the document.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace encke::gateway {

enum class json_kind : std::uint8_t { null, boolean, number, text, list, object };

/// Where a value is. Values inside of it follow it, up to `next`.
struct json_node {
  std::uint32_t begin = 0;
  std::uint32_t end = 0;
  std::uint32_t key_begin = 0;  ///< of a member: its name, with quotes
  std::uint32_t key_end = 0;    ///< 0: no member
  std::uint32_t next = 0;       ///< number of the first node that is not inside
  json_kind kind = json_kind::null;
  bool has_marks = false;  ///< it is an object, or holds one, with a name of `json_document::marks`
};

/// A name that is in an object twice.
struct json_duplicate {
  std::string pointer;  ///< RFC 6901, to the member
  std::string name;     ///< what it stands for, short enough for a message
  std::size_t at = 0;   ///< byte
};

/// Where a text stops being JSON.
struct json_error {
  std::size_t at = 0;  ///< byte
  std::string detail;  ///< what is wrong there, such as "a value is missing"
};

/// Both from 1; columns count characters.
struct json_position {
  std::size_t line = 1;
  std::size_t column = 1;
};

class json_value;

class json_document {
 public:
  /// Names that mean something inside of arguments; see commands/event_args.
  static constexpr std::string_view marks[]{"$binary", "$literal", "_placeholder"};
  static constexpr std::size_t all_levels = 512;  // as deep as texts are read at all

  /// Reads a text; what was read before is forgotten, its memory used again. A byte order mark in front is passed over
  /// (RFC 8259 8.1). Values deeper than `levels` below the outermost one are checked but not kept.
  /// Fails for what is not JSON, and for more than `deepest` levels of lists and objects.
  [[nodiscard]] std::optional<json_error> read(std::string_view text, std::size_t levels, std::size_t deepest);

  /// After a `read` that did not fail: the outermost value.
  [[nodiscard]] json_value root() const;
  /// All values, in the order of the text.
  [[nodiscard]] const std::vector<json_node>& nodes() const { return nodes_; }
  /// Names that are there twice, wherever; the first of them.
  [[nodiscard]] const std::vector<json_duplicate>& duplicates() const { return duplicates_; }
  /// Without a byte order mark.
  [[nodiscard]] std::string_view text() const { return text_; }
  /// Of a byte in this text.
  [[nodiscard]] json_position position_of(std::size_t byte) const;

 private:
  std::string_view text_;
  std::vector<json_node> nodes_;
  std::vector<json_duplicate> duplicates_;
};

/// One value of a document, which it borrows.
class json_value {
 public:
  class iterator;

  json_value(const json_document& of, std::uint32_t number) : of_{&of}, number_{number} {}

  [[nodiscard]] json_kind kind() const { return node().kind; }
  [[nodiscard]] bool is(json_kind kind) const { return node().kind == kind; }
  /// As it was written.
  [[nodiscard]] std::string_view text() const { return of_->text().substr(node().begin, node().end - node().begin); }
  /// Of a member: its name as it was written, with quotes.
  [[nodiscard]] std::string_view key() const {
    return of_->text().substr(node().key_begin, node().key_end - node().key_begin);
  }
  /// What a text stands for; half of a surrogate pair becomes U+FFFD.
  [[nodiscard]] std::string string() const;
  [[nodiscard]] bool is_named(std::string_view name) const;
  [[nodiscard]] const json_node& node() const { return of_->nodes()[number_]; }
  [[nodiscard]] std::uint32_t number() const { return number_; }

  // Elements of a list, members of an object; none of another value, nor of one whose inside was not kept.
  [[nodiscard]] iterator begin() const;
  [[nodiscard]] iterator end() const;
  [[nodiscard]] bool empty() const { return node().next == number_ + 1; }
  /// The only one inside, if there is just one.
  [[nodiscard]] std::optional<json_value> only() const;
  [[nodiscard]] std::optional<json_value> find(std::string_view name) const;

 private:
  const json_document* of_;
  std::uint32_t number_;
};

class json_value::iterator {
 public:
  using value_type = json_value;
  using difference_type = std::ptrdiff_t;

  iterator() = default;
  iterator(const json_document& of, std::uint32_t at) : of_{&of}, at_{at} {}
  json_value operator*() const { return {*of_, at_}; }
  iterator& operator++() {
    at_ = of_->nodes()[at_].next;
    return *this;
  }
  iterator operator++(int) {
    auto before = *this;
    ++*this;
    return before;
  }
  friend bool operator==(const iterator& a, const iterator& b) { return a.at_ == b.at_; }

 private:
  const json_document* of_ = nullptr;
  std::uint32_t at_ = 0;
};

inline json_value::iterator json_value::begin() const {
  return {*of_, number_ + 1};
}
inline json_value::iterator json_value::end() const {
  return {*of_, node().next};
}

}  // namespace encke::gateway
