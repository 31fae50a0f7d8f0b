// SPDX-License-Identifier: MIT
#include "gateway/text/json_scanner.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>
#include <tuple>

#include "gateway/text/json_string.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t most_duplicates = 50;
constexpr std::size_t few_names = 8;  // which are compared each with each

// Characters that a string holds as they are, of those that are one byte.
constexpr auto is_plain = [] {
  std::array<bool, 256> plain{};
  for (unsigned c = 0x20; c < 0x80; ++c) plain[c] = c != '"' && c != '\\';
  return plain;
}();

bool is_space(char c) {
  return c == ' ' || c == '\t' || c == '\r' || c == '\n';
}
bool is_digit(char c) {
  return c >= '0' && c <= '9';
}
bool is_hex(char c) {
  return is_digit(c) || (c >= 'a' && c <= 'f') || (c >= 'A' && c <= 'F');
}

std::uint32_t place(std::size_t at) {
  return static_cast<std::uint32_t>(at);
}

// Words that writers of other formats make, and what is to be done instead.
std::string_view advice_for(std::string_view rest) {
  for (const std::string_view none : {"NaN", "Infinity", "-Infinity", "inf", "-inf", "nan"})
    if (rest.starts_with(none)) return "JSON has no NaN and no infinity: send null or a text";
  if (rest.starts_with("None") || rest.starts_with("True") || rest.starts_with("False"))
    return "JSON writes null, true and false";
  if (rest.starts_with("undefined")) return "JSON has no undefined: send null";
  if (rest.starts_with('\'')) return "JSON has double quotes only";
  if (rest.starts_with('+') || rest.starts_with('.')) return "a number begins with a digit or a minus";
  if (rest.starts_with("//") || rest.starts_with("/*") || rest.starts_with('#')) return "JSON has no comments";
  return "a value is missing here";
}

}  // namespace

bool json_scanner::run() {
  skip_space();
  if (!value({})) return false;
  skip_space();
  return at_end() || fail("nothing may follow the value");
}

// --- values -------------------------------------------------------------------------------------------------------

bool json_scanner::value(json_node member) {
  const auto number_of_node = nodes_.size();
  const bool is_kept = open_.size() <= levels_;
  const auto marks_before = marks_;
  member.begin = place(at_);
  if (is_kept) nodes_.push_back(member);
  auto kind = json_kind::number;
  bool is_good = false;
  switch (look()) {
    case '"': kind = json_kind::text, is_good = string(); break;
    case '{': kind = json_kind::object, is_good = inside(kind); break;
    case '[': kind = json_kind::list, is_good = inside(kind); break;
    case 't': kind = json_kind::boolean, is_good = word("true"); break;
    case 'f': kind = json_kind::boolean, is_good = word("false"); break;
    case 'n': kind = json_kind::null, is_good = word("null"); break;
    default: is_good = number();
  }
  if (!is_good) return false;
  if (!is_kept) return true;
  auto& node = nodes_[number_of_node];
  node.end = place(at_);
  node.next = place(nodes_.size());
  node.kind = kind;
  node.has_marks = marks_ != marks_before;
  return true;
}

bool json_scanner::inside(json_kind kind) {
  if (open_.size() == deepest_) return fail(fmt::format("lists and objects are nested more than {} deep", deepest_));
  open_.push_back({kind == json_kind::object, names_.size(), 0});
  ++at_;
  skip_space();
  const bool is_good = kind == json_kind::object ? object() : list();
  if (!is_good) return false;
  if (kind == json_kind::object) find_duplicates();
  names_.resize(open_.back().first_name);
  open_.pop_back();
  return true;
}

bool json_scanner::list() {
  if (look() == ']') return ++at_, true;
  for (;;) {
    if (!value({})) return false;
    const auto next = behind_element(']');
    if (next != behind::another) return next == behind::closed;
    ++open_.back().index;
  }
}

bool json_scanner::object() {
  if (look() == '}') return ++at_, true;
  for (;;) {
    json_node member;
    if (!member_name(member) || !value(member)) return false;
    const auto next = behind_element('}');
    if (next != behind::another) return next == behind::closed;
  }
}

json_scanner::behind json_scanner::behind_element(char close) {
  skip_space();
  if (look() == close) return ++at_, behind::closed;
  if (look() != ',') return fail(fmt::format("a comma or `{}` is missing here", close)), behind::wrong;
  const auto comma = at_++;
  skip_space();
  if (look() != close) return behind::another;
  at_ = comma;
  return fail(fmt::format("there is a comma before `{}`", close)), behind::wrong;
}

