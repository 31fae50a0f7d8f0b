// SPDX-License-Identifier: MIT
#include "gateway/api_text.hpp"

#include <algorithm>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace encke::gateway {

namespace {

// Takes valid JSON apart from left to right. At the end of the text every look gives 0.
class cursor {
 public:
  explicit cursor(std::string_view text) : text_{text} {}

  [[nodiscard]] char look() {
    while (at_ < text_.size() && is_space(text_[at_])) ++at_;
    return at_ < text_.size() ? text_[at_] : '\0';
  }
  void skip() {
    if (at_ < text_.size()) ++at_;
  }
  [[nodiscard]] std::string_view value() {
    const char first = look();
    const auto begin = at_;
    if (first == '"')
      skip_string();
    else if (first == '{' || first == '[')
      skip_nested();
    else
      while (at_ < text_.size() && !ends_scalar(text_[at_])) ++at_;
    return text_.substr(begin, at_ - begin);
  }

 private:
  static bool is_space(char c) { return c == ' ' || c == '\t' || c == '\r' || c == '\n'; }
  static bool ends_scalar(char c) { return is_space(c) || c == ',' || c == ']' || c == '}' || c == ':'; }

  void skip_string() {
    for (skip(); at_ < text_.size();) {
      const auto begin = at_;
      at_ = std::min(text_.find('"', begin), text_.size());
      auto escapes = at_;
      while (escapes > begin && text_[escapes - 1] == '\\') --escapes;
      const bool is_escaped = (at_ - escapes) % 2 == 1;
      skip();
      if (!is_escaped) return;
    }
  }
  void skip_nested() {
    std::size_t depth = 0;
    while (at_ < text_.size()) {
      const char c = text_[at_];
      if (c == '"') {
        skip_string();
        continue;
      }
      ++at_;
      if (c == '{' || c == '[') ++depth;
      if ((c == '}' || c == ']') && --depth == 0) return;
    }
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string unescaped(std::string_view string) {
  if (string.find('\\') == std::string_view::npos) return std::string{string.substr(1, string.size() - 2)};
  const auto value = boost::json::parse(boost::json::string_view{string.data(), string.size()});
  return std::string{value.get_string()};
}

}  // namespace

std::vector<member_text> members_of(std::string_view object) {
  std::vector<member_text> found;
  found.reserve(4);
  cursor at{object};
  if (at.look() != '{') return found;
  for (at.skip(); at.look() == '"';) {
    auto name = unescaped(at.value());
    if (at.look() == ':') at.skip();
    found.push_back({std::move(name), at.value()});
    if (at.look() == ',') at.skip();
  }
  return found;
}

std::vector<std::string_view> elements_of(std::string_view array) {
  std::vector<std::string_view> found;
  cursor at{array};
  if (at.look() != '[') return found;
  for (at.skip(); at.look() != ']' && at.look() != '\0';) {
    found.push_back(at.value());
    if (at.look() == ',') at.skip();
  }
  return found;
}

}  // namespace encke::gateway
