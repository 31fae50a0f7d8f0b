// SPDX-License-Identifier: MIT
// Kernel documentation: cgroup-v2, "Memory Interface Files"; cgroup-v1/memory.
#include "gateway/memory/limit.hpp"

#include <algorithm>
#include <encke/control_group.hpp>
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

struct group_files {
  const char *limit, *used, *files;  // the last: what memory.stat calls files that are given back before anything ends
};

group_files files_of(unsigned version) {
  if (version == 1) return {"memory.limit_in_bytes", "memory.usage_in_bytes", "total_inactive_file"};
  return {"memory.max", "memory.current", "inactive_file"};
}

}  // namespace

memory_limit::memory_limit(const memory_bound& bound, const fs::path& root) : bytes_{bound.bytes} {
  if (bound.percent == 0) return;
  auto whole = number_of(root / "proc/meminfo", "MemTotal:") * 1024;
  const auto group = control_group_of("memory", root);
  version_ = group.version;
  for (const auto& folder : group.folders) {
    // Version 1 has no word for "no limit": a number that no machine has.
    const auto most = number_in(folder / files_of(version_).limit);
    if (most == 0 || (whole != 0 && most >= whole)) continue;
    whole = most;
    group_ = folder;
  }
  bytes_ = whole / 100 * bound.percent;
}

std::size_t memory_limit::used() const {
  const auto resident = resident_bytes();
  if (group_.empty()) return resident;
  const auto names = files_of(version_);
  const auto all = number_in(group_ / names.used);
  const auto files = number_of(group_ / "memory.stat", names.files);
  return std::max(resident, all - std::min(all, files));
}

}  // namespace encke::gateway
