// SPDX-License-Identifier: MIT
// Several workers: sessions whose requests arrive at any of them, rooms and questions across them.
#include <gtest/gtest.h>

#include <atomic>
#include <mutex>
#include <set>

#include "support/engine_client.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

class workers : public testing::TestWithParam<bool> {
 protected:
  static options several() {
    auto o = test_options();
    o.threads = 3;
    o.allow_eio3 = true;
    return o;
  }
  void start() { GetParam() ? server.start_tls() : server.start(); }
  engine_client client(carrier by = carrier::polling) {
    return {server.port(), {.by = by, .eio = 4, .tls = GetParam()}};
  }

  server_fixture server{several()};
  nsp& root = server.root();
};

TEST_P(workers, serve_a_session_by_requests_on_any_of_them) {
  root.on("echo", [](const socket& s, int n) { s.emit("echo", n); });
  start();
  auto one = client();
  EXPECT_EQ(one.join().substr(0, 2), "40");
  for (int i = 0; i < 12; ++i) {
    const auto posting = one.connect(), polling = one.connect();  // dealt out to the workers in turn
    const auto n = std::to_string(i);
    EXPECT_EQ(posting->request("POST", one.target(), "42[\"echo\"," + n + "]").body, "ok");
    EXPECT_EQ(polling->request("GET", one.target()).body, "42[\"echo\"," + n + "]");
  }
}

TEST_P(workers, find_a_socket_by_its_id_wherever_it_is) {
  root.on_connect([](const socket& s) { s.join("a room"); });
  root.on("who is", [&](const socket&, std::string id) -> task<std::string> {
    auto finding = root.find(id);
    const auto found = co_await std::move(finding);
    co_return found ? found->id : "nobody";
  });
  start();
  std::vector<engine_client> all;
  std::vector<std::string> ids;
  for (int i = 0; i < 6; ++i) {
    all.push_back(client(carrier::websocket));
    const auto connected = all.back().join();  // 40{"sid":"..."}
    ids.push_back(connected.substr(10, 20));
  }
  const auto who_is = [&](const std::string& id) {
    all[0].send(R"(421["who is",")" + id + "\"]");
    return all[0].receive_message();
  };
  for (const auto& id : ids) EXPECT_EQ(who_is(id), R"(431[")" + id + "\"]");
  EXPECT_EQ(who_is("a room"), R"(431["nobody"])");
  EXPECT_EQ(who_is(std::string(20, 'a')), R"(431["nobody"])");
}

