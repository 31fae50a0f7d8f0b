// SPDX-License-Identifier: MIT
// A certificate and key for the soak's TLS listeners, made for one run.
#pragma once

#include <encke/server.hpp>
#include <filesystem>

namespace encke::soak {

/// Two PEM files in a folder of their own, which goes with it.
class certificate {
 public:
  certificate();
  certificate(const certificate&) = delete;
  certificate& operator=(const certificate&) = delete;
  ~certificate();

  [[nodiscard]] const tls_options& files() const { return files_; }

 private:
  std::filesystem::path folder_;
  tls_options files_;
};

}  // namespace encke::soak
