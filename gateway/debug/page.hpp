// SPDX-License-Identifier: MIT
// The page at /debug/: what the process holds, for people. Its files lie in gateway/debug/page and are part of the
// binary; they hold nothing secret, so no key is asked for them. The page asks for one when the routes it reads do.
#pragma once

#include <encke/http.hpp>
#include <span>
#include <string_view>

#include "gateway/api/routes.hpp"

namespace encke::gateway {

struct page_file {
  std::string_view name;
  std::string_view etag;
  std::string_view text;
};

/// All files of the page. Defined by what cmake/embed.cmake makes of gateway/debug/page.
[[nodiscard]] std::span<const page_file> page_files();

/// GET /debug: sends on to the page.
[[nodiscard]] http_response page_way(const api_state&, const http_request&);
/// GET /debug/: the page itself.
[[nodiscard]] http_response page_view(const api_state&, const http_request&);
/// GET /debug/assets/{file}: what the page loads.
[[nodiscard]] http_response page_asset_view(const api_state&, const http_request&);

}  // namespace encke::gateway
