// SPDX-License-Identifier: MIT
// A limit for the memory of a whole server: what it gives up in which order, and who has to go.
#include <gtest/gtest.h>

#include <atomic>
#include <encke/ledger.hpp>
#include <future>
#include <thread>

#include "support/joined_peer.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

struct short_of_memory : testing::Test {
  static constexpr std::size_t limit = 1'000'000;
  std::atomic<std::size_t> used{0}, purged{0};

  options with() {
    auto o = test_options();
    o.threads = 2;
    o.outbox_bytes = 100'000'000;
    o.memory = {
        .limit = limit, .used = [this] { return used.load(); }, .purge = [this] { ++purged; }, .interval = 10ms};
    return o;
  }
};

TEST_F(short_of_memory, gives_up_caches_first_and_then_refuses_new_sessions) {
  server_fixture at{with()};
  at.start();
  auto inside = joined(at);
  used = 810'000;
  EXPECT_TRUE(eventually([&] { return purged >= 2; }));
  EXPECT_EQ(at.io().memory().step, shedding::caches);
  scripted_peer next{at.port()};
  EXPECT_EQ(next.request("GET", "/socket.io/?EIO=4&transport=polling").status, 200U);

  used = 860'000;
  EXPECT_TRUE(at.reaches(counter::pressure_handshakes, 1));
  const auto refusal = next.request("GET", "/socket.io/?EIO=4&transport=polling");
  EXPECT_EQ(refusal.status, 503U);
  EXPECT_GE(std::stoi(refusal.header("retry-after")), 5);
  scripted_peer by_websocket{at.port()};
  const auto answer = by_websocket.upgrade(websocket_target);
  EXPECT_EQ(answer.status, 503U);
  EXPECT_FALSE(answer.header("retry-after").empty());
  EXPECT_TRUE(by_websocket.is_closed_by_server());
  EXPECT_EQ(at.count(counter::sessions_shed), 2U);
  at.io().emit("still", 1);
  EXPECT_EQ(inside->read_text(), R"(42["still",1])");

  used = 700'000;
  EXPECT_TRUE(eventually([&] { return at.io().memory().step == shedding::none; }));
  EXPECT_EQ(next.request("GET", "/socket.io/?EIO=4&transport=polling").status, 200U);
  EXPECT_EQ(at.count(counter::pressure_caches), 1U);
}

TEST_F(short_of_memory, then_leaves_out_what_may_be_lost) {
  server_fixture at{with()};
  at.start();
  auto one = joined(at);
  used = 910'000;
  EXPECT_TRUE(at.reaches(counter::pressure_lossy, 1));
  at.root().everyone().lossy().emit("cursor", 1);
  at.io().emit("line", 2);
  EXPECT_EQ(one->read_text(), R"(42["line",2])");
  EXPECT_EQ(at.count(counter::dropped_pressure), 1U);
}

