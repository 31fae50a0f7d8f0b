// SPDX-License-Identifier: MIT
#include "gateway/text/json_advice.hpp"

#include <fmt/format.h>

namespace encke::gateway {

namespace {

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

std::string advice_on(const json_stop& stop, std::string_view text, std::size_t deepest, bool in_object) {
  if (stop.at == text.size()) return "the text ends too early";
  const auto rest = text.substr(stop.at);
  switch (stop.why) {
    case json_mistake::no_value: return std::string{advice_for(rest)};
    case json_mistake::no_digit: return "a digit is missing here";
    case json_mistake::leading_zero: return "a number does not begin with 0";
    case json_mistake::no_name:
      return rest.front() == '\'' ? "JSON has double quotes only" : "a name in quotes is missing here";
    case json_mistake::no_colon: return "a colon is missing here";
    case json_mistake::no_comma: return fmt::format("a comma or `{}` is missing here", in_object ? '}' : ']');
    case json_mistake::comma_before_end: return fmt::format("there is a comma before `{}`", in_object ? '}' : ']');
    case json_mistake::control_character:
      return fmt::format("a control character in a text is written \\u{:04x}", static_cast<unsigned>(rest.front()));
    case json_mistake::not_utf8: return "this is not UTF-8";
    case json_mistake::no_escape: return "JSON has no such escape";
    case json_mistake::no_hex: return "four hex digits follow \\u";
    case json_mistake::no_end: return "this text has no end";
    case json_mistake::too_deep: return fmt::format("lists and objects are nested more than {} deep", deepest);
    case json_mistake::something_behind: break;
  }
  return "nothing may follow the value";
}

}  // namespace encke::gateway
