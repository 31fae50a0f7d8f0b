// SPDX-License-Identifier: MIT
#include "gateway/debug/page.hpp"

#include <algorithm>

namespace encke::gateway {

namespace {

constexpr std::string_view index_name = "index.html";

// Nothing but its own files and its own server; `data:` is the icon.
constexpr std::string_view policy =
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src data: 'self'; "
    "base-uri 'none'; form-action 'none'; frame-ancestors 'none'";

std::string_view type_of(std::string_view name) {
  if (name.ends_with(".html")) return "text/html; charset=UTF-8";
  if (name.ends_with(".css")) return "text/css; charset=UTF-8";
  if (name.ends_with(".js")) return "text/javascript; charset=UTF-8";
  return "text/plain; charset=UTF-8";
}

http_response serve(std::string_view name, const http_request& request) {
  const auto files = page_files();
  const auto file = std::ranges::find(files, name, &page_file::name);
  if (file == files.end()) return {.status = 404, .body = "Not Found\n"};
  http_response answer{.headers = {{"Content-Security-Policy", std::string{policy}},
                                   {"X-Content-Type-Options", "nosniff"},
                                   {"Referrer-Policy", "no-referrer"},
                                   {"Cross-Origin-Resource-Policy", "same-origin"},
                                   {"Cache-Control", "no-cache"},
                                   {"ETag", std::string{file->etag}}},
                       .content_type = std::string{type_of(name)}};
  if (request.header("If-None-Match") == file->etag)
    answer.status = 304;
  else
    answer.body = file->text;
  return answer;
}

}  // namespace

http_response page_way(const api_state&, const http_request&) {
  return {.status = 308, .headers = {{"Location", "debug/"}}};
}

http_response page_view(const api_state&, const http_request& request) {
  return serve(index_name, request);
}

http_response page_asset_view(const api_state&, const http_request& request) {
  return request.param("file") == index_name ? http_response{.status = 404, .body = "Not Found\n"}
                                             : serve(request.param("file"), request);
}

}  // namespace encke::gateway
