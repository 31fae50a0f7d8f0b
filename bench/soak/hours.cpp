// SPDX-License-Identifier: MIT
#include "bench/soak/hours.hpp"

#include <algorithm>
#include <array>
#include <cstdio>
#include <thread>

namespace encke::soak {

namespace {

constexpr double mib = 1 << 20;
constexpr std::uint64_t jobs_of_a_process = std::uint64_t{1} << 50;

std::chrono::seconds between_pauses(double total) {
  return std::chrono::seconds{static_cast<long>(std::clamp(total / 20, 5.0, 150.0))};
}

template <class... Args>
std::string text(const char* format, Args... args) {
  std::array<char, 300> line{};
  std::snprintf(line.data(), line.size(), format, args...);
  return line.data();
}

unsigned long long number(std::uint64_t value) {
  return value;
}

}  // namespace

long_run::long_run(const hours_settings& given)
    : given_{given}, clients_{std::max(2U, given.clients), given.client}, next_(clients_.count()) {
  for (std::size_t i = 0; i < next_.size(); ++i) next_[i] = i * jobs_of_a_process;
}

bool long_run::run() {
  const auto before_all = ledger::snapshot();
  const auto total = given_.hours * 3600;
  // Written through now, so that remembering costs no memory later.
  resident_.resize(static_cast<std::size_t>(total) + 600, {-1, -1});
  resident_.clear();
  {
    const stand ground{given_.workers, limits::tight};
    began_ = clock::now();
    print_head();
    std::atomic<bool> ended = false;
    std::jthread watching{[&] { watch(ground, ended); }};
    while (seconds_so_far() < total) {
      const auto rest = std::chrono::seconds{static_cast<long>(total - seconds_so_far()) + 1};
      load_for(ground, std::min(rest, between_pauses(total)));
      ++pauses_;
      if (!ground.wait_until_quiet()) ++dirty_pauses_;
      if (!ground.has_its_descriptors()) ++odd_descriptors_;
      heap_in_pause_ = heap_bytes();
    }
    ended = true;
    watching.join();
    print_line(ground, seconds_so_far());
    judge_ends(ground);
  }
  judge_trend();
  const auto left = difference(ledger::snapshot(), before_all);
  verdicts_.judge(is_zero(left), "the ledger is zero after the servers: " + by_purpose(left));
  return verdicts_.all_good();
}

double long_run::seconds_so_far() const {
  return std::chrono::duration<double>(clock::now() - began_).count();
}

void long_run::load_for(const stand& ground, std::chrono::seconds time) {
  std::vector<order> orders;
  for (std::size_t i = 0; i < clients_.count(); ++i)
    orders.push_back({.what = work::mixed,
                      .to = ground.where(i % 2 != 0),
                      .first = next_[i],
                      .count = jobs_of_a_process,
                      .seconds = static_cast<std::uint32_t>(time.count()),
                      .rate = std::max(1U, given_.rate / static_cast<unsigned>(clients_.count()))});
  const auto got = clients_.run_each(orders);
  // No process has done more than all together, so no job comes twice.
  for (auto& next : next_) next += got.done;
  done_ += got.done;
  failed_ += got.failed;
}

// Each second a sample, each minute a line.
void long_run::watch(const stand& ground, const std::atomic<bool>& ended) {
  auto next = began_;
  for (unsigned seconds = 0; !ended; ++seconds) {
    resident_.push_back({seconds_so_far(), static_cast<double>(resident_bytes()) / mib});
    if (seconds % 60 == 0) print_line(ground, seconds_so_far());
    next += std::chrono::seconds{1};
    std::this_thread::sleep_until(next);
  }
}

void long_run::print_head() const {
  std::printf("%8s %10s %7s %8s %10s %9s %8s %8s %7s %9s %9s %7s %4s\n", "minutes", "jobs", "failed", "sockets",
              "connected", "refused", "too slow", "missed", "pauses", "heap KiB", "RSS MiB", "ledger", "fds");
}

void long_run::print_line(const stand& ground, double seconds) const {
  std::printf("%8.1f %10llu %7llu %8zu %10llu %9llu %8llu %8llu %7llu %9zu %9.2f %7lld %4zu\n", seconds / 60,
              number(done_), number(failed_), ground.sockets(), number(ground.count(counter::sockets_connected)),
              number(ground.count(counter::sessions_refused) + ground.count(counter::sockets_refused)),
              number(ground.count(reason::slow_reader)), number(ground.count(reason::ping_timeout)), number(pauses_),
              heap_in_pause_.load() / 1024, static_cast<double>(resident_bytes()) / mib,
              static_cast<long long>(ground.left().objects()), open_descriptors());
  std::fflush(stdout);
}

// The load is what it says it is: each kind of end has come about.
void long_run::judge_ends(const stand& ground) {
  verdicts_.judge(failed_ == 0,
                  text("%llu jobs, of which %llu went otherwise than they should", number(done_), number(failed_)));
  verdicts_.judge(dirty_pauses_ == 0,
                  text("the ledger was as before in %llu of %llu pauses: %s", number(pauses_ - dirty_pauses_),
                       number(pauses_), by_purpose(ground.left()).c_str()));
  verdicts_.judge(odd_descriptors_ == 0, text("the descriptors were as before in %llu of %llu pauses",
                                              number(pauses_ - odd_descriptors_), number(pauses_)));
  std::string missing, seen;
  const auto look = [&](std::string_view name, std::uint64_t count) {
    seen += (seen.empty() ? "" : ", ") + std::to_string(count) + ' ' + std::string{name};
    if (count == 0) missing += ' ' + std::string{name};
  };
  look("slow readers cut off", ground.count(reason::slow_reader));
  look("missed heartbeats", ground.count(reason::ping_timeout));
  look("lost connections", ground.count(reason::transport_error));
  look("orderly ends", ground.count(reason::transport_close));
  look("bad packets", ground.count(counter::packets_invalid));
  look("bad requests", ground.count(counter::http_errors));
  look("broken WebSockets", ground.count(counter::websocket_errors));
  look("broken TLS", ground.count(counter::tls_refused));
  look("refused sessions", ground.count(counter::sessions_refused));
  look("refused sockets", ground.count(counter::sockets_refused));
  verdicts_.judge(missing.empty(), "every kind of end came about: " + seen);
}

void long_run::judge_trend() {
  const auto warm = std::span{resident_}.subspan(resident_.size() / 3);
  const auto found = trend_of(warm);
  if (!found) {
    std::printf("---- RSS: %zu samples after the first third are too few for a trend\n", warm.size());
    return;
  }
  const auto line = text(
      "RSS changes by %+.3f MiB an hour (95 %%: %+.3f to %+.3f; %zu medians of %zu samples, correlation %.2f); in "
      "these "
      "%.0f minutes %+.3f of %.2f MiB (bar: not beyond doubt, or at most %+.3f)",
      found->slope * 3600, found->low * 3600, found->high * 3600, found->points, warm.size(), found->correlation,
      found->seconds / 60, found->growth(), found->middle, given_.growth * found->middle);
  if (is_sanitized)
    std::printf("---- %s, not judged under a sanitizer\n", line.c_str());
  else
    verdicts_.judge(!is_growing(*found, given_.growth), line);
}

}  // namespace encke::soak
