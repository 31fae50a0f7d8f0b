// SPDX-License-Identifier: MIT
// JSON values at the border of the API: parsing checked text, and writing text as JSON.stringify does.
#pragma once

#include <boost/json/value.hpp>
#include <optional>
#include <string>
#include <string_view>

namespace encke::hub {

/// Nothing if the text is not JSON. Escapes of lone surrogates, which no value can hold, become U+FFFD.
[[nodiscard]] std::optional<boost::json::value> parse_json(std::string_view text);
/// Appends a value without whitespace, numbers as JavaScript writes them.
void append_json(std::string& out, const boost::json::value&);
[[nodiscard]] std::string write_json(const boost::json::value&);

}  // namespace encke::hub
