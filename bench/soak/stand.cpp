// SPDX-License-Identifier: MIT
#include "bench/soak/stand.hpp"

#include <cstdio>
#include <thread>

namespace encke::soak {

// Workers make a few frames of their own when they begin to serve.
stand::stand(unsigned workers, limits how)
    : open_{workers, true, made_.files(), how}, strict_{workers, false, made_.files(), how} {
  std::this_thread::sleep_for(std::chrono::milliseconds{300});
  baseline_ = ledger::snapshot();
  descriptors_ = open_descriptors();
}

bool stand::wait_until_quiet() const {
  const auto is_quiet = [this] { return open_.is_quiet() && strict_.is_quiet() && is_zero(left()); };
  const auto deadline = std::chrono::steady_clock::now() + std::chrono::seconds{20};
  bool quiet = is_quiet();
  while (!quiet && std::chrono::steady_clock::now() < deadline) {
    std::this_thread::sleep_for(std::chrono::milliseconds{20});
    quiet = is_quiet();
  }
  std::this_thread::sleep_for(std::chrono::milliseconds{1200});  // servers look once a second (net/memory_return)
  return quiet;
}

std::uint64_t stand::count(counter which) const {
  return open_.counts()[which] + strict_.counts()[which];
}
std::uint64_t stand::count(reason why) const {
  return open_.counts()[why] + strict_.counts()[why];
}

void verdicts::judge(bool good, const std::string& what) {
  std::printf("%s %s\n", good ? "PASS" : "FAIL", what.c_str());
  std::fflush(stdout);
  all_good_ = all_good_ && good;
}

}  // namespace encke::soak
