// SPDX-License-Identifier: MIT
#include <server/processors.hpp>

#include <sched.h>
#include <algorithm>
#include <cerrno>
#include <encke/control_group.hpp>
#include <fstream>
#include <optional>
#include <thread>
#include <vector>

namespace encke {

namespace {

namespace fs = std::filesystem;

struct quota {
  long long time = 0, period = 0;  // microseconds of processor time in each of these
};

// Kernel documentation, cgroup-v2: "max 100000" or "150000 100000"; sched-bwc: -1 is no limit.
std::optional<quota> quota_in(const fs::path& folder, unsigned version) {
  quota found;
  if (version == 2) {
    std::ifstream in{folder / "cpu.max"};
    in >> found.time >> found.period;
  } else {
    std::ifstream{folder / "cpu.cfs_quota_us"} >> found.time;
    std::ifstream{folder / "cpu.cfs_period_us"} >> found.period;
  }
  if (found.time <= 0 || found.period <= 0) return std::nullopt;
  return found;
}

unsigned in_affinity_mask() {
  // The kernel's own mask may be larger than cpu_set_t: then this fails with EINVAL until there is room.
  for (std::size_t sets = 1; sets <= 64; sets *= 2) {
    std::vector<cpu_set_t> mask(sets);
    const auto size = sets * sizeof(cpu_set_t);
    if (::sched_getaffinity(0, size, mask.data()) == 0) return static_cast<unsigned>(CPU_COUNT_S(size, mask.data()));
    if (errno != EINVAL) break;
  }
  return std::thread::hardware_concurrency();
}

}  // namespace

processors count_processors(unsigned in_mask, const fs::path& root) {
  processors found{.count = std::max(in_mask, 1U), .because = "CPUs in the affinity mask"};
  const auto group = control_group_of("cpu", root);
  for (const auto& folder : group.folders) {
    const auto allowed = quota_in(folder, group.version);
    if (!allowed) continue;
    const auto whole = (allowed->time + allowed->period - 1) / allowed->period;
    if (whole < found.count)
      found = {.count = static_cast<unsigned>(whole), .because = "CPUs by the quota of the control group"};
  }
  return found;
}

processors usable_processors() {
  return count_processors(in_affinity_mask(), "/");
}

}  // namespace encke
