// SPDX-License-Identifier: MIT
#include "bench/soak/measure.hpp"

#include <sys/resource.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <sstream>

#include "gateway/process/allocator.hpp"

namespace encke::soak {

std::size_t heap_bytes() {
  return static_cast<std::size_t>(gateway::allocator::look().held());
}

std::size_t open_descriptors() {
  const std::filesystem::directory_iterator all{"/proc/self/fd"};
  return static_cast<std::size_t>(std::distance(begin(all), end(all))) - 1;  // without the one that looks
}

double processor_seconds() {
  rusage used{};
  ::getrusage(RUSAGE_SELF, &used);
  const auto seconds = [](const timeval& t) {
    return static_cast<double>(t.tv_sec) + static_cast<double>(t.tv_usec) / 1e6;
  };
  return seconds(used.ru_utime) + seconds(used.ru_stime);
}

// proc(5): fields 14 and 15 of stat, counted after the name in parentheses.
double processor_seconds_of(pid_t pid) {
  std::ifstream stat{"/proc/" + std::to_string(pid) + "/stat"};
  std::string line;
  std::getline(stat, line);
  std::istringstream fields{line.substr(line.rfind(')') + 1)};
  std::string skipped;
  for (int i = 3; i < 14; ++i) fields >> skipped;
  double user = 0, system = 0;
  fields >> user >> system;
  return (user + system) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

ledger::totals difference(const ledger::totals& now, const ledger::totals& before) {
  auto left = now;
  for (std::size_t i = 0; i < ledger::purposes; ++i) {
    if (!ledger::is_for_clients(static_cast<ledger::purpose>(i))) {
      left.by_purpose[i] = {};
      continue;
    }
    left.by_purpose[i].bytes -= before.by_purpose[i].bytes;
    left.by_purpose[i].objects -= before.by_purpose[i].objects;
  }
  return left;
}

bool is_zero(const ledger::totals& held) {
  for (const auto& [bytes, objects] : held.by_purpose)
    if (bytes != 0 || objects != 0) return false;
  return true;
}

std::string by_purpose(const ledger::totals& held) {
  std::string text;
  for (std::size_t i = 0; i < ledger::purposes; ++i) {
    const auto& [bytes, objects] = held.by_purpose[i];
    if (bytes == 0 && objects == 0) continue;
    if (!text.empty()) text += ", ";
    text += std::string{to_string(static_cast<ledger::purpose>(i))} + ' ' + std::to_string(bytes) + " bytes in " +
            std::to_string(objects);
  }
  return text.empty() ? "zero" : text;
}

}  // namespace encke::soak
