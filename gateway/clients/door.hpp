// SPDX-License-Identifier: MIT
// The door: who gets in. Checks the token of a request before its session opens and the token of a CONNECT payload
// before its socket is connected. The secrets may be swapped while it stands.
// Set up by app; the user it finds is what `welcome` builds on.
#pragma once

#include <atomic>
#include <encke/encke.hpp>
#include <encke/jwt.hpp>
#include <memory>
#include <span>
#include <string>

#include "gateway/clients/refusals.hpp"
#include "gateway/log/log.hpp"
#include "gateway/settings/config.hpp"

namespace encke::gateway {

/// Drops what nobody reads once it is decided that a client may come in: a session that never joins should hold little.
void forget_request(handshake&);

class door {
 public:
  /// Throws std::invalid_argument for settings that have a fault.
  door(const auth_settings&, logger&, refusals&);

  /// Stands before every namespace of the server. The door must outlive it.
  void guard(server&);
  /// What `change` takes. Throws as the constructor.
  [[nodiscard]] static std::shared_ptr<const jwt::verifier> tokens_of(const auth_settings&);
  /// Tokens are checked with other secrets from now on. Any thread.
  void change(std::shared_ptr<const jwt::verifier>) noexcept;
  /// The user of a token, for the development routes; nothing if it is refused.
  [[nodiscard]] std::optional<std::string> user_of_token(std::string_view token) const;

 private:
  [[nodiscard]] admission check_request(handshake&) const;
  [[nodiscard]] admission check_socket(const socket&) const;

  std::atomic<std::shared_ptr<const jwt::verifier>> tokens_;
  logger& log_;
  refusals& refused_;
};

}  // namespace encke::gateway
