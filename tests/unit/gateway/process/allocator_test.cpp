// SPDX-License-Identifier: MIT
// What the allocator tells of itself: jemalloc in most builds, the C library's malloc under sanitizers.
#include "gateway/process/allocator.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <memory>
#include <vector>

namespace encke::gateway {
namespace {

constexpr std::int64_t mib = 1024 * 1024;

bool has_jemalloc() {
  return allocator::look().name == "jemalloc";
}

/// Holds this many bytes in blocks of 500, and knows what they take.
class many_blocks {
 public:
  explicit many_blocks(std::int64_t total) {
    for (std::int64_t held = 0; held < total; held += 500) blocks_.push_back(std::make_unique<char[]>(500));
  }
  [[nodiscard]] std::int64_t bytes() const {
    return static_cast<std::int64_t>(blocks_.size() * allocator::size_class(500) +
                                     allocator::size_class(blocks_.capacity() * sizeof(blocks_[0])));
  }

 private:
  std::vector<std::unique_ptr<char[]>> blocks_;
};

TEST(allocator, tells_its_name_and_version) {
  const auto now = allocator::look();
  EXPECT_THAT(now.name, testing::AnyOf("jemalloc", "glibc"));
  EXPECT_THAT(now.version, testing::ContainsRegex("^[0-9]+\\.[0-9.]+$"));
}

TEST(allocator, counts_to_the_kilobyte_what_the_program_holds) {
  if (!has_jemalloc()) GTEST_SKIP() << "the C library's malloc is not asked for that much";
  const auto before = allocator::look();
  const many_blocks held{40 * mib};
  const auto after = allocator::look();
  EXPECT_GT(after.profile_samples, before.profile_samples);
  EXPECT_NEAR(static_cast<double>(after.held() - before.held()), static_cast<double>(held.bytes()), 16 * 1024);
  EXPECT_GE(after.active, after.allocated);
  EXPECT_GE(after.resident, after.active + after.dirty);
}

TEST(allocator, gives_free_memory_back) {
  if (!has_jemalloc()) GTEST_SKIP();
  { const many_blocks gone{40 * mib}; }
  allocator::purge();
  EXPECT_EQ(allocator::look().dirty, 0);
}

TEST(allocator, knows_what_a_size_takes) {
  for (const std::size_t size : {0UL, 1UL, 24UL, 25UL, 500UL, 5000UL, 100'000UL})
    EXPECT_GE(allocator::size_class(size), size) << size;
}

TEST(allocator, has_heap_profiles_where_it_is_jemalloc) {
  const many_blocks held{4 * mib};
  const auto profile = allocator::heap_profile();
  ASSERT_EQ(profile.has_value(), has_jemalloc());
  if (!profile) return;
  EXPECT_TRUE(profile->starts_with("heap_v2/524288")) << profile->substr(0, 80);
  EXPECT_THAT(*profile, testing::HasSubstr("MAPPED_LIBRARIES"));
}

}  // namespace
}  // namespace encke::gateway
