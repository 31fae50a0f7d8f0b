// SPDX-License-Identifier: MIT
#include "http/error.hpp"

#include <stdexcept>
#include <string>

namespace encke::http {

unsigned status_of(error e) noexcept {
  switch (e) {
    case error::bad_request: return 400;
    case error::head_too_large: return 431;
    case error::too_many_headers: return 431;
    case error::target_too_long: return 414;
    case error::unsupported_version: return 505;
    case error::body_too_large: return 413;
    case error::bad_chunk: return 400;
    case error::unsupported_transfer_coding: return 501;
  }
  return 400;
}

std::string_view to_string(error e) noexcept {
  switch (e) {
    case error::bad_request: return "bad request";
    case error::head_too_large: return "head too large";
    case error::too_many_headers: return "too many headers";
    case error::target_too_long: return "target too long";
    case error::unsupported_version: return "unsupported version";
    case error::body_too_large: return "body too large";
    case error::bad_chunk: return "bad chunk";
    case error::unsupported_transfer_coding: return "unsupported transfer coding";
  }
  return "unknown";
}

void throw_exception_from_error(error e, const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(e)}};
}

}  // namespace encke::http