bool json_scanner::member_name(json_node& member) {
  if (look() != '"') return fail(look() == '\'' ? "JSON has double quotes only" : "a name in quotes is missing here");
  const auto from = at_;
  if (!string()) return false;
  note_name(text_.substr(from, at_ - from), from);
  member.key_begin = place(from);
  member.key_end = place(at_);
  skip_space();
  if (look() != ':') return fail("a colon is missing here");
  ++at_;
  skip_space();
  return true;
}

// --- scalars ------------------------------------------------------------------------------------------------------

bool json_scanner::string() {
  const auto from = at_++;
  if (string_rest()) return true;
  if (!error_.detail.empty()) return false;
  at_ = from;
  return fail("this text has no end");
}

// False without an error if the end of the text comes first.
bool json_scanner::string_rest() {
  for (;;) {
    while (!at_end() && is_plain[static_cast<unsigned char>(text_[at_])]) ++at_;
    if (at_end()) return false;
    const char c = text_[at_];
    if (c == '"') return ++at_, true;
    if (c == '\\') {
      if (!escape()) return false;
      continue;
    }
    if (static_cast<unsigned char>(c) < 0x20)
      return fail(fmt::format("a control character in a text is written \\u{:04x}", static_cast<unsigned>(c)));
    const auto length = utf8_length(text_.substr(at_));
    if (length == 0) return fail("this is not UTF-8");
    at_ += length;
  }
}

bool json_scanner::escape() {
  constexpr std::string_view short_ones = "\"\\/bfnrt";
  const auto rest = text_.substr(at_ + 1);
  if (rest.empty()) return false;
  if (short_ones.find(rest[0]) != std::string_view::npos) return at_ += 2, true;
  if (rest[0] != 'u') return fail("JSON has no such escape");
  if (rest.size() < 5) return false;
  if (!std::all_of(rest.begin() + 1, rest.begin() + 5, is_hex)) return fail("four hex digits follow \\u");
  at_ += 6;
  return true;
}

bool json_scanner::number() {
  const auto from = at_;
  if (look() == '-') ++at_;
  if (!is_digit(look())) {
    at_ = from;
    return fail_at_value();
  }
  const bool is_zero = look() == '0';
  if (is_zero)
    ++at_;
  else if (!digits())
    return false;
  if (is_zero && is_digit(look())) return fail("a number does not begin with 0");
  if (look() == '.') {
    ++at_;
    if (!digits()) return false;
  }
  if (look() != 'e' && look() != 'E') return true;
  ++at_;
  if (look() == '+' || look() == '-') ++at_;
  return digits();
}

bool json_scanner::digits() {
  if (!is_digit(look())) return fail("a digit is missing here");
  while (is_digit(look())) ++at_;
  return true;
}

bool json_scanner::word(std::string_view expected) {
  if (!text_.substr(at_).starts_with(expected)) return fail_at_value();
  at_ += expected.size();
  return true;
}

// --- names --------------------------------------------------------------------------------------------------------

void json_scanner::note_name(std::string_view quoted, std::size_t at) {
  auto text = quoted.substr(1, quoted.size() - 2);
  if (text.find('\\') != std::string_view::npos)
    text = unescaped_.emplace_back(unescaped(quoted, lone_surrogates::kept));
  if (std::ranges::find(json_document::marks, text) != std::end(json_document::marks)) ++marks_;
  names_.push_back({text, at});
}

// Of the object that ends here.
void json_scanner::find_duplicates() {
  const auto first = names_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_name);
  const auto last = names_.end();
  if (static_cast<std::size_t>(last - first) <= few_names) {
    for (auto one = first; one != last; ++one)
      if (std::find_if(first, one, [one](const name& other) { return other.text == one->text; }) != one)
        add_duplicate(*one);
    return;
  }
  std::sort(first, last, [](const name& a, const name& b) { return std::tie(a.text, a.at) < std::tie(b.text, b.at); });
  for (auto one = first + 1; one != last; ++one)
    if ((one - 1)->text == one->text) add_duplicate(*one);
}

void json_scanner::add_duplicate(const name& again) {
  if (duplicates_.size() >= most_duplicates) return;
  std::string pointer;
  for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
    const auto& one = open_[i];
    // The name of the member that is being read is the last one before those of the level below.
    pointer += one.is_object ? pointer_token(names_[open_[i + 1].first_name - 1].text) : fmt::format("/{}", one.index);
  }
  duplicates_.push_back({pointer + pointer_token(again.text), in_message(again.text), again.at});
}

// --- the text -----------------------------------------------------------------------------------------------------

void json_scanner::skip_space() {
  while (at_ < text_.size() && is_space(text_[at_])) ++at_;
}

bool json_scanner::fail(std::string detail) {
  error_ = {at_, at_end() ? "the text ends too early" : std::move(detail)};
  return false;
}

bool json_scanner::fail_at_value() {
  return fail(std::string{advice_for(text_.substr(at_))});
}

}  // namespace encke::gateway
