// SPDX-License-Identifier: MIT
// What serving files needs: a path that cannot leave its folder, the type by extension, and conditional requests.
// Knows no file system; the caller opens the file.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encke::http {

/// The decoded path relative to the served folder: "" for "/", "a/b.js" for "/a//b.js", "a/" for "/a/".
/// Nothing if it does not start with '/', or has "..", a file whose name begins with a dot, a backslash, a control
/// character or bad UTF-8, also if these were percent-encoded.
[[nodiscard]] std::optional<std::string> safe_path(std::string_view url_path);

/// The media type for a file name; "application/octet-stream" if the extension is not known.
[[nodiscard]] std::string_view content_type_for(std::string_view path) noexcept;

/// If-None-Match (RFC 9110 13.1.2): "*", or a list that has the tag, by weak comparison. `etag` is with its quotes.
[[nodiscard]] bool etag_matches(std::string_view if_none_match, std::string_view etag) noexcept;

}  // namespace encke::http
