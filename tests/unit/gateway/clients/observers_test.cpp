// SPDX-License-Identifier: MIT
// Observers of clients: each is told, whatever the others do.
#include "gateway/clients/observers.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <mutex>
#include <stdexcept>

#include "support/engine_client.hpp"
#include "support/eventually.hpp"
#include "support/server_fixture.hpp"

namespace encke::gateway::test {
namespace {

using encke::test::engine_client;
using encke::test::eventually;
using testing::ElementsAre;

// What was told to all of them, in order.
class notes {
 public:
  void add(std::string line) {
    const std::lock_guard hold{lock_};
    lines_.push_back(std::move(line));
  }
  [[nodiscard]] std::vector<std::string> lines() const {
    const std::lock_guard hold{lock_};
    return lines_;
  }

 private:
  mutable std::mutex lock_;
  std::vector<std::string> lines_;
};

class observer final : public client_observer {
 public:
  using act = std::function<void(const socket&)>;
  observer(notes& to, std::string name, act on_connect = {}, act on_disconnect = {})
      : to_{to}, name_{std::move(name)}, connect_{std::move(on_connect)}, disconnect_{std::move(on_disconnect)} {}
  void on_connect(const socket& one, const guest&) const override {
    to_.add(name_ + " came");
    if (connect_) connect_(one);
  }
  void on_disconnect(const socket& one, const guest&, reason) const override {
    to_.add(name_ + " went");
    if (disconnect_) disconnect_(one);
  }

 private:
  notes& to_;
  std::string name_;
  act connect_, disconnect_;
};

// One client comes and goes; then the server stops.
void come_and_go(encke::test::server_fixture& at, client_observers all) {
  watch_clients(at.io(), {"/"}, std::move(all));
  at.start();
  {
    engine_client client{at.port(), encke::test::websocket_way};
    (void)client.join("/");
  }
  EXPECT_TRUE(eventually([&] { return at.io().stats().sockets == 0 && at.count(counter::sockets_connected) == 1; }));
  at.stop();
}

TEST(client_observers, are_told_in_their_order) {
  notes all;
  encke::test::server_fixture at;
  come_and_go(at, {std::make_shared<observer>(all, "a"), std::make_shared<observer>(all, "b")});
  EXPECT_THAT(all.lines(), ElementsAre("a came", "b came", "a went", "b went"));
}
TEST(client_observers, are_told_although_others_throw) {
  notes all;
  const auto fail = [](const socket&) { throw std::runtime_error{"broken"}; };
  encke::test::server_fixture at;
  come_and_go(at, {std::make_shared<observer>(all, "a", fail, fail), std::make_shared<observer>(all, "b")});
  EXPECT_THAT(all.lines(), ElementsAre("a came", "b came", "a went", "b went"));
  EXPECT_EQ(at.count(counter::handler_errors), 2U);
}
TEST(client_observers, hear_nothing_of_the_end_of_a_client_of_whose_coming_they_were_not_told) {
  notes all;
  const auto send_away = [](const socket& one) { one.disconnect(true); };
  encke::test::server_fixture at;
  come_and_go(at, {std::make_shared<observer>(all, "a"), std::make_shared<observer>(all, "b", send_away),
                   std::make_shared<observer>(all, "c")});
  EXPECT_THAT(all.lines(), ElementsAre("a came", "b came", "a went", "b went"));
}

}  // namespace
}  // namespace encke::gateway::test
