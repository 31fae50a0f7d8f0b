// SPDX-License-Identifier: MIT
// Plain HTTP routes beside Socket.IO: health checks, publish endpoints, small files.
#pragma once

#include <cstddef>
#include <encke/export.hpp>
#include <encke/task.hpp>
#include <functional>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace encke {

/// A whole request. Handlers get it by const reference, coroutines by value.
struct ENCKE_API http_request {
  std::string method;
  std::string path;                                         ///< decoded, without query
  std::vector<std::pair<std::string, std::string>> query;   ///< decoded
  std::vector<std::pair<std::string, std::string>> params;  ///< what `{name}` in the route's pattern matched
  std::vector<std::pair<std::string, std::string>> headers;
  std::string body;
  std::string address;  ///< IP address of the peer

  /// The value of a pattern's `{name}`, or "".
  [[nodiscard]] std::string_view param(std::string_view name) const;
  /// The last query parameter of this name, if any.
  [[nodiscard]] std::optional<std::string_view> query_value(std::string_view name) const;
  /// The first header of this name (case-insensitive), or "".
  [[nodiscard]] std::string_view header(std::string_view name) const;
};

/// The answer of a route.
struct http_response {
  unsigned status = 200;
  std::vector<std::pair<std::string, std::string>> headers{};
  std::string body{};
  std::string content_type = "text/plain; charset=UTF-8";
};

/// Why the server itself refuses a plain HTTP request.
struct http_refusal {
  unsigned status = 404;
  /// constant text: "not found", "method not allowed", "body too large" (for its route), "request timeout",
  /// "exception" (out of a handler), or what was wrong with the request's bytes, such as "head too large"
  std::string_view what;
  bool internal = false;  ///< it came to an internal listener
};

/// May give the answer to a refused request a body, a type and more headers; status and Allow are set.
using http_refusal_hook = std::function<void(http_response& answer, const http_refusal&)>;

/// A status in words, e.g. "Not Found" for 404; "Unknown" for what RFC 9110 does not know.
[[nodiscard]] ENCKE_API std::string_view reason_phrase(unsigned status) noexcept;

/// How a route is served.
struct route_options {
  bool internal = false;             ///< answers only on internal listeners; otherwise only on public ones
  std::size_t max_body = 1'000'000;  ///< bytes; larger is answered 413
  /// Who may not ask gets this answer, before a body is read or asked for (RFC 9110 10.1.1). Called once for each
  /// request, with an empty body, on its worker; nothing: the request is served.
  std::function<std::optional<http_response>(const http_request&)> refuse{};
};

/// One of the two is set. A coroutine goes on when its caller goes away, and its answer is dropped, unless it asks to
/// be told: after `co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation())`
/// what it waits for then ends with `operation_aborted`.
struct http_handler {
  std::function<http_response(const http_request&)> now;
  std::function<task<http_response>(http_request)> later;
};

template <class F>
[[nodiscard]] http_handler make_http_handler(F handler) {
  if constexpr (std::is_same_v<F, http_handler>) {
    return handler;
  } else if constexpr (std::is_invocable_r_v<task<http_response>, F, http_request>) {
    return {.now = {}, .later = std::move(handler)};
  } else if constexpr (std::is_invocable_r_v<http_response, F, const http_request&>) {
    return {.now = std::move(handler), .later = {}};
  } else {
    static_assert(std::is_invocable_r_v<http_response, F, const http_request&>,
                  "a route's handler takes const encke::http_request& and returns encke::http_response, or takes "
                  "encke::http_request and returns encke::task of it");
    return {};
  }
}

/// A handler for a route `.../{path*}` that serves the files of a folder: "" and names that end in "/" as their
/// index.html, with ETag, If-None-Match and the given extra headers. Hidden files, what is no plain file, and anything
/// outside do not exist, links that lead there among it. For small sites: each file is read whole, at most 16 MiB.
[[nodiscard]] ENCKE_API http_handler serve_folder(std::string folder,
                                                  std::vector<std::pair<std::string, std::string>> headers = {});

}  // namespace encke
