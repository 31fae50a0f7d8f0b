// SPDX-License-Identifier: MIT
// Finds the members of an object and the elements of an array in JSON text, without building anything: so that the
// arguments of an event travel as the backend wrote them. The text must have been parsed before; it is not checked.
// Called by api_body and api_args.
#pragma once

#include <string>
#include <string_view>
#include <vector>

namespace encke::gateway {

struct member_text {
  std::string name;        ///< what the key stands for, escapes resolved
  std::string_view value;  ///< into the text, without whitespace around it
};

/// In the order of the text; a key that is there twice is listed twice.
[[nodiscard]] std::vector<member_text> members_of(std::string_view object);
[[nodiscard]] std::vector<std::string_view> elements_of(std::string_view array);

}  // namespace encke::gateway
