// SPDX-License-Identifier: MIT
// Text of Socket.IO 1.x clients by polling. Their parser encodes text as UTF-8 before the browser does so again, and
// expects the same of the server; nothing in the handshake tells them from 2.x, which encode once.
// The session's POST path undoes the second encoding where it is plain that there is one.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encke::engineio {

/// The text once decoded, if `text` (valid UTF-8) reads as UTF-8 that was encoded twice: every character is below
/// U+0100, and these characters taken as bytes are UTF-8 with at least one character beyond ASCII. Otherwise nothing. A
/// text of a 2.x client that looks like that ("Ã©") is garbled already.
[[nodiscard]] std::optional<std::string> undo_double_encoding(std::string_view text);

}  // namespace encke::engineio
