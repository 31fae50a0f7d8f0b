// SPDX-License-Identifier: MIT
// Files that settings name: read whole, at most so many bytes, and never waited for.
#pragma once

#include <cstddef>
#include <optional>
#include <string>

namespace encke::gateway {

/// The content of a regular file (or of a device such as /dev/null) of at most `most` bytes. Nothing, and in `why` the
/// end of a sentence that begins with its name, for any other: a folder, a pipe nobody may write to, one that is
/// longer.
[[nodiscard]] std::optional<std::string> read_file(const std::string& path, std::size_t most, std::string& why);

/// Why a file cannot be read as `read_file` would, without looking into it; "" if it can.
[[nodiscard]] std::string why_unreadable(const std::string& path);

/// What to tell the owner of a file with something secret in it; "" if only the owner and the group may read it.
[[nodiscard]] std::string why_not_private(const std::string& path);

}  // namespace encke::gateway
