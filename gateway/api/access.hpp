// SPDX-License-Identifier: MIT
// Who may use the internal listener: backends with a key, or, as long as there is no key, programs on this machine.
// Shared by the HTTP API and the debug pages; a reload of the settings replaces the keys while requests are served.
#pragma once

#include <atomic>
#include <encke/http.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/api/problem.hpp"
#include "gateway/settings/keys.hpp"

namespace encke::gateway {

/// The key in an Authorization header, "Bearer <key>"; empty if there is none.
[[nodiscard]] std::string_view bearer_of(std::string_view authorization);

/// Told of each request that is not let in, with the problem's code, on the request's worker.
using access_hook = std::function<void(const http_request&, std::string_view code)>;

class key_ring {
 public:
  explicit key_ring(std::vector<api_key> keys = {}, access_hook on_refused = {});

  /// The keys that are good from now on. Any thread.
  void replace(std::vector<api_key> keys);

  /// Why a request is not let in, or nothing. Without any key, it must come from a loopback address and name this
  /// machine in `Host`, so that neither another machine nor a web page under a borrowed name gets in; nor may a page of
  /// another origin have sent it: the page could not read the answer, but it could keep the gateway busy. Any thread.
  [[nodiscard]] std::optional<problem> refusal_of(const http_request&) const;

  /// The name of the key a request carries, for logs; "" if there is none.
  [[nodiscard]] std::string name_of(const http_request&) const;

 private:
  [[nodiscard]] std::optional<problem> check(const http_request&) const;

  std::atomic<std::shared_ptr<const std::vector<api_key>>> keys_;
  const access_hook on_refused_;
};

}  // namespace encke::gateway
