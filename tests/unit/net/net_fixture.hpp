// SPDX-License-Identifier: MIT
// Net fixture: workers on one loop that is stepped by hand, connections that are one half of a socketpair, a protocol
// and a receiver that write down what they hear. Nothing waits: what can be done is done by `step`, and time comes to a
// deadline when a test says so.
#pragma once

#include <fcntl.h>
#include <gtest/gtest.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <boost/asio/io_context.hpp>
#include <cerrno>
#include <functional>
#include <hub/core.hpp>
#include <memory>
#include <net/connection.hpp>
#include <net/service.hpp>
#include <net/worker.hpp>
#include <string>
#include <string_view>
#include <vector>

#include "support/ledger_check.hpp"

namespace encke::test {

/// The other end of a connection. Never waits.
class far_end {
 public:
  explicit far_end(int fd) : fd_{fd} {}
  far_end(far_end&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  far_end& operator=(far_end&&) = delete;
  ~far_end() { close(); }

  /// False: the kernel has no room for it.
  [[nodiscard]] bool try_write(std::string_view bytes) const {
    return ::write(fd_, bytes.data(), bytes.size()) == static_cast<ssize_t>(bytes.size());
  }
  void write(std::string_view bytes) const { ASSERT_TRUE(try_write(bytes)); }
  /// All that is here now.
  [[nodiscard]] std::string read(std::size_t most = std::string::npos) {
    std::string all;
    std::array<char, 65536> some;
    while (all.size() < most) {
      const auto count = ::read(fd_, some.data(), std::min(some.size(), most - all.size()));
      if (count > 0) all.append(some.data(), static_cast<std::size_t>(count));
      if (count == 0) ended_ = true;
      if (count <= 0) break;
    }
    return all;
  }
  /// After the last `read`: there will be no more.
  [[nodiscard]] bool has_ended() const { return ended_; }
  /// Sends no more, and still reads.
  void end() const { ::shutdown(fd_, SHUT_WR); }
  void close() {
    if (fd_ >= 0) ::close(std::exchange(fd_, -1));
  }

 private:
  int fd_;
  bool ended_ = false;
};

/// What a stub protocol hears, and what it is to do then. Outlives it.
struct script {
  std::string received;            ///< all bytes
  std::vector<std::string> heard;  ///< "end", "failed", "deadline", "moved", "stop", "gone"; "sent": everything was
  std::string to_gather;           ///< offered behind what is written, in pieces of `piece` bytes
  std::size_t piece = 1000;
  std::size_t unfinished = 0;
  std::function<void()> on_bytes{}, on_end{}, on_moved{}, on_all_sent{};

  [[nodiscard]] auto count(std::string_view what) const { return std::ranges::count(heard, what); }
};

class stub_protocol final : public net::protocol {
 public:
  explicit stub_protocol(script& by) : by_{by} {}
  ~stub_protocol() override { by_.heard.emplace_back("gone"); }

  void on_bytes(std::span<char> bytes) override {
    by_.received.append(bytes.data(), bytes.size());
    tell(by_.on_bytes);
  }
  void on_end(bool failed) override {
    by_.heard.emplace_back(failed ? "failed" : "end");
    tell(by_.on_end);
  }
  void on_deadline(time_point) override { by_.heard.emplace_back("deadline"); }
  void on_moved() override {
    by_.heard.emplace_back("moved");
    tell(by_.on_moved);
  }
  void on_stop() override { by_.heard.emplace_back("stop"); }
  void on_all_sent() override {
    by_.heard.emplace_back("sent");
    tell(by_.on_all_sent);
  }
  [[nodiscard]] std::size_t held() const override { return 0; }
  [[nodiscard]] std::size_t unfinished() const override { return by_.unfinished; }
  [[nodiscard]] bool is_unclaimed() const override { return false; }
  std::size_t gather(iovec* into, std::size_t most) override {
    std::size_t count = 0;
    for (std::size_t at = 0; at < by_.to_gather.size() && count < most; at += by_.piece)
      into[count++] = {by_.to_gather.data() + at, std::min(by_.piece, by_.to_gather.size() - at)};
    return count;
  }
  void on_gathered_sent(std::size_t bytes) override { by_.to_gather.erase(0, bytes); }

