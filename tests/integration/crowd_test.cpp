// SPDX-License-Identifier: MIT
// More clients than stay in the caches: loops over them look ahead (base/prefetch.hpp), past those who leave.
#include <gtest/gtest.h>

#include <base/prefetch.hpp>
#include <encke/ledger.hpp>
#include <memory>
#include <vector>

#include "support/scripted_peer.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

TEST(crowd_test, everybody_is_reached_while_others_leave) {
  server_fixture server;
  auto& root = server.root();
  root.on_connect([](const socket& s) { s.join("house"); });
  root.on("shout", [&root](socket, arguments all) {
    root.to("house").emit("shout", all);
    root.emit("all", all);
  });
  root.on("echo", [](socket, arguments all) { return all; });
  root.on("leave", [](socket s) { s.disconnect(true); });
  server.start();

  std::vector<std::unique_ptr<scripted_peer>> members;
  for (std::size_t i = 0; i < crowd + 200; ++i) {
    members.push_back(std::make_unique<scripted_peer>(server.port()));
    ASSERT_EQ(members.back()->upgrade("/socket.io/?EIO=4&transport=websocket").status, 101U);
    members.back()->send_text("40");
  }
  for (auto& one : members) {
    ASSERT_EQ(one->read_text().front(), '0');
    ASSERT_EQ(one->read_text().substr(0, 2), "40");
  }
  for (auto& one : members) one->send_text(R"(421["echo",7])");
  for (auto& one : members) ASSERT_EQ(one->read_text(), "431[7]");
  for (std::size_t i = 1; i < members.size(); i += 7) {  // some are gone, some go at the same moment
    if (i % 2 == 0) members[i].reset();
    if (members[i]) members[i]->send_text(R"(42["leave"])");
  }
  members.front()->send_text(R"(42["shout",1])");
  for (std::size_t i = 0; i < members.size(); ++i) {
    if (i % 7 == 1) continue;
    ASSERT_EQ(members[i]->read_text(), R"(42["shout",1])");
    ASSERT_EQ(members[i]->read_text(), R"(42["all",1])");
  }
}

}  // namespace
}  // namespace encke::test
