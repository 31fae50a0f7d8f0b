// SPDX-License-Identifier: MIT
// Standard input, output and error as a service meets them: closed at the start, read by nobody, or by somebody who
// goes away. Used by main and `serve`.
#pragma once

#include <string_view>

namespace encke::gateway {

/// Opens /dev/null where descriptor 0, 1 or 2 is closed, before anything else is opened and takes its number. Call it
/// first in main.
void hold_standard_streams() noexcept;

/// From now on a pipe without a reader and a limit for the size of files are errors of a write, and do not end the
/// process.
void ignore_write_signals() noexcept;

/// Writes a few lines to standard output if it takes them at once, and never waits. False: it does not, or nobody reads
/// it. At most 4096 bytes.
bool say(std::string_view lines) noexcept;

}  // namespace encke::gateway