 private:
  // Copied: it may end what it belongs to.
  static void tell(const std::function<void()>& what) {
    if (const auto act = what) act();
  }
  script& by_;
};

/// What is above the sessions of a fixture, and what it heard.
struct recorded {
  std::vector<std::string> heard;  ///< "open", "text ...", "binary ...", "upgrade", "closed ..."
  hub::link* link = nullptr;       ///< of the session that began last; null once it is over
};

class recording_receiver final : public hub::receiver {
 public:
  recording_receiver(recorded& by, hub::link& to) : by_{by} { by_.link = &to; }
  void on_open() override { by_.heard.emplace_back("open"); }
  void on_text(std::string_view text) override { by_.heard.push_back("text " + std::string{text}); }
  void on_binary(std::string_view data) override { by_.heard.push_back("binary " + std::string{data}); }
  void on_upgrade() override { by_.heard.emplace_back("upgrade"); }
  void on_closed(reason why) override {
    by_.heard.push_back("closed " + std::string{to_string(why)});
    by_.link = nullptr;
  }

 private:
  recorded& by_;
};

class net_fixture {
 public:
  explicit net_fixture(options o = {}, std::uint8_t workers = 1) {
    service_.options = std::move(o);
    service_.slow = net::slow_rules{service_.options};
    service_.engine.allow_eio3 = true;
    service_.path = "/socket.io";
    service_.hub = &hub_;
    service_.make_receiver = [this](hub::shard&, hub::link& to, engineio::revision, const handshake&) {
      return std::make_unique<recording_receiver>(above, to);
    };
    for (std::uint8_t i = 0; i < workers; ++i) {
      workers_.push_back(std::make_unique<net::worker>(service_, i, &loop_));
      service_.workers.push_back(workers_.back().get());
      hub_.add_shard(workers_.back()->shard());
    }
  }
  ~net_fixture() {
    for (auto& one : workers_) one->clear();
  }

  /// Ends the set-up.
  void start() {
    hub_.freeze();
    for (std::size_t i = 0; i < workers_.size(); ++i) {
      workers_[i]->shard().open();
      workers_[i]->start([] {}, [this, i] { ended.push_back(i); });
    }
    step();
  }

  /// Does all that can be done now.
  void step() {
    int rounds = 0;
    do {
      loop_.restart();
    } while (loop_.poll() > 0 && ++rounds < 100);
  }

  /// A connection that speaks HTTP.
  far_end connect(net::connection** made = nullptr, std::size_t at = 0, bool internal = false) {
    std::array<int, 2> ends{};
    EXPECT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0, ends.data()), 0);
    auto one = std::make_unique<net::connection>(ends[0], net::peer_address{}, internal ? internal_ : public_);
    if (made) *made = one.get();
    service_.count_of(internal).fetch_add(1);
    worker(at).adopt(std::move(one));
    return far_end{ends[1]};
  }
  /// A connection with a stub for its protocol.
  far_end connect(script& by, net::connection** made, std::size_t at = 0) {
    auto other = connect(made, at);
    if ((*made)->is_doomed) return other;
    (*made)->clear_deadline();
    (*made)->become(std::make_unique<stub_protocol>(by));
    step();
    return other;
  }

  [[nodiscard]] net::worker& worker(std::size_t i = 0) { return *workers_[i]; }
  [[nodiscard]] net::service& shared() { return service_; }
  [[nodiscard]] std::uint64_t count(counter what) const {
    stats sum;
    for (const auto& one : workers_) one->add_to(sum);
    return sum[what];
  }
  /// Connections that are served.
  [[nodiscard]] std::size_t connections() const {
    stats sum;
    for (const auto& one : workers_) one->add_to(sum);
    return sum.connections;
  }

  recorded above;
  std::vector<std::size_t> ended;  ///< workers whose `stop` is through

 private:
  ledger_check nothing_left_{"the connections"};
  boost::asio::io_context loop_{1};
  hub::core hub_{{}};
  net::service service_;
  net::listener public_{}, internal_{.internal = true};
  std::vector<std::unique_ptr<net::worker>> workers_;
};

}  // namespace encke::test
