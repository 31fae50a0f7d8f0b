// SPDX-License-Identifier: MIT
// Where to listen: an address and a port, as text and back.
#pragma once

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace encke::gateway {

/// An IP address or a name, and a port; port 0 lets the system choose. No host means: do not listen.
struct listen_address {
  std::string host;
  std::uint16_t port = 0;

  [[nodiscard]] bool is_off() const { return host.empty(); }
  friend bool operator==(const listen_address&, const listen_address&) = default;
};

/// "127.0.0.1:8080", "[::1]:8080", "localhost:8080"; "" is off. Leaves `why` as it is on success; on failure it is the
/// end of a sentence that starts with the setting's name.
[[nodiscard]] std::optional<listen_address> parse_address(std::string_view text, std::string& why);
[[nodiscard]] std::string format_address(const listen_address&);
[[nodiscard]] bool is_loopback(const listen_address&);

}  // namespace encke::gateway
