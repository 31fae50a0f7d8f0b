// SPDX-License-Identifier: MIT
#include <encke/error.hpp>

#include <stdexcept>
#include <string>

namespace encke {

std::string_view to_string(errc e) noexcept {
  switch (e) {
    case errc::timed_out: return "timed out";
    case errc::not_connected: return "not connected";
    case errc::wrong_type: return "wrong type";
    case errc::queue_full: return "queue full";
    case errc::stopped: return "stopped";
  }
  return "unknown";
}

void throw_exception_from_error(errc e, const boost::source_location&) {
  throw std::runtime_error{std::string{to_string(e)}};
}

}  // namespace encke
