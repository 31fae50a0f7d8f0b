// SPDX-License-Identifier: MIT
// Dates in JSON, for the decoder.
#pragma once

#include <cstdint>
#include <string>

namespace encke::messagepack {

/// Appends a time, in milliseconds since 1970, as JSON.stringify writes a Date: a string like
/// "2001-09-09T01:46:40.000Z", or null if no Date can be that far away.
void append_date(std::string& out, std::int64_t milliseconds);

}  // namespace encke::messagepack
