// SPDX-License-Identifier: MIT
// Walks over a JSON text (RFC 8259) in one pass and builds nothing: whoever listens gets each value as it was written,
// and learns where a text stops being JSON, and why. For programs that pass JSON on unchanged.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/export.hpp>
#include <optional>
#include <string_view>

namespace encke {

/// Why a text is not JSON.
enum class json_mistake : std::uint8_t {
  no_value,           ///< no value begins here
  no_digit,           ///< a number goes on without the digit that must be here
  leading_zero,       ///< a number that began with 0 goes on with a digit
  no_name,            ///< a member does not begin with its name in quotes
  no_colon,           ///< behind a name
  no_comma,           ///< neither a comma nor the bracket that closes this list or object
  comma_before_end,   ///< behind this comma the list or object is closed
  control_character,  ///< in a string; it must be escaped (RFC 8259 7)
  not_utf8,           ///< in a string (RFC 3629)
  no_escape,          ///< this backslash begins no escape that there is
  no_hex,             ///< this "\\u" has no four hex digits
  no_end,             ///< the string that begins here does not end
  too_deep,           ///< one level of lists and objects more than allowed
  something_behind,   ///< after the value there is more
};

/// Where a text stops being JSON. `at` is its size where it only ends too early.
struct json_stop {
  std::size_t at = 0;  ///< byte
  json_mistake why = json_mistake::no_value;
};

/// Is told of what a text holds, in its order. What it throws ends the walk.
class json_listener {
 public:
  /// A list or an object begins, at this byte.
  virtual void on_open(std::size_t at, bool is_object) = 0;
  /// The one opened last has ended; `end` is behind its bracket.
  virtual void on_close(std::size_t end) = 0;
  /// The name of a member, as it was written, with its quotes; its value comes next.
  virtual void on_name(std::string_view quoted) = 0;
  /// A string (with its quotes), a number, true, false or null, as it was written.
  virtual void on_scalar(std::string_view written) = 0;

 protected:
  ~json_listener() = default;
};

/// Walks over one value with white space around it, at most `depth` (at most 512) levels of lists and objects deep.
/// Strings must be UTF-8; escaped halves of surrogate pairs pass, as JSON.parse lets them. Nothing if all of it is
/// JSON; otherwise where it stops being so, and the listener was told of what is before.
[[nodiscard]] ENCKE_API std::optional<json_stop> walk_json(std::string_view text, std::size_t depth, json_listener&);

}  // namespace encke
