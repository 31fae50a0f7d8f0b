// SPDX-License-Identifier: MIT
// The answer of whoever decides who gets in: of middleware (a namespace) and of allow_request (the whole connection).
#pragma once

#include <boost/json/value.hpp>
#include <memory>
#include <string>
#include <utility>
#include <vector>

namespace encke {

/// Lets a client in, or refuses it with a message and optional data. Copies share the refusal.
class admission {
 public:
  /// In a middleware: sent as CONNECT_ERROR {message, data}. In allow_request: an HTTP answer of `status`.
  struct refusal {
    std::string message;
    boost::json::value data;                                     ///< null: none
    unsigned status = 403;                                       ///< allow_request only
    std::vector<std::pair<std::string, std::string>> headers{};  ///< allow_request only, e.g. WWW-Authenticate
    std::string body{};  ///< allow_request only; JSON. "": the protocol's own body
  };

  admission() = default;
  admission(refusal why)
      : refusal_{std::make_shared<const refusal>(std::move(why))} {}  // NOLINT: `co_return refuse(...)` reads well

  [[nodiscard]] bool is_admitted() const { return !refusal_; }
  /// Only when refused.
  [[nodiscard]] const refusal& why() const { return *refusal_; }

 private:
  std::shared_ptr<const refusal> refusal_;
};

inline const admission admit{};

/// Refuses with a message and optional data: `refuse("invalid token", {{"code", 401}})`.
[[nodiscard]] inline admission refuse(std::string message, boost::json::value data = {}) {
  return admission{admission::refusal{std::move(message), std::move(data)}};
}

}  // namespace encke
