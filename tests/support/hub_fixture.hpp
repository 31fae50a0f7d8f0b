// SPDX-License-Identifier: MIT
// Hub fixture: the hub without a network: shards whose worker is stepped by hand on a manual clock, and clients whose
// link writes what they get into a list.
#pragma once

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <deque>
#include <encke/nsp.hpp>
#include <hub/client.hpp>
#include <hub/core.hpp>
#include <hub/environment.hpp>
#include <hub/link.hpp>
#include <hub/shard.hpp>
#include <memory>
#include <optional>
#include <string>
#include <vector>

namespace encke::test {

/// Time that moves only when told to.
class manual_clock {
 public:
  [[nodiscard]] time_point now() const { return now_; }
  void advance(clock::duration by) { now_ += by; }

 private:
  time_point now_{std::chrono::hours{1}};
};

/// A worker without a thread: what is posted to it waits for `run`.
class manual_worker final : public hub::environment {
 public:
  manual_worker(hub::core& core, const manual_clock& time, std::uint8_t number)
      : time_{time}, wheel_{time.now(), std::chrono::milliseconds{1}}, shard_{core, *this, number} {
    core.add_shard(shard_);
  }

  [[nodiscard]] hub::shard& shard() { return shard_; }

  /// Does what was posted, what coroutines wait for, and what is due; true if there was something.
  bool run() {
    hub::shard::set_current(&shard_);
    bool did = false;
    while (auto* due = wheel_.advance(now())) {
      static_cast<alarm*>(due)->on_alarm(now());
      did = true;
    }
    loop_.restart();
    did |= loop_.poll() > 0;
    did |= shard_.has_pending();
    shard_.end_turn();
    hub::shard::set_current(nullptr);
    return did;
  }

  void post(std::move_only_function<void()> act) override { boost::asio::post(loop_, std::move(act)); }
  void deliver_at_turn_end() override {}  // at the end of `run`, and of what a client says
  boost::asio::any_io_executor executor() override { return loop_.get_executor(); }
  timer_wheel& wheel() override { return wheel_; }
  [[nodiscard]] time_point now() const override { return time_.now(); }
  void count(counter what, std::uint64_t by = 1) override { stats_.counts[static_cast<std::size_t>(what)] += by; }
  void count(reason why) override { ++stats_.disconnects[static_cast<std::size_t>(why)]; }
  [[nodiscard]] const stats& counted() const { return stats_; }

 private:
  boost::asio::io_context loop_{1};
  const manual_clock& time_;
  timer_wheel wheel_;
  stats stats_;
  hub::shard shard_;
};

/// A session's side of the hub: keeps what it is to send.
class recording_link final : public hub::link {
 public:
  bool send(const hub::frame_ptr& what, bool lossy) override {
    if (lossy && !writable) return false;
    frames.push_back(what);
    sent.emplace_back(what->text());
    for (std::size_t i = 0; i < what->attachment_count(); ++i) sent.push_back("b" + std::string{what->attachment(i)});
    return true;
  }
  void close(reason why) override {
    if (!closed) closed = why;
  }
  void on_joined() override { joined = true; }
  [[nodiscard]] hub::link_facts facts() const override { return {"192.0.2.1", {}, 4, transport::websocket, false}; }
  [[nodiscard]] std::string_view sid() const override { return "sid-of-the-session01"; }

  /// What was sent since the last call, e.g. `42["hi"]`; attachments as "b" and their bytes.
  std::vector<std::string> take() { return std::exchange(sent, {}); }

  std::vector<hub::frame_ptr> frames;
  std::vector<std::string> sent;
  std::optional<reason> closed;
  bool joined = false;
  bool writable = true;
};

/// One client and its link, on a worker.
class manual_client {
 public:
  manual_client(manual_worker& at, socketio::dialect spoken, handshake sent)
      : worker_{at}, client_{at.shard(), link, spoken, std::move(sent)} {
    client_.on_open();
  }
  ~manual_client() { end(reason::transport_close); }

  /// A message arrives; the link's wish to close is granted, as a session would.
  void says(std::string_view text) {
    on_worker([&] { client_.on_text(text); });
  }
  void says_binary(std::string_view data) {
    on_worker([&] { client_.on_binary(data); });
  }
  void end(reason why) {
    if (std::exchange(ended_, true)) return;
    hub::shard::set_current(&worker_.shard());
    client_.on_closed(why);
    hub::shard::set_current(nullptr);
  }
  /// `40...` and the answer. Anything else that was sent before is forgotten.
  std::string joins(std::string_view nsp = "/", std::string_view auth = {}) {
    link.take();
    says("0" + (nsp == "/" ? std::string{} : std::string{nsp} + ",") + std::string{auth});
    auto answers = link.take();
    return answers.empty() ? std::string{} : answers.front();
  }
  [[nodiscard]] bool has_sockets() const { return client_.has_sockets(); }
  [[nodiscard]] bool has_ended() const { return ended_; }

  recording_link link;

 private:
  template <class Act>
  void on_worker(Act act) {
    hub::shard::set_current(&worker_.shard());
    act();
    worker_.shard().end_turn();
    hub::shard::set_current(nullptr);
    if (link.closed && !ended_) end(*link.closed);
  }

  manual_worker& worker_;
  hub::client client_;
  bool ended_ = false;
};

class hub_fixture {
 public:
  explicit hub_fixture(hub::settings s = {}, std::uint8_t workers = 1) : core_{std::move(s)} {
    for (std::uint8_t i = 0; i < workers; ++i) workers_.push_back(std::make_unique<manual_worker>(core_, time_, i));
    core_.of("/");
  }
  ~hub_fixture() {
    for (auto& one : workers_) one->shard().close();
  }

  [[nodiscard]] nsp& of(std::string_view name) { return core_.of(name).api(); }
  [[nodiscard]] hub::core& core() { return core_; }
  [[nodiscard]] manual_worker& worker(std::size_t i = 0) { return *workers_[i]; }
  [[nodiscard]] std::uint64_t count(counter which) const {
    std::uint64_t sum = 0;
    for (const auto& one : workers_) sum += one->counted()[which];
    return sum;
  }

  /// Ends the set-up.
  void open() {
    core_.freeze();
    for (auto& one : workers_) one->shard().open();
  }
  std::unique_ptr<manual_client> connect(socketio::dialect spoken = socketio::dialect::v5, std::size_t at = 0,
                                         handshake sent = {}) {
    return std::make_unique<manual_client>(worker(at), spoken, std::move(sent));
  }

  /// Everything that is to be done now, on all workers.
  void run() {
    bool did = true;
    while (did) {
      did = false;
      for (auto& one : workers_) did |= one->run();
    }
  }
  void advance(clock::duration by) {
    time_.advance(by);
    run();
  }
  /// Starts a coroutine on a worker; its value is put into `into` when it has one.
  template <class Value>
  void start(task<Value> running, std::optional<Value>& into, std::size_t at = 0) {
    boost::asio::co_spawn(worker(at).executor(), std::move(running), [&into](std::exception_ptr thrown, Value value) {
      if (!thrown) into = std::move(value);
    });
    run();
  }

 private:
  manual_clock time_;
  hub::core core_;
  std::vector<std::unique_ptr<manual_worker>> workers_;
};

}  // namespace encke::test
