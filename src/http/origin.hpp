// SPDX-License-Identifier: MIT
// Where a request comes from: a page of this server's own, one that the operator has listed, or another one that a
// visitor's browser happens to show. CORS keeps answers from the latter; this tells it apart before anything is done.
#pragma once

#include "http/cors.hpp"
#include "http/request.hpp"

#include <string_view>

namespace encke::http {

/// True if `origin` ("https://example.com:8443") is where a request with this Host was sent to (RFC 6454 5, RFC 9110
/// 7.2). The default port of its scheme may be left out on either side. `secure`: over TLS, so only https is the same;
/// without, a proxy may have ended the TLS.
[[nodiscard]] bool is_same_origin(std::string_view origin, std::string_view host, bool secure) noexcept;

/// True if a page that is neither of the same origin nor listed by the policy sent this request, by what a page cannot
/// forge: `Origin`, else Sec-Fetch-Site, else Referer. "null" is foreign; "*" lists nobody, and "reflect" everybody
/// only if credentials are allowed. A request without any of the three is of no page, but for a script (JSONP), which
/// needs one of them.
[[nodiscard]] bool is_foreign(const request&, const cors_policy&, bool secure, bool is_script) noexcept;

}  // namespace encke::http
