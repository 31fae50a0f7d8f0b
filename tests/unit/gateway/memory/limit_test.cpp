// SPDX-License-Identifier: MIT
// The limit for memory: a share of what the control group allows, and what counts against it.
#include "gateway/memory/limit.hpp"

#include <gtest/gtest.h>

#include <encke/memory.hpp>
#include <fstream>

#include "unit/tls/certificates.hpp"

namespace encke::gateway {
namespace {

namespace fs = std::filesystem;

struct memory_limits : testing::Test {
  tls::test::folder files;
  fs::path root = fs::path{files.path("proc")}.parent_path();

  void write(const fs::path& file, std::string_view text) {
    fs::create_directories((root / file).parent_path());
    std::ofstream{root / file} << text;
  }
  void SetUp() override { write("proc/meminfo", "MemTotal:       1000000 kB\nMemFree: 5 kB\n"); }
};

TEST_F(memory_limits, a_size_is_what_it_is) {
  const memory_limit at{{.bytes = 256 << 20}, root};
  EXPECT_EQ(at.bytes(), 256U << 20);
  EXPECT_NEAR(static_cast<double>(at.used()), static_cast<double>(resident_bytes()), 1 << 20);
}

TEST_F(memory_limits, none_is_none) {
  EXPECT_EQ(memory_limit({}, root).bytes(), 0U);
}

TEST_F(memory_limits, a_share_is_one_of_the_smallest_group_around) {
  write("proc/self/cgroup", "0::/a/b\n");
  write("sys/fs/cgroup/a/b/memory.max", "max\n");
  write("sys/fs/cgroup/a/memory.max", "500000000\n");
  write("sys/fs/cgroup/a/memory.current", "400000000000\n");
  write("sys/fs/cgroup/a/memory.stat", "anon 5\ninactive_file 100000000000\nactive_file 7\n");
  const memory_limit at{{.percent = 80}, root};
  EXPECT_EQ(at.bytes(), 400'000'000U);
  EXPECT_EQ(at.used(), 300'000'000'000U);
}

TEST_F(memory_limits, a_share_without_a_group_is_one_of_the_machine) {
  const memory_limit at{{.percent = 50}, root};
  EXPECT_EQ(at.bytes(), 512'000'000U);
  EXPECT_NEAR(static_cast<double>(at.used()), static_cast<double>(resident_bytes()), 1 << 20);
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.stat", "inactive_file 1\n");
  EXPECT_EQ(memory_limit({.percent = 50}, root).bytes(), 512'000'000U);
}

TEST_F(memory_limits, a_share_is_one_of_a_group_of_version_1) {
  write("proc/self/cgroup", "4:cpu,cpuacct:/\n7:memory:/a/b\n0::/\n");
  write("proc/self/mountinfo", "33 25 0:29 / /sys/fs/cgroup/memory rw shared:14 - cgroup cgroup rw,memory\n");
  write("sys/fs/cgroup/memory/a/b/memory.limit_in_bytes", "9223372036854771712\n");
  write("sys/fs/cgroup/memory/a/memory.limit_in_bytes", "500000000\n");
  write("sys/fs/cgroup/memory/a/memory.usage_in_bytes", "400000000000\n");
  write("sys/fs/cgroup/memory/a/memory.stat", "inactive_file 5\ntotal_inactive_file 100000000000\n");
  const memory_limit at{{.percent = 80}, root};
  EXPECT_EQ(at.bytes(), 400'000'000U);
  EXPECT_EQ(at.used(), 300'000'000'000U);
}

TEST_F(memory_limits, a_group_larger_than_the_machine_limits_nothing) {
  write("proc/self/cgroup", "0::/a\n");
  write("sys/fs/cgroup/a/memory.max", "9000000000000\n");
  EXPECT_EQ(memory_limit({.percent = 50}, root).bytes(), 512'000'000U);
}

TEST_F(memory_limits, a_container_sees_its_own_group_as_the_root) {
  write("proc/self/cgroup", "0::/\n");
  write("sys/fs/cgroup/memory.max", "100000000\n");
  EXPECT_EQ(memory_limit({.percent = 50}, root).bytes(), 50'000'000U);
}

}  // namespace
}  // namespace encke::gateway
