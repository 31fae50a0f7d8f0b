// SPDX-License-Identifier: MIT
// Processors and control groups, from files as the kernel shows them.
#include <server/processors.hpp>

#include <gtest/gtest.h>
#include <sched.h>
#include <stdlib.h>

#include <encke/control_group.hpp>
#include <fstream>
#include <thread>

namespace encke {
namespace {

namespace fs = std::filesystem;

struct processors_test : testing::Test {
  fs::path root;

  void SetUp() override {
    auto pattern = (fs::temp_directory_path() / "encke-cgroup-XXXXXX").string();
    ASSERT_NE(::mkdtemp(pattern.data()), nullptr);
    root = pattern;
  }
  void TearDown() override { fs::remove_all(root); }

  void write(const fs::path& file, std::string_view text) const {
    fs::create_directories((root / file).parent_path());
    std::ofstream{root / file} << text;
  }
  [[nodiscard]] unsigned count(unsigned in_mask = 64) const { return count_processors(in_mask, root).count; }
};

constexpr std::string_view v2_mount = "24 1 0:22 / /sys/fs/cgroup rw,nosuid - cgroup2 cgroup2 rw,nsdelegate\n";

TEST_F(processors_test, are_those_of_the_mask_without_a_group) {
  EXPECT_EQ(count(3), 3U);
  EXPECT_EQ(count(0), 1U);
  EXPECT_EQ(count_processors(3, root).because, "CPUs in the affinity mask");
}

TEST_F(processors_test, are_no_more_than_the_quota_rounded_up) {
  write("proc/self/cgroup", "0::/\n");
  write("proc/self/mountinfo", v2_mount);
  for (const auto& [text, expected] : {std::pair{"max 100000\n", 64U},
                                       {"100000 100000\n", 1U},
                                       {"100001 100000\n", 2U},
                                       {"1000 100000\n", 1U},
                                       {"250000 50000\n", 5U},
                                       {"99999900000 100000\n", 64U}}) {
    write("sys/fs/cgroup/cpu.max", text);
    EXPECT_EQ(count(), expected) << text;
  }
  write("sys/fs/cgroup/cpu.max", "100000 100000\n");
  EXPECT_EQ(count_processors(2, root).because, "CPUs by the quota of the control group");
}

TEST_F(processors_test, are_those_of_the_smallest_quota_on_the_way_up) {
  write("proc/self/cgroup", "0::/kubepods/pod1/main\n");
  write("proc/self/mountinfo", v2_mount);
  write("sys/fs/cgroup/kubepods/pod1/main/cpu.max", "max 100000\n");
  write("sys/fs/cgroup/kubepods/pod1/cpu.max", "150000 100000\n");
  write("sys/fs/cgroup/kubepods/cpu.max", "800000 100000\n");
  EXPECT_EQ(count(), 2U);
}

TEST_F(processors_test, are_counted_in_groups_of_version_1) {
  write("proc/self/cgroup", "12:memory:/a\n4:cpu,cpuacct:/a/b\n1:name=systemd:/a\n0::/a\n");
  write("proc/self/mountinfo",
        "30 25 0:26 / /sys/fs/cgroup/unified rw - cgroup2 cgroup2 rw\n"
        "33 25 0:29 / /sys/fs/cgroup/cpu,cpuacct rw shared:14 - cgroup cgroup rw,cpu,cpuacct\n");
  write("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_quota_us", "-1\n");
  write("sys/fs/cgroup/cpu,cpuacct/a/b/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(count(), 64U);
  write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_quota_us", "300000\n");
  write("sys/fs/cgroup/cpu,cpuacct/a/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(count(), 3U);
}

TEST_F(processors_test, are_found_where_a_container_sees_its_group_as_the_root_of_the_mount) {
  write("proc/self/cgroup", "4:cpu,cpuacct:/docker/abc\n");
  write("proc/self/mountinfo", "33 25 0:29 /docker/abc /sys/fs/cgroup/cpu rw - cgroup cgroup rw,cpu,cpuacct\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_quota_us", "50000\n");
  write("sys/fs/cgroup/cpu/cpu.cfs_period_us", "100000\n");
  EXPECT_EQ(count(), 1U);
}

TEST_F(processors_test, survive_files_that_make_no_sense) {
  write("proc/self/mountinfo", std::string{v2_mount} + "33 25 - cgroup2\n-\n\n");
  for (const auto* groups : {"", "0::\n", "0::/../..\n", "::::\n", "0:\n", "x\n", "0::/not/there\n"}) {
    write("proc/self/cgroup", groups);
    for (const auto* text : {"", "max", "-5 100000", "100000 0", "100000", "nonsense here\n"}) {
      write("sys/fs/cgroup/cpu.max", text);
      EXPECT_EQ(count(), 64U) << groups << text;
    }
  }
}

TEST_F(processors_test, of_a_pinned_thread_are_one) {
  std::thread{[] {
    cpu_set_t before, one;
    ASSERT_EQ(::sched_getaffinity(0, sizeof before, &before), 0);
    CPU_ZERO(&one);
    for (int cpu = 0; cpu < CPU_SETSIZE && CPU_COUNT(&one) == 0; ++cpu)
      if (CPU_ISSET(cpu, &before)) CPU_SET(cpu, &one);
    ASSERT_EQ(::sched_setaffinity(0, sizeof one, &one), 0);
    EXPECT_EQ(usable_processors().count, 1U);
  }}.join();
}

}  // namespace
}  // namespace encke
