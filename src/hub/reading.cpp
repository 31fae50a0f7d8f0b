// SPDX-License-Identifier: MIT
// What did not fit while arguments were read (encke/read.hpp): in words, and the path to it.
#include <encke/read.hpp>
#include <hub/reading.hpp>

#include <array>
#include <socketio/json_write.hpp>

namespace encke {

namespace {

constexpr std::size_t longest_key = 40;     // of a client's making, so of any length
constexpr std::size_t longest_path = 1000;  // and so are paths through types that hold themselves

std::string_view kind_in_words(const json& value) {
  switch (value.kind()) {
    case boost::json::kind::null: return "null";
    case boost::json::kind::bool_: return "a boolean";
    case boost::json::kind::int64:
    case boost::json::kind::uint64:
    case boost::json::kind::double_: return "a number";
    case boost::json::kind::string: return "a string";
    case boost::json::kind::array: return "an array";
    case boost::json::kind::object: return detail::find_attachment(value) ? "binary" : "an object";
  }
  return "something else";
}

void put_in_front(std::string& path, std::string_view part) {
  if (path.size() + part.size() > longest_path) return;
  if (!path.empty() && !path.starts_with('[')) path.insert(0, ".");
  path.insert(0, part);
}

}  // namespace

namespace detail {

std::nullopt_t reading::refuse(const json& value, std::string_view wanted) {
  has_failed = true;
  bad.member.clear();
  bad.found = kind_in_words(value);
  bad.wanted = wanted;
  return std::nullopt;
}

std::nullopt_t reading::lacks() {
  has_failed = true;
  bad.member.clear();
  bad.found = bad.wanted = {};
  return std::nullopt;
}

void reading::inside(std::string_view member) {
  put_in_front(bad.member, member);
}

void reading::inside(std::size_t index) {
  put_in_front(bad.member, "[" + std::to_string(index) + "]");
}

void reading::inside_key(std::string_view key) {
  const bool is_long = key.size() > longest_key;
  auto size = is_long ? longest_key : key.size();
  while (is_long && size > 0 && (static_cast<unsigned char>(key[size]) & 0xC0) == 0x80) --size;  // not within a letter
  std::string quoted{"["};
  socketio::append_string(quoted, key.substr(0, size));
  put_in_front(bad.member, quoted + (is_long ? "...]" : "]"));
}

std::string_view integer_words(bool is_signed, std::size_t bytes) {
  static constexpr std::array<std::string_view, 4> with_sign{"a whole number of 8 bits", "a whole number of 16 bits",
                                                             "a whole number of 32 bits", "a whole number of 64 bits"};
  static constexpr std::array<std::string_view, 4> without{
      "a whole number of 8 bits, not negative", "a whole number of 16 bits, not negative",
      "a whole number of 32 bits, not negative", "a whole number of 64 bits, not negative"};
  const std::size_t at = bytes == 1 ? 0 : bytes == 2 ? 1 : bytes == 4 ? 2 : 3;
  return (is_signed ? with_sign : without)[at];
}

}  // namespace detail

namespace hub {

std::string in_words(const detail::misfit& bad) {
  std::string words = "argument " + std::to_string(bad.argument);
  if (!bad.member.empty()) words += ", " + bad.member;
  if (bad.found.empty()) return words + " is missing";
  return words.append(" is ").append(bad.found).append(", and the handler takes ").append(bad.wanted);
}

}  // namespace hub

}  // namespace encke
