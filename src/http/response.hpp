// SPDX-License-Identifier: MIT
// Response: a plain value and its bytes. Everything that answers HTTP writes through here, so a line break in a value
// cannot become a field of its own, and the length is always right.
#pragma once

#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke::http {

/// Fields to send, in order.
using header_list = std::vector<std::pair<std::string, std::string>>;

struct response {
  unsigned status = 200;
  std::string content_type{};  ///< no Content-Type field if empty
  header_list headers{};
  std::string body{};
};

/// How one response is written.
struct writing {
  bool keep_alive = true;
  bool head_only = false;   ///< the answer to HEAD: as for GET, without the body
  unsigned version = 11;    ///< of the request: HTTP/1.0 is told "keep-alive"
  std::string_view date{};  ///< the value of Date; no such field if empty
};

/// "Not Found" for 404; "Unknown" for codes that RFC 9110 does not know.
[[nodiscard]] std::string_view reason_phrase(unsigned status) noexcept;

/// Appends the response. Content-Length is written for every status that may have it (RFC 9110 8.6: not for 1xx, 204
/// and 304, where a given one is kept), Connection where it is needed. Of the given fields are left out: those whose
/// name is not a token, Transfer-Encoding, and a Content-Length, Connection or Date in place of which another one is
/// written.
/// CR, LF and NUL in values are dropped.
void append(std::string& out, const response&, writing how);
void append(std::string& out, const response&, bool keep_alive, bool head_only = false);

/// Appends all but the body, which the caller sends itself: `body_size` bytes. `response::body` is not looked at.
void append_head(std::string& out, const response&, std::size_t body_size, writing how = {});

/// Appends one field line, with the same care.
void append_field(std::string& out, std::string_view name, std::string_view value);

/// Appends an Engine.IO polling answer: 200, the type, the length, "cache-control: no-store", `extra`, the body.
void append_polling_ok(std::string& out, std::string_view content_type, std::string_view body, writing how = {},
                       const header_list& extra = {});
inline constexpr std::string_view polling_text = "text/plain; charset=UTF-8";
inline constexpr std::string_view polling_binary = "application/octet-stream";
inline constexpr std::string_view polling_script = "text/javascript; charset=UTF-8";
inline constexpr std::string_view polling_posted = "text/html";  ///< the "ok" of a POST

/// The interim answer to "Expect: 100-continue".
inline constexpr std::string_view continue_line = "HTTP/1.1 100 Continue\r\n\r\n";

/// The answer to OPTIONS (RFC 9110 9.3.7), and the one to a method that is not in the list (15.5.6).
[[nodiscard]] response allowed(std::string methods);
[[nodiscard]] response not_allowed(std::string methods);

/// A response with a body of that type. The text is the caller's to escape.
[[nodiscard]] response text_response(unsigned status, std::string body,
                                     std::string content_type = "text/plain; charset=utf-8");

}  // namespace encke::http
