// SPDX-License-Identifier: MIT
#include "bench/soak/client.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <csignal>
#include <system_error>

#include "bench/soak/cycles.hpp"
#include "bench/soak/nuisances.hpp"

namespace encke::soak {

namespace {

// One order at work: as many jobs at once as the settings say, each taking the next number.
class batch {
 public:
  batch(const order& what, const client_settings& settings, const mint& tokens)
      : desk_{what.to.secure},
        what_{what},
        refusals_{desk_, tokens, settings.mix, what.to},
        cycles_{desk_, tokens, what.to},
        nuisances_{desk_, tokens, what.to},
        runs_{settings.at_once} {}

  report run() {
    const auto started = runs_;
    for (unsigned i = 0; i < started; ++i) boost::asio::co_spawn(desk_.loop, work_off(), boost::asio::detached);
    boost::asio::co_spawn(desk_.loop, desk_.watch(finished_), boost::asio::detached);
    desk_.loop.run();
    return {next_, desk_.failed};
  }

 private:
  task<void> work_off() {
    peer kept{desk_};
    while (next_ < what_.count && !is_over()) {
      const auto number = what_.first + next_++;
      if (what_.rate != 0) co_await wait_for_turn(number - what_.first);
      std::string wrong;
      try {
        co_await do_job(number, kept);
      } catch (const std::exception& e) {
        wrong = e.what();
      }
      if (wrong.empty()) continue;
      kept.close();
      ++desk_.failed;
      desk_.complain(number, wrong);
    }
    kept.close();
    finished_ = --runs_ == 0;
  }

  [[nodiscard]] bool is_over() const {
    return what_.seconds != 0 && std::chrono::steady_clock::now() - began_ >= std::chrono::seconds{what_.seconds};
  }

  task<void> wait_for_turn(std::uint64_t place) {
    const std::chrono::duration<double> due{static_cast<double>(place) / what_.rate};
    boost::asio::steady_timer timer{desk_.loop, began_ + std::chrono::duration_cast<std::chrono::nanoseconds>(due)};
    co_await timer.async_wait(boost::asio::use_awaitable);
  }

  task<void> do_job(std::uint64_t number, peer& kept) {
    switch (what_.what) {
      case work::refusals: return refusals_.run(number, kept);
      case work::cycles: return cycles_.run(number);
      case work::mixed: break;
    }
    // Of ten jobs three are refused, four are visits, and three come to do harm.
    const auto part = number % 10;
    if (part < 3) return refusals_.run(number / 10 * 3 + part, kept);
    if (part < 7) return cycles_.run(number / 10 * 4 + part - 3);
    return nuisances_.run(number / 10 * 3 + part - 7);
  }

  desk desk_;
  order what_;
  refusals refusals_;
  cycles cycles_;
  nuisances nuisances_;
  std::chrono::steady_clock::time_point began_ = std::chrono::steady_clock::now();
  unsigned runs_;
  std::uint64_t next_ = 0;
  bool finished_ = false;
};

[[noreturn]] void serve_orders(int line, const client_settings& settings) {
  const mint tokens{settings.secret, settings.user_claim};
  order what;
  while (::recv(line, &what, sizeof what, MSG_WAITALL) == sizeof what) {
    const auto got = batch{what, settings, tokens}.run();
    if (::send(line, &got, sizeof got, MSG_NOSIGNAL) != sizeof got) break;
  }
  ::_exit(0);
}

}  // namespace

clients::clients(unsigned count, const client_settings& settings) {
  for (unsigned i = 0; i < count; ++i) {
    int line[2];
    if (::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, line) != 0)
      throw std::system_error{errno, std::generic_category(), "socketpair"};
    const auto pid = ::fork();
    if (pid < 0) throw std::system_error{errno, std::generic_category(), "fork"};
    if (pid == 0) {
      for (const auto& other : processes_) ::close(other.line);
      ::close(line[0]);
      serve_orders(line[1], settings);
    }
    ::close(line[1]);
    processes_.push_back({pid, line[0]});
  }
}

clients::~clients() {
  for (const auto& one : processes_) ::close(one.line);
  for (const auto& one : processes_) ::waitpid(one.pid, nullptr, 0);
}

report clients::run(const order& whole) {
  std::vector<order> parts;
  auto part = whole;
  auto left = whole.count;
  for (auto sharers = processes_.size(); sharers > 0; --sharers) {
    part.count = left / sharers;
    parts.push_back(part);
    part.first += part.count;
    left -= part.count;
  }
  return run_each(parts);
}

report clients::run_each(const std::vector<order>& parts) {
  for (std::size_t i = 0; i < parts.size(); ++i)
    if (::send(processes_[i].line, &parts[i], sizeof parts[i], MSG_NOSIGNAL) != sizeof parts[i])
      throw std::runtime_error{"a client process died"};
  report sum;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    report got;
    if (::recv(processes_[i].line, &got, sizeof got, MSG_WAITALL) != sizeof got)
      throw std::runtime_error{"a client process died"};
    sum.done += got.done;
    sum.failed += got.failed;
  }
  return sum;
}

}  // namespace encke::soak
