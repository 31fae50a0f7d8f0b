// SPDX-License-Identifier: MIT
// Reads a packet as socket.io-msgpack-parser (3.x) writes it: one MessagePack map with type, nsp, data and id. The data
// become JSON text, as JSON.stringify would write what the client had; bytes become attachments. Called by the parser;
// what the packet means is not checked here.
#pragma once

#include <encke/parser.hpp>

namespace encke::messagepack {

/// Nothing is believed about lengths: what is kept grows with what was read, at most by six bytes of text for one of
/// the message besides the attachments, whose number is limited.
[[nodiscard]] result<packet, std::string> decode(std::string_view message, const packet_limits&);

}  // namespace encke::messagepack
