// SPDX-License-Identifier: MIT
// Writes a packet as socket.io-msgpack-parser (3.x) does: JSON text becomes MessagePack, placeholders become the bytes
// of their attachments. Called by the parser.
#pragma once

#include <encke/parser.hpp>

namespace encke::messagepack {

/// Throws std::invalid_argument if the data are no JSON, or deeper than 512 levels.
[[nodiscard]] std::string encode(const packet&);

}  // namespace encke::messagepack