TEST_F(short_of_memory, disconnects_the_slowest_until_it_suffices) {
  server_fixture at{with()};
  at.start();
  std::vector<std::unique_ptr<scripted_peer>> stalled;
  for (int i = 0; i < 4; ++i) stalled.push_back(joined(at));
  auto healthy = joined(at, 0);
  std::vector<std::string> read;
  for (int i = 0; i < 100; ++i) {  // more than the kernels of the stalled take
    at.io().emit("more", many());
    EXPECT_EQ(healthy->read_text().size(), 100'000U + 13);
  }
  used = 990'000;
  EXPECT_TRUE(at.reaches(counter::cut_memory, 4)) << "it does not become less, so all slow ones have to go";
  EXPECT_EQ(at.count(counter::pressure_slowest), 1U);
  used = 100'000;
  EXPECT_TRUE(eventually([&] { return at.io().memory().step == shedding::none; }));
  at.io().emit("end");
  EXPECT_EQ(healthy->read_text(), R"(42["end"])");
  for (;;) {
    const auto last = stalled.front()->read_message();
    if (last.kind != websocket::opcode::close) continue;
    EXPECT_FALSE(last.ended);
    EXPECT_EQ(last.code(), 1013U);
    EXPECT_EQ(last.payload.substr(2), "slow reader: the server is short of memory");
    break;
  }
}

TEST_F(short_of_memory, disconnects_one_where_one_suffices) {
  std::function<std::size_t()> measured = [] { return 0; };
  auto o = with();
  o.threads = 1;  // it looks again when who was cut is gone
  o.memory.limit = 20'000'000;
  o.memory.used = [&measured] { return measured(); };
  server_fixture at{o};
  std::atomic<std::size_t> due = 0, short_by = 0;
  measured = [&]() -> std::size_t { return at.count(counter::cut_memory) < due ? 17'600'000 + short_by : 1'000'000; };
  at.start();
  std::vector<std::unique_ptr<scripted_peer>> stalled;
  for (int i = 0; i < 6; ++i) stalled.push_back(joined(at));
  const auto next_episode = [&](std::size_t missing) {
    for (int i = 0; i < 100; ++i) at.io().emit("more", many());
    short_by = missing;
    ++due;
    ASSERT_TRUE(at.reaches(counter::pressure_slowest, due));
    ASSERT_TRUE(eventually([&] { return at.io().memory().step == shedding::none; }));
    EXPECT_EQ(at.count(counter::cut_memory), due);
  };
  next_episode(1'050'000);  // of the 10 MB that wait, a sixth is one's
  next_episode(3'000'000);  // of 20, a fifth
}

// --- what clients send --------------------------------------------------------------------------------------------

constexpr std::string_view polling_target = "/socket.io/?EIO=4&transport=polling";

// The first bytes of a WebSocket message that is longer.
void send_half(scripted_peer& to, std::size_t bytes) {
  std::string frame;
  websocket::append_masked_frame(frame, websocket::opcode::text, std::string(bytes + 1000, '2'), 0x12345678, true);
  to.send(frame.substr(0, frame.size() - 1000));
}

TEST_F(short_of_memory, sends_away_first_who_has_not_joined_and_holds_the_most) {
  server_fixture at{with()};
  at.start();
  auto inside = joined(at);
  scripted_peer silent{at.port()}, half_head{at.port()}, half_body{at.port()}, opened{at.port()};
  half_head.send("GET / HTTP/1.1\r\nX: " + std::string(15'000, 'x'));
  const auto answer = opened.request("GET", polling_target);
  const auto sid = answer.body.substr(answer.body.find("sid\":\"") + 6, 20);
  half_body.send("POST " + std::string{polling_target} + "&sid=" + sid +
                 " HTTP/1.1\r\nHost: a\r\nContent-Length: 16000\r\n\r\n" + std::string(15'000, 'x'));
  ASSERT_TRUE(eventually([] { return ledger::snapshot()[ledger::purpose::request].bytes > 15'000; }));
  used = 835'000;
  EXPECT_TRUE(half_head.is_closed_by_server());
  EXPECT_TRUE(half_body.is_closed_by_server());
  EXPECT_EQ(at.count(counter::pressure_unjoined), 1U);
  EXPECT_EQ(at.count(counter::pressure_handshakes), 0U);
  at.io().emit("still", 1);
  EXPECT_EQ(inside->read_text(), R"(42["still",1])");
  EXPECT_EQ(opened.request("GET", std::string{polling_target} + "&sid=" + sid).body,
            R"({"code":1,"message":"not joined: the server is short of memory"})");
}

TEST_F(short_of_memory, ends_the_largest_half_message_first) {
  auto o = with();
  o.memory.limit = 10'000'000;
  o.memory.used = [this] { return used.load(); };
  server_fixture at{o};
  at.start();
  auto healthy = joined(at), small = joined(at), large = joined(at);
  send_half(*small, 200'000);
  send_half(*large, 700'000);
  ASSERT_TRUE(eventually([] { return ledger::snapshot()[ledger::purpose::websocket].bytes > 900'000; }));
  used = 9'350'000;  // 550,000 too many
  ASSERT_TRUE(at.reaches(counter::cut_unfinished, 1));
  used = 1'000'000;
  const auto last = large->read_message();
  EXPECT_EQ(last.code(), 1013U);
  EXPECT_EQ(last.payload.substr(2), "half a message: the server is short of memory");
  EXPECT_TRUE(eventually([&] { return at.io().memory().step == shedding::none; }));
  at.io().emit("still", 1);
  EXPECT_EQ(healthy->read_text(), R"(42["still",1])");
}

TEST_F(short_of_memory, takes_no_more_input_between_two_looks_than_there_is_room_for) {
  auto o = with();
  o.threads = 1;
  std::atomic<bool> looks = true;
  o.memory.limit = 10'000'000;
  o.memory.used = [this, &looks] {
    while (!looks) std::this_thread::yield();
    return used.load();
  };
  server_fixture at{o};
  std::atomic<std::size_t> got = 0;
  at.root().on("text", [&](const socket&, const std::string& text) { got = text.size(); });
  at.start();
  auto one = joined(at, 0);
  used = 9'200'000;  // half of what is left are 400,000 bytes; nobody has to go yet
  ASSERT_TRUE(at.reaches(counter::pressure_lossy, 1));
  one->send_text("42[\"text\",\"" + std::string(900'000, 'x') + "\"]");
  EXPECT_TRUE(eventually([&] { return got == 900'000; })) << "it goes on with the next looks";
  EXPECT_EQ(at.count(counter::cut_unfinished), 0U);
}

// Asks everybody, for as long as it takes.
task<void> ask(server& io, std::promise<answers>& into) {
  auto all = co_await io.everyone().timeout(1h).ask("question");
  into.set_value(std::move(all));
}

void answer(scripted_peer& one, std::size_t bytes) {
  const auto question = one.read_text();
  const auto id = question.substr(2, question.find('[') - 2);
  one.send_text("43" + id + "[\"" + std::string(bytes, 'x') + "\"]");
}

TEST_F(short_of_memory, gives_up_answers_that_pile_up) {
  auto o = with();
  o.threads = 1;
  o.memory.limit = 10'000'000;
  server_fixture at{o};
  at.start();
  auto talkative = joined(at, 0), silent = joined(at, 0);
  std::promise<answers> all;
  at.io().spawn(ask(at.io(), all));
  answer(*talkative, 500'000);
  ASSERT_TRUE(eventually([] { return ledger::snapshot()[ledger::purpose::ack].bytes > 500'000; }));
  used = 9'400'000;
  ASSERT_TRUE(at.reaches(counter::dropped_answers, 1));
  used = 0;
  answer(*silent, 3);
  const auto got = all.get_future().get();
  EXPECT_EQ(got.missing.size(), 1U + (got.received.empty() ? 1 : 0));
  EXPECT_EQ(at.count(counter::cut_unfinished), 0U);
}

TEST(answers, to_one_question_have_a_bound_together) {
  auto o = test_options();
  o.max_answer_bytes = 10'000;
  server_fixture at{o};
  at.start();
  auto first = joined(at, 0), second = joined(at, 0);
  std::promise<answers> all;
  at.io().spawn(ask(at.io(), all));
  answer(*first, 8000);
  answer(*second, 8000);
  const auto got = all.get_future().get();
  EXPECT_EQ(got.received.size(), 1U);
  EXPECT_EQ(got.missing.size(), 1U);
  EXPECT_EQ(at.count(counter::dropped_answers), 1U);
}

TEST(unjoined_client, may_not_send_much) {
  auto o = test_options();
  o.max_unjoined_payload = 2000;
  server_fixture at{o};
  at.start();
  scripted_peer by_websocket{at.port()}, by_polling{at.port()};
  ASSERT_EQ(by_websocket.upgrade(websocket_target).status, 101U);
  (void)by_websocket.read_text();
  by_websocket.send_text("40{\"token\":\"" + std::string(2000, 'x') + "\"}");
  EXPECT_EQ(by_websocket.read_text(), "closed 1009");
  const auto opened = by_polling.request("GET", polling_target).body;
  const auto session = std::string{polling_target} + "&sid=" + opened.substr(opened.find("sid\":\"") + 6, 20);
  EXPECT_EQ(by_polling.request("POST", session, std::string(2001, '4')).status, 413U);

  auto inside = joined(at, 0);
  inside->send_text("42[\"event\",\"" + std::string(5000, 'x') + "\"]");
  EXPECT_TRUE(at.reaches(counter::events_received, 1));
}

}  // namespace
}  // namespace encke::test
