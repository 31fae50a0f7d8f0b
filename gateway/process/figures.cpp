// SPDX-License-Identifier: MIT
#include "gateway/process/figures.hpp"

#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include <filesystem>
#include <fstream>
#include <iterator>
#include <string>
#include <system_error>

namespace encke::gateway {

namespace {

namespace fs = std::filesystem;

constexpr int start_field = 22;  // of /proc/self/stat; the name, field 2, is in brackets and may hold anything
const char* const descriptors = "/proc/self/fd";

double time_of_boot() {
  std::ifstream in{"/proc/stat"};
  std::string word;
  while (in >> word)
    if (double seconds = 0; word == "btime" && in >> seconds) return seconds;
  return 0;
}

double time_of_start() {
  std::ifstream in{"/proc/self/stat"};
  std::string line;
  std::getline(in, line);
  const auto behind_name = line.rfind(')');
  if (behind_name == line.npos) return 0;
  std::size_t at = behind_name;
  for (int field = 2; field < start_field && at != line.npos; ++field) at = line.find(' ', at + 1);
  const auto boot = time_of_boot();
  if (at == line.npos || boot == 0) return 0;
  return boot + std::stod(line.substr(at)) / static_cast<double>(::sysconf(_SC_CLK_TCK));
}

double seconds_of(const timeval& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_usec) / 1e6;
}

std::size_t count_descriptors() {
  struct stat of {};
  if (::stat(descriptors, &of) == 0 && of.st_size > 0) return static_cast<std::size_t>(of.st_size);
  std::error_code error;
  const fs::directory_iterator all{descriptors, error};
  if (error) return 0;
  const auto count = std::distance(fs::begin(all), fs::end(all));
  return count > 0 ? static_cast<std::size_t>(count) - 1 : 0;  // one of them is this look's
}

}  // namespace

process_figures look_at_figures() {
  static const double started = time_of_start();
  process_figures now{.started = started};
  rusage used{};
  if (::getrusage(RUSAGE_SELF, &used) == 0) now.processor = seconds_of(used.ru_utime) + seconds_of(used.ru_stime);
  rlimit limit{};
  if (::getrlimit(RLIMIT_NOFILE, &limit) == 0) now.most_descriptors = limit.rlim_cur;
  now.open_descriptors = count_descriptors();
  return now;
}

}  // namespace encke::gateway
