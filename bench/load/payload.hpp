// SPDX-License-Identifier: MIT
// Payload: the packets in the body of a polling request or answer, of Engine.IO protocol v3 and v4.
// Only the polling client uses it. Text of this program is ASCII, so characters and bytes are the same.
#pragma once

#include <string>
#include <string_view>

namespace encke::load {

// Adds `packet` to the body of a request.
void append_packet(std::string& body, std::string_view packet, unsigned eio);

// Takes the first packet off `body`; empty when there is none or it is not well-formed.
[[nodiscard]] std::string_view take_packet(std::string_view& body, unsigned eio) noexcept;

}  // namespace encke::load
