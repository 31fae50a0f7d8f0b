// SPDX-License-Identifier: MIT
#include "tls/error.hpp"

#include <stdexcept>
#include <string>

namespace encke::tls {

std::string_view to_string(error e) noexcept {
  switch (e) {
    case error::not_tls: return "not TLS";
    case error::hello_too_large: return "ClientHello too large";
    case error::handshake_failed: return "handshake failed";
    case error::bad_record: return "bad record";
    case error::closed: return "closed";
    case error::not_established: return "not established";
  }
  return "unknown";
}

void throw_exception_from_error(error e, const boost::source_location&) {
  throw std::runtime_error{"TLS: " + std::string{to_string(e)}};
}

}  // namespace encke::tls
