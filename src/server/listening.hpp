// SPDX-License-Identifier: MIT
// Where a server listens: addresses and names to what can be bound, and what to tell when it cannot.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <cstdint>
#include <string>
#include <system_error>
#include <vector>

namespace encke {

using bind_address = boost::asio::ip::tcp::endpoint;

/// The addresses of `endpoint::address`: itself, with or without brackets, both loopback addresses for "localhost"
/// (RFC 6761 6.3), or all that the resolver has for a name. Throws std::system_error with words for an operator.
[[nodiscard]] std::vector<bind_address> addresses_of(boost::asio::io_context&, const std::string& address,
                                                     std::uint16_t port);

/// Throws std::system_error that says why one of them could not be bound: the address, the system's reason, and what
/// helps. `given`: what it was an address of.
[[noreturn]] void throw_cannot_listen(std::error_code why, const bind_address&, const std::string& given);

}  // namespace encke
