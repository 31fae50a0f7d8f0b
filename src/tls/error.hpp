// SPDX-License-Identifier: MIT
// What can be wrong with a TLS connection. Returned by the engine; the connection counts it and hangs up.
#pragma once

#include <boost/system/result.hpp>
#include <cstdint>
#include <string_view>

namespace encke::tls {

enum class error : std::uint8_t {
  not_tls,           ///< the first byte cannot start a TLS connection, e.g. plain HTTP
  hello_too_large,   ///< the client announced a ClientHello past the limit
  handshake_failed,  ///< no common version, cipher or protocol; a bad or refused handshake message
  bad_record,        ///< an established connection sent what does not decrypt or is out of order, or a fatal alert
  closed,            ///< close_notify: the peer sends no more, or this side said that it does not
  not_established,   ///< writing before the handshake is over
};

/// The name of an error in words, e.g. "handshake failed".
std::string_view to_string(error) noexcept;

/// Called by `result::value()` when there is no value.
[[noreturn]] void throw_exception_from_error(error, const boost::source_location&);

}  // namespace encke::tls
