// SPDX-License-Identifier: MIT
#include <encke/control_group.hpp>

#include <algorithm>
#include <fstream>
#include <iterator>
#include <optional>
#include <sstream>
#include <string>

namespace encke {

namespace {

namespace fs = std::filesystem;

// A group as /proc/self/cgroup names it: "4:cpu,cpuacct:/a/b" (version 1) or "0::/a/b" (version 2).
struct named_group {
  unsigned version = 0;
  std::string controllers, path;
};

// Where a hierarchy is mounted, and which group of it is seen there as the root.
struct mount {
  fs::path point, group;
};

bool is_among(std::string_view list, std::string_view name) {
  while (true) {
    const auto comma = list.find(',');
    if (list.substr(0, comma) == name) return true;
    if (comma == list.npos) return false;
    list.remove_prefix(comma + 1);
  }
}

std::optional<named_group> find_group(std::string_view controller, const fs::path& root) {
  std::ifstream in{root / "proc/self/cgroup"};
  std::optional<named_group> found;
  for (std::string line; std::getline(in, line);) {
    const auto first = line.find(':'), second = line.find(':', first + 1);
    if (second == line.npos) continue;
    auto controllers = line.substr(first + 1, second - first - 1);
    auto path = line.substr(second + 1);
    if (is_among(controllers, controller)) return named_group{1, std::move(controllers), std::move(path)};
    if (line.starts_with("0::")) found = named_group{2, {}, std::move(path)};
  }
  return found;
}

// proc(5), mountinfo: "36 35 98:0 /group /mount/point rw,noatime shared:1 - cgroup source rw,cpu,cpuacct".
std::optional<mount> find_mount(const named_group& of, std::string_view controller, const fs::path& root) {
  std::ifstream in{root / "proc/self/mountinfo"};
  const bool is_told = in.is_open();
  for (std::string line; std::getline(in, line);) {
    std::istringstream words{line};
    const std::vector<std::string> all{std::istream_iterator<std::string>{words}, {}};
    const auto dash = std::ranges::find(all, "-");
    if (all.size() < 7 || all.end() - dash < 4) continue;
    const bool is_it = of.version == 2 ? dash[1] == "cgroup2" : dash[1] == "cgroup" && is_among(dash[3], controller);
    if (is_it) return mount{root / fs::path{all[4]}.relative_path(), all[3]};
  }
  if (is_told) return std::nullopt;
  return mount{root / "sys/fs/cgroup" / of.controllers, "/"};
}

// The group's folder below the mount. A group outside of what is mounted cannot be seen; what can is the one mounted.
fs::path below(const fs::path& group, const fs::path& mounted) {
  const auto rest = group.lexically_relative(mounted);
  return rest.empty() || *rest.begin() == ".." || *rest.begin() == "." ? fs::path{} : rest;
}

}  // namespace

control_group control_group_of(std::string_view controller, const fs::path& root) {
  const auto named = find_group(controller, root);
  if (!named) return {};
  const auto at = find_mount(*named, controller, root);
  if (!at) return {};
  control_group found{.version = named->version, .folders = {}};
  for (auto rest = below(named->path, at->group); !rest.empty(); rest = rest.parent_path())
    found.folders.push_back(at->point / rest);
  found.folders.push_back(at->point);
  return found;
}

}  // namespace encke