TEST_P(workers, hand_a_connection_from_one_to_the_next_as_its_requests_demand) {
  root.on("echo", [](const socket& s, int n) { s.emit("echo", n); });
  start();
  std::vector<engine_client> sessions;
  for (int i = 0; i < 6; ++i) sessions.push_back(client());
  for (auto& one : sessions) one.join();
  const auto wire = sessions[0].connect();
  for (int i = 0; i < 30; ++i) {
    auto& one = sessions[static_cast<std::size_t>(i * 5) % sessions.size()];
    EXPECT_EQ(wire->request("POST", one.target(), R"(42["echo",1])").body, "ok");
    EXPECT_EQ(wire->request("GET", one.target()).body, R"(42["echo",1])");
  }
}
TEST_P(workers, answer_pipelined_requests_to_different_sessions_in_order) {
  root.on("echo", [](const socket& s, int n) { s.emit("echo", n); });
  server.io().route("GET", "/plain/{n}",
                    [](const http_request& r) { return http_response{.body = std::string{r.param("n")}}; });
  start();
  std::vector<engine_client> sessions;
  for (int i = 0; i < 6; ++i) sessions.push_back(client());
  for (auto& one : sessions) one.join();
  const auto wire = sessions[0].connect();
  std::string requests;
  for (int i = 0; i < 60; ++i) {
    const auto& one = sessions[static_cast<std::size_t>(i) % sessions.size()];
    const std::string body = "42[\"echo\"," + std::to_string(i) + "]";
    requests += "POST " + one.target() + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                "\r\n\r\n" + body;
    requests += "GET " + one.target() + " HTTP/1.1\r\nHost: a\r\n\r\n";
    requests += "GET /plain/" + std::to_string(i) + " HTTP/1.1\r\nHost: a\r\n\r\n";
  }
  wire->send(requests);
  for (int i = 0; i < 60; ++i) {
    ASSERT_EQ(wire->read_answer().body, "ok");
    ASSERT_EQ(wire->read_answer().body, "42[\"echo\"," + std::to_string(i) + "]");
    ASSERT_EQ(wire->read_answer().body, std::to_string(i));
  }
}
TEST_P(workers, go_on_with_a_body_that_was_cut_when_the_connection_moved) {
  root.on("echo", [](const socket& s, const std::string& text) { s.emit("echo", text); });
  start();
  auto one = client();
  one.join();
  const std::string body = "42[\"echo\",\"" + std::string(100'000, 'x') + "\"]";
  for (int i = 0; i < 3; ++i) {
    const auto posting = one.connect();
    posting->send("POST " + one.target() + " HTTP/1.1\r\nHost: a\r\nContent-Length: " + std::to_string(body.size()) +
                  "\r\n\r\n" + body.substr(0, 70'000));
    posting->send(body.substr(70'000));
    EXPECT_EQ(posting->read_answer().body, "ok");
    EXPECT_EQ(one.receive_message(), body);
  }
}
TEST_P(workers, upgrade_on_a_connection_that_came_to_another) {
  root.on("echo", [](const socket& s, int n) { s.emit("echo", n); });
  start();
  for (int i = 0; i < 6; ++i) {
    auto one = client();
    one.join();
    one.upgrade();
    one.send(R"(42["echo",1])");
    EXPECT_EQ(one.receive_message(), R"(42["echo",1])");
  }
  EXPECT_EQ(server.count(counter::upgrades), 6U);
}
TEST_P(workers, keep_rooms_together) {
  root.on("join", [](const socket& s, const std::string& room) -> int {
    s.join(room);
    return 1;
  });
  root.on("shout", [](const socket& s, const std::string& room) { s.to(room).emit("heard", room); });
  start();
  std::vector<engine_client> all;
  for (int i = 0; i < 9; ++i) {
    all.push_back(client(i % 2 == 0 ? carrier::polling : carrier::websocket));
    all.back().join();
    all.back().send(R"(420["join","room"])");
    EXPECT_EQ(all.back().receive_message(), "430[1]");
  }
  all[0].send(R"(42["shout","room"])");
  for (std::size_t i = 1; i < all.size(); ++i) EXPECT_EQ(all[i].receive_message(), R"(42["heard","room"])");
}
TEST_P(workers, ask_everybody_list_everybody_and_all_rooms) {
  std::atomic<std::size_t> votes = 0, found = 0, rooms = 0;
  root.on_connect([](const socket& s) {
    s.join("everybody");
    s.join("only " + std::string{s.id()});
  });
  root.on("survey", [&](const socket&) -> task<int> {
    auto asking = root.to("everybody").timeout(10s).emit_with_ack<int>("vote");
    auto all = co_await std::move(asking);
    votes = all.values.size();
    auto listing = root.everyone().fetch();
    auto list = co_await std::move(listing);
    found = list.size();
    auto naming = root.rooms("", 100);
    auto names = co_await std::move(naming);
    rooms = names.size();
    co_return 7;
  });
  start();
  std::vector<engine_client> all;
  for (int i = 0; i < 6; ++i) {
    all.push_back(client(carrier::websocket));
    all.back().join();
  }
  all[0].send(R"(425["survey"])");
  for (auto& one : all) {
    const auto question = one.receive_message();
    EXPECT_EQ(question.substr(question.find('[')), R"(["vote"])");
    one.send("43" + question.substr(2, question.find('[') - 2) + "[1]");
  }
  EXPECT_EQ(all[0].receive_message(), "435[7]");
  EXPECT_EQ(votes, 6U);
  EXPECT_EQ(found, 6U);
  EXPECT_EQ(rooms, 7U);
}
TEST_P(workers, keep_the_order_of_emits_of_one_thread) {
  std::mutex mutex;
  std::vector<socket> sockets;
  root.on_connect([&](const socket& s) {
    const std::lock_guard lock{mutex};
    sockets.push_back(s);
  });
  start();
  auto one = client(carrier::websocket), other = client(carrier::websocket);
  one.join();
  other.join();
  ASSERT_TRUE(eventually([&] {
    const std::lock_guard lock{mutex};
    return sockets.size() == 2;
  }));
  for (int i = 0; i < 1000; ++i) {
    if (i % 2 == 0)
      server.io().emit("n", i);
    else
      for (const auto& s : sockets) s.emit("n", i);
  }
  for (auto* each : {&one, &other})
    for (int i = 0; i < 1000; ++i) ASSERT_EQ(each->receive_message(), "42[\"n\"," + std::to_string(i) + "]");
}
TEST_P(workers, survive_clients_that_come_and_go_while_all_is_used) {
  root.on_connect([](const socket& s) {
    s.join("a");
    s.broadcast().emit("came", 1);
  });
  root.on_disconnect([](const socket& s, reason) { s.to("a").emit("went", 1); });
  start();
  std::vector<std::jthread> crowd;
  for (int t = 0; t < 3; ++t)
    crowd.emplace_back([&, t] {
      for (int i = 0; i < 10; ++i) {
        auto one = client(i % 2 == 0 ? carrier::polling : carrier::websocket);
        one.join();
        if (i % 3 == t) one.wire().reset();
      }
    });
  std::jthread emitting{[&] {
    for (int i = 0; i < 300; ++i) server.io().to("a").except("b").emit("tick", i, bytes{"x"});
  }};
}

INSTANTIATE_TEST_SUITE_P(each, workers, testing::Bool(), [](const auto& of) { return of.param ? "tls" : "plain"; });

}  // namespace
}  // namespace encke::test
