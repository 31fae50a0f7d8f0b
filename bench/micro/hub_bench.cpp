// SPDX-License-Identifier: MIT
// Hub: a message on its way through one worker without a network: from the text of a client to its handler, and from
// there to the links of a thousand members. Links keep the frames in one vector for all, as outboxes would each.
#include <benchmark/benchmark.h>

#include "samples.hpp"
#include "support/hub_fixture.hpp"

namespace encke::micro {
namespace {

using benchmark::State;

class keeping_link final : public hub::link {
 public:
  explicit keeping_link(std::vector<hub::frame_ptr>& frames) : frames_{frames} {}
  bool send(const hub::frame_ptr& what, bool) override { return frames_.push_back(what), true; }
  void close(reason) override {}
  void on_joined() override {}
  [[nodiscard]] hub::link_facts facts() const override { return {"192.0.2.1", {}, 4, transport::websocket, false}; }
  [[nodiscard]] std::string_view sid() const override { return "sid-of-the-session01"; }

 private:
  std::vector<hub::frame_ptr>& frames_;
};

// So many clients in "/", all in the room "house".
class house {
 public:
  explicit house(std::size_t members) {
    root.on_connect([](const socket& s) { s.join("house"); });
    root.on("shout", [this](const socket&, const arguments& list) { root.to("house").emit("shout", list); });
    root.on("say", [](const socket& who, const arguments& list) {
      who.to("house").emit("said", list);
      return 1;
    });
    root.on("echo-ack", [](const socket&, arguments list) { return list; });
    at.open();
    hub::shard::set_current(&at.worker().shard());
    for (std::size_t i = 0; i < members; ++i) {
      links.push_back(std::make_unique<keeping_link>(frames));
      clients.push_back(
          std::make_unique<hub::client>(at.worker().shard(), *links.back(), socketio::dialect::v5, handshake{}));
      clients.back()->on_open();
      clients.back()->on_text("0");
    }
    frames.clear();
  }
  ~house() {
    for (auto& one : clients) one->on_closed(reason::transport_close);
    hub::shard::set_current(nullptr);
  }

  test::hub_fixture at;
  nsp& root = at.of("/");
  std::vector<hub::frame_ptr> frames;
  std::vector<std::unique_ptr<keeping_link>> links;
  std::vector<std::unique_ptr<hub::client>> clients;
};

// Items are deliveries.
void hub_shout(State& state) {
  house all{static_cast<std::size_t>(state.range(0))};
  const auto message = R"(2["shout",{"text":"Are you coming tonight?","at":1732360000123}])";
  for (auto _ : state) {
    all.clients.front()->on_text(message);
    all.at.worker().shard().end_turn();
    if (all.frames.size() != all.clients.size()) return state.SkipWithError("not all got it");
    all.frames.clear();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hub_shout)->Arg(1)->Arg(1000);

// 200 messages of one turn, by so many clients: what `say` does more than `shout` is an ack for each.
void talk(State& state, std::string_view message) {
  constexpr std::size_t members = 1000, messages = 200;
  house all{members};
  const auto senders = static_cast<std::size_t>(state.range(0));
  for (auto _ : state) {
    for (std::size_t i = 0; i < messages; ++i) all.clients[i % senders]->on_text(message);
    all.at.worker().shard().end_turn();
    if (all.frames.size() < messages * (members - 1)) return state.SkipWithError("not all got it");
    all.frames.clear();
  }
  state.SetItemsProcessed(state.iterations() * static_cast<std::int64_t>(messages * members));
}
void hub_shout_200(State& state) {
  talk(state, R"(2["shout",{"text":"Are you coming tonight?","at":1732360000123}])");
}
BENCHMARK(hub_shout_200)->Arg(1)->Arg(200);
void hub_say_200(State& state) {
  talk(state, R"(27["say",{"text":"Are you coming tonight?","at":1732360000123}])");
}
BENCHMARK(hub_say_200)->Arg(1)->Arg(200);

// `shout` without the way in: encoding once, selecting, handing over.
void hub_emit_to_room(State& state) {
  house all{static_cast<std::size_t>(state.range(0))};
  for (auto _ : state) {
    all.root.to("house").emit("shout", "Are you coming tonight?", 1'732'360'000'123);
    all.at.worker().shard().end_turn();
    all.frames.clear();
  }
  state.SetItemsProcessed(state.iterations() * state.range(0));
}
BENCHMARK(hub_emit_to_room)->Arg(1)->Arg(1000);

void hub_echo_ack(State& state) {
  house all{1};
  for (auto _ : state) {
    all.clients.front()->on_text(R"(27["echo-ack",{"text":"Are you coming tonight?","at":1732360000123}])");
    if (all.frames.size() != 1) return state.SkipWithError("no answer");
    all.frames.clear();
  }
}
BENCHMARK(hub_echo_ack);

void hub_make_frame(State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(hub::frame::make(chat_event));
}
BENCHMARK(hub_make_frame);

// A client comes, joins and leaves, beside a thousand that stay.
void hub_come_and_go(State& state) {
  house all{1000};
  auto& shard = all.at.worker().shard();
  for (auto _ : state) {
    keeping_link link{all.frames};
    hub::client one{shard, link, socketio::dialect::v5, handshake{}};
    one.on_open();
    one.on_text("0");
    one.on_closed(reason::transport_close);
    all.frames.clear();
  }
}
BENCHMARK(hub_come_and_go);

}  // namespace
}  // namespace encke::micro
