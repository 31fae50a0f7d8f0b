// SPDX-License-Identifier: MIT
// Joined peer: a WebSocket that has joined "/" and reads only what the test asks for.
#pragma once

#include <gtest/gtest.h>

#include <memory>
#include <string>
#include <string_view>

#include "support/scripted_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {

inline constexpr int small_buffer = 4096;
inline constexpr std::string_view websocket_target = "/socket.io/?EIO=4&transport=websocket";

/// Its kernel takes little.
inline std::unique_ptr<scripted_peer> joined(server_fixture& at, int receive_buffer = small_buffer) {
  auto one = std::make_unique<scripted_peer>(at.port(), receive_buffer);
  EXPECT_EQ(one->upgrade(websocket_target).status, 101U);
  one->send_text("40");
  EXPECT_EQ(one->read_text().front(), '0');
  EXPECT_EQ(one->read_text().substr(0, 2), "40");
  return one;
}

inline std::string many(char c = 'x') {
  return std::string(100'000, c);
}

}  // namespace encke::test
