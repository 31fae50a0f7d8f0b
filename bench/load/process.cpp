// SPDX-License-Identifier: MIT
#include "bench/load/process.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <ctime>
#include <fstream>
#include <sstream>
#include <string>

namespace encke::load {

namespace {

std::string text_of(pid_t pid, const char* name) {
  std::ifstream file{fmt::format("/proc/{}/{}", pid, name)};
  std::ostringstream text;
  text << file.rdbuf();
  return text.str();
}

// proc(5): the process's clock is the sum over its threads, also of those that ended, and far finer than a tick.
std::chrono::nanoseconds clock_of(pid_t pid) {
  clockid_t id{};
  timespec t{};
  if (clock_getcpuclockid(pid, &id) != 0 || clock_gettime(id, &t) != 0) return {};
  return std::chrono::seconds{t.tv_sec} + std::chrono::nanoseconds{t.tv_nsec};
}

std::int64_t kib_after(const std::string& text, const std::string& label) {
  const auto at = text.find("\n" + label);
  return at == std::string::npos ? 0 : std::atoll(text.c_str() + at + 1 + label.size());
}

}  // namespace

processor_time processor_time_of(const std::vector<pid_t>& pids) {
  processor_time sum;
  const std::chrono::nanoseconds tick{1'000'000'000 / sysconf(_SC_CLK_TCK)};
  for (const auto pid : pids) {
    const auto stat = text_of(pid, "stat");
    const auto name_end = stat.rfind(')');  // proc(5): the second field is a name and may hold anything
    if (name_end == std::string::npos) continue;
    std::istringstream fields{stat.substr(name_end + 1)};
    std::string skipped;
    for (int i = 3; i < 14; ++i) fields >> skipped;
    std::int64_t user = 0, system = 0;  // fields 14 and 15
    fields >> user >> system;
    sum.user += user * tick;
    sum.system += system * tick;
    const auto fine = clock_of(pid);
    sum.total += fine.count() > 0 ? fine : (user + system) * tick;
  }
  return sum;
}

memory memory_of(const std::vector<pid_t>& pids) {
  memory sum;
  for (const auto pid : pids) {
    const auto text = text_of(pid, "smaps_rollup");
    sum.rss_kib += kib_after(text, "Rss:");
    sum.pss_kib += kib_after(text, "Pss:");
  }
  return sum;
}

bool is_running(pid_t pid) {
  return !text_of(pid, "stat").empty();
}

}  // namespace encke::load
