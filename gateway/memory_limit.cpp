// SPDX-License-Identifier: MIT
// Control groups v2 (kernel documentation, cgroup-v2: memory.max, memory.current, memory.stat).
#include "gateway/memory_limit.hpp"

#include <algorithm>
#include <encke/memory.hpp>
#include <fstream>
#include <limits>
#include <string>

namespace encke::gateway {

namespace {

namespace fs = std::filesystem;

// The number in a file that holds nothing else; 0 for "max" and for a file that is not there.
std::size_t number_in(const fs::path& file) {
  std::ifstream in{file};
  std::size_t number = 0;
  return in >> number ? number : 0;
}

// The number behind a name, in a file of "name number" lines.
std::size_t number_of(const fs::path& file, const std::string& name) {
  std::ifstream in{file};
  std::string word;
  while (in >> word)
    if (std::size_t number = 0; word == name && in >> number) return number;
  return 0;
}

// "0::/a/b" in /proc/self/cgroup; the path is below the mount, as this process sees it.
fs::path group_of_process(const fs::path& root) {
  std::ifstream in{root / "proc/self/cgroup"};
  for (std::string line; std::getline(in, line);)
    if (line.starts_with("0::/")) return root / "sys/fs/cgroup" / line.substr(4);
  return {};
}

}  // namespace

memory_limit::memory_limit(const memory_bound& bound, const fs::path& root) : bytes_{bound.bytes} {
  if (bound.percent == 0) return;
  auto whole = number_of(root / "proc/meminfo", "MemTotal:") * 1024;
  const auto mount = root / "sys/fs/cgroup";
  for (auto group = group_of_process(root); !group.empty() && group != mount.parent_path(); group = group.parent_path())
    if (const auto most = number_in(group / "memory.max"); most != 0 && (group_.empty() || most < whole)) {
      whole = most;
      group_ = group;
    }
  bytes_ = whole / 100 * bound.percent;
}

std::size_t memory_limit::used() const {
  const auto resident = resident_bytes();
  if (group_.empty()) return resident;
  const auto all = number_in(group_ / "memory.current");
  const auto files = number_of(group_ / "memory.stat", "inactive_file");  // given back before anything is ended
  return std::max(resident, all - std::min(all, files));
}

}  // namespace encke::gateway
