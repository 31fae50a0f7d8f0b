// SPDX-License-Identifier: MIT
// What the tests of ways out share: the kinds of client, options with short times, and a server whose connections are
// all expected to be gone, with everything that was held for them, at the end of each test.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <string>
#include <vector>

#include "support/engine_client.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {

using namespace std::chrono_literals;

inline constexpr std::array every_way{way{.by = carrier::polling, .eio = 4}, way{.by = carrier::polling, .eio = 3},
                                      way{.by = carrier::websocket, .eio = 4}, way{.by = carrier::websocket, .eio = 3}};
inline constexpr std::array every_polling{way{.by = carrier::polling, .eio = 4}, way{.by = carrier::polling, .eio = 3},
                                          way{.by = carrier::polling, .eio = 4, .tls = true}};
inline constexpr std::array every_websocket{way{.by = carrier::websocket, .eio = 4},
                                            way{.by = carrier::websocket, .eio = 3},
                                            way{.by = carrier::websocket, .eio = 4, .tls = true}};

inline void PrintTo(const way& how, std::ostream* out) {
  *out << how.name();
}
inline std::string name_of(const testing::TestParamInfo<way>& info) {
  return info.param.name();
}

/// Old clients are let in, and a session that nobody polls any more ends soon.
inline options exit_options() {
  auto o = test_options();
  o.allow_eio3 = true;
  o.ping_interval = 1500ms;
  o.ping_timeout = 1500ms;
  return o;
}

/// A server, and the expectation that what is opened after `serve` is all gone at the end.
class exit_fixture {
 public:
  explicit exit_fixture(options o = exit_options()) : server{std::move(o)} {}

  void serve(bool tls = false) {
    tls ? server.start_tls() : server.start();
    nothing_left.emplace("the connection");
  }
  [[nodiscard]] std::uint16_t port() const { return server.port(); }
  [[nodiscard]] engine_client client(way how = polling, std::string_view query = {}) const {
    return {server.port(), how, query};
  }

  server_fixture server;
  std::optional<ledger_check> nothing_left;
};

/// A test for each kind of client in a list.
class exit_test : public testing::TestWithParam<way> {
 protected:
  exit_test() : exit_test{exit_options()} {}
  explicit exit_test(options o) : at{std::move(o)} {}
  void serve() { at.serve(GetParam().tls); }
  [[nodiscard]] engine_client client(std::string_view query = {}) { return at.client(GetParam(), query); }
  [[nodiscard]] server_fixture& server() { return at.server; }

  exit_fixture at;
};

}  // namespace encke::test
