// SPDX-License-Identifier: MIT
#include "bench/soak/client.hpp"

#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <csignal>
#include <system_error>

#include "bench/soak/cycles.hpp"

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
        runs_{settings.at_once} {}

  report run() {
    const auto started = runs_;
    for (unsigned i = 0; i < started; ++i) boost::asio::co_spawn(desk_.loop, work_off(), boost::asio::detached);
    boost::asio::co_spawn(desk_.loop, desk_.watch(finished_), boost::asio::detached);
    desk_.loop.run();
    return {what_.count, desk_.failed};
  }

 private:
  task<void> work_off() {
    peer kept{desk_};
    while (next_ < what_.count) {
      const auto number = what_.first + next_++;
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

  task<void> do_job(std::uint64_t number, peer& kept) {
    return what_.what == work::refusals ? refusals_.run(number, kept) : cycles_.run(number);
  }

  desk desk_;
  order what_;
  refusals refusals_;
  cycles cycles_;
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
  auto part = whole;
  auto left = whole.count;
  auto sharers = processes_.size();
  for (const auto& one : processes_) {
    part.count = left / sharers--;
    if (::send(one.line, &part, sizeof part, MSG_NOSIGNAL) != sizeof part)
      throw std::runtime_error{"a client process died"};
    part.first += part.count;
    left -= part.count;
  }
  report sum;
  for (const auto& one : processes_) {
    report got;
    if (::recv(one.line, &got, sizeof got, MSG_WAITALL) != sizeof got)
      throw std::runtime_error{"a client process died"};
    sum.done += got.done;
    sum.failed += got.failed;
  }
  return sum;
}

}  // namespace encke::soak
