// SPDX-License-Identifier: MIT
// CORS: which origins' pages may read our answers, said in the way of the Express middleware that Socket.IO users know.
// It rejects nobody: the request is served and the browser keeps the result from the page.
#pragma once

#include "http/request.hpp"
#include "http/response.hpp"

#include <chrono>
#include <optional>
#include <string>
#include <vector>

namespace encke::http {

struct cors_policy {
  enum class mode {
    off,      ///< no field at all
    any,      ///< "*"
    fixed,    ///< always the first of `origins`, whoever asks
    list,     ///< the request's own origin, if it is one of `origins`
    reflect,  ///< the request's own origin
  };
  mode origin = mode::off;
  /// "https://app.example.com"; a '*' stands for one or more characters of a host name: "https://*.example.com".
  std::vector<std::string> origins;
  bool credentials = false;
  std::string methods = "GET,HEAD,PUT,PATCH,POST,DELETE";
  std::string allowed_headers;  ///< empty: those the browser asks for
  std::string exposed_headers;
  std::optional<std::chrono::seconds> max_age;
};

/// True if a page of that origin may read our answers. With an empty `origin` (no such field) only `any` and `fixed`
/// say yes.
[[nodiscard]] bool is_origin_allowed(const cors_policy&, std::string_view origin) noexcept;

/// Adds what the policy says about `request` to the fields of its answer: a normal one, an error, or a 101.
void add_cors(const cors_policy&, const request&, header_list& out);

/// True if the policy answers this request itself, before anything else looks at it: every OPTIONS, unless it is off.
[[nodiscard]] bool is_preflight(const cors_policy&, const request&) noexcept;

/// The 204 that answers an OPTIONS request.
[[nodiscard]] response preflight(const cors_policy&, const request&);

}  // namespace encke::http
