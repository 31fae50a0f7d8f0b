// SPDX-License-Identifier: MIT
// What can be wrong with an HTTP/1.1 request on the wire, and the status that says so.
// After any of these the connection answers `status_of` and closes: where the next request would begin is not known.
#pragma once

#include <encke/error.hpp>

namespace encke::http {

enum class error {
  bad_request,                  ///< not a request as of RFC 9112, or one that two readers could read in two ways
  head_too_large,               ///< request line and fields together
  too_many_headers,             ///< fields
  target_too_long,              ///< request target, or a request line that does not end
  unsupported_version,          ///< well formed, but neither HTTP/1.0 nor HTTP/1.1
  body_too_large,               ///< more than the user of the parser allows for this request
  bad_chunk,                    ///< chunk size, extension, end of a chunk, or trailer section
  unsupported_transfer_coding,  ///< anything but chunked
};

/// The status code of the answer, e.g. 413.
[[nodiscard]] unsigned status_of(error) noexcept;
/// The name of an error in words, e.g. "head too large".
[[nodiscard]] std::string_view to_string(error) noexcept;

/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(error, const boost::source_location&);

}  // namespace encke::http
