// SPDX-License-Identifier: MIT
// The address of a gateway's API, as `encke top` takes it.
#pragma once

#include <optional>
#include <string>
#include <string_view>

namespace encke::gateway {

/// Where the API is. `prefix` is "" or "/some/path", for a proxy that has it below a path.
struct api_url {
  std::string host, port, prefix;

  /// "http://127.0.0.1:9090"
  [[nodiscard]] std::string text() const;
  /// "127.0.0.1:9090", "[::1]:9090"
  [[nodiscard]] std::string host_and_port() const;
};

/// "http://host:9090/path", "host:9090"; `why` is the end of a sentence that starts with the flag's name.
[[nodiscard]] std::optional<api_url> parse_api_url(std::string_view text, std::string& why);

}  // namespace encke::gateway
