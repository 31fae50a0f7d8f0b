// SPDX-License-Identifier: MIT
// JSON strings (RFC 8259 7): the only JSON that Engine.IO writes besides its open packet.
// Used for error bodies, the open packet and JSONP; everything else here carries JSON without looking at it.
#pragma once

#include <string>
#include <string_view>

namespace encke::engineio {

/// Appends `text` (valid UTF-8) as a quoted string. U+2028 and U+2029 are escaped too: older scripts end a line there.
void append_json_string(std::string& out, std::string_view text);

}  // namespace encke::engineio
