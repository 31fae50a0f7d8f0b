// SPDX-License-Identifier: MIT
// The memory picture: from what the system, the allocator and the ledger say to parts that add up.
#include "gateway/memory/picture.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <encke/memory.hpp>

#include <algorithm>
#include <string>

#include "gateway/memory/history.hpp"

namespace encke::gateway {
namespace {

// --- smaps --------------------------------------------------------------------------------------------------------

// Of a running gateway, shortened to mappings of each sort and the lines that are around `Rss:`.
constexpr std::string_view sample =
    R"(55d65fdee000-55d65fe12000 r--p 00000000 fe:00 5612482                    /usr/bin/encke
Size:                144 kB
KernelPageSize:        4 kB
Rss:                 144 kB
Pss:                 144 kB
VmFlags: rd mr mw me sd
55d65fe12000-55d65ff96000 r-xp 00024000 fe:00 5612482                    /usr/bin/encke
Rss:                1476 kB
55d660038000-55d660045000 r--p 0024a000 fe:00 5612482                    /usr/bin/encke
Rss:                  52 kB
55d660045000-55d660047000 rw-p 00257000 fe:00 5612482                    /usr/bin/encke
Rss:                   8 kB
55d660047000-55d66026c000 rw-p 00000000 00:00 0
Rss:                  52 kB
7f35e4000000-7f35e4200000 rw-p 00000000 00:00 0
Rss:                1000 kB
7f35e61fe000-7f35e61ff000 ---p 00000000 00:00 0
Rss:                   0 kB
7f35e61ff000-7f35e69ff000 rw-p 00000000 00:00 0
Rss:                  36 kB
7f35e69ff000-7f35e6a00000 ---p 00000000 00:00 0
Rss:                   0 kB
7f35e6a00000-7f35e7200000 rw-p 00000000 00:00 0
Rss:                  32 kB
7f35e7200000-7f35e7a00000 rw-p 00000000 00:00 0
Rss:                 828 kB
7f35e7a10000-7f35e7a12000 r--p 00000000 fe:00 326269                     /usr/lib/locale/locale archive
Rss:                   8 kB
7f35e7a1e000-7f35e7a44000 r--p 00000000 fe:00 326269                     /usr/lib/x86_64-linux-gnu/libc.so.6
Rss:                 152 kB
7f35e7a44000-7f35e7b9a000 r-xp 00026000 fe:00 326269                     /usr/lib/x86_64-linux-gnu/libc.so.6
Rss:                1136 kB
7f35e7bf1000-7f35e7bf3000 rw-p 001d3000 fe:00 326269                     /usr/lib/x86_64-linux-gnu/libc.so.6
Rss:                   8 kB
7f35e7bf3000-7f35e7c00000 rw-p 00000000 00:00 0
Rss:                  20 kB
7f35e7e60000-7f35e7e6c000 rw-p 00000000 00:00 0
Rss:                  48 kB
7f35e7f00000-7f35e7f10000 rw-s 00000000 00:01 4711                       /dev/zero (deleted)
Rss:                  64 kB
7f35e8617000-7f35e861b000 r--p 00000000 00:00 0                          [vvar]
Rss:                   0 kB
7f35e861b000-7f35e861d000 r-xp 00000000 00:00 0                          [vdso]
Rss:                   4 kB
7ffcd8806000-7ffcd8827000 rw-p 00000000 00:00 0                          [stack]
Rss:                  36 kB
)";
constexpr std::int64_t kib = 1024;

TEST(smaps, tells_code_data_stacks_and_heap_apart) {
  const auto found = read_smaps(sample);
  EXPECT_EQ(found.code, (144 + 1476 + 52 + 152 + 1136 + 4) * kib);
  EXPECT_EQ(found.static_data, (8 + 52 + 8 + 20 + 48) * kib);
  EXPECT_EQ(found.stacks, (36 + 32 + 36) * kib);
  EXPECT_EQ(found.heap, (1000 + 828) * kib);
  EXPECT_EQ(found.other, (8 + 64) * kib);
}

TEST(smaps, counts_the_heap_of_the_c_library) {
  EXPECT_EQ(read_smaps("55d000-66d000 rw-p 00000000 00:00 0      [heap]\nRss:      40 kB\n").heap, 40 * kib);
}

TEST(smaps, survives_whatever_it_is_given) {
  EXPECT_EQ(read_smaps("").resident(), 0);
  EXPECT_EQ(read_smaps("Rss: 4 kB\nx\n-\n1-\n1-2\n1-2 r\nRss:\nRss: x kB\n\n").resident(), 0);
  for (std::size_t cut = 0; cut < sample.size(); ++cut)
    EXPECT_LE(read_smaps(sample.substr(0, cut)).resident(), read_smaps(sample).resident());
}

TEST(process_memory, adds_up_to_what_is_resident) {
  const auto now = look_at_process();
  EXPECT_GT(now.code, 100 * kib);
  EXPECT_GT(now.heap, 100 * kib);
  EXPECT_GT(now.stacks, 0);
  EXPECT_NEAR(static_cast<double>(now.resident()), static_cast<double>(resident_bytes()), 1 << 20);
}

// --- parts --------------------------------------------------------------------------------------------------------

memory_figures some_figures() {
  memory_figures now;
  now.held.by_purpose[static_cast<std::size_t>(ledger::purpose::session)] = {.bytes = 3000, .objects = 3};
  now.held.by_purpose[static_cast<std::size_t>(ledger::purpose::worker)] = {.bytes = 500, .objects = 1};
  now.heap = {.name = "jemalloc",
              .allocated = 10'000,
              .thread_caches = 300,
              .profile_samples = 200,
              .internal = 1000,
              .active = 12'000,
              .metadata = 2500,
              .dirty = 4000,
              .resident = 18'000};
  now.process = {.code = 50'000, .static_data = 2000, .stacks = 700, .heap = 18'500, .other = 30};
  now.startup = 4800;
  return now;
}

const memory_part& part(const memory_picture& picture, std::string_view name) {
  return *std::ranges::find(picture.parts, name, &memory_part::name);
}

std::int64_t sum_of(const memory_picture& picture) {
  std::int64_t sum = 0;
  for (const auto& one : picture.parts) sum += one.bytes;
  return sum;
}

TEST(memory_picture, says_what_each_byte_is_held_for) {
  const auto picture = picture_of(some_figures());
  EXPECT_EQ(picture.resident, 71'230);
  EXPECT_EQ(sum_of(picture), picture.resident);
  EXPECT_EQ(part(picture, "session").bytes, 3000);
  EXPECT_EQ(part(picture, "session").objects, 3);
  EXPECT_EQ(part(picture, "session").kind, memory_kind::clients);
  EXPECT_EQ(part(picture, "worker").kind, memory_kind::server);
  EXPECT_EQ(part(picture, "startup").bytes, 4800);
  EXPECT_EQ(part(picture, "uncharged").bytes, 10'000 - 300 - 200 - 1000 - 3500 - 4800);
  EXPECT_EQ(part(picture, "fragmentation").bytes, 2000);
  EXPECT_EQ(part(picture, "thread caches").bytes, 300);
  EXPECT_EQ(part(picture, "profile samples").bytes, 200);
  EXPECT_EQ(part(picture, "metadata").bytes, 18'000 - 12'000 - 4000 + 1000);
  EXPECT_EQ(part(picture, "free pages").bytes, 4000);
  EXPECT_EQ(part(picture, "unexplained").bytes, 500);
  EXPECT_EQ(picture.parts.back().kind, memory_kind::unexplained);
  EXPECT_TRUE(std::ranges::is_sorted(picture.parts, {}, &memory_part::kind));
}

TEST(memory_picture, counts_tables_of_the_allocator_as_far_as_they_were_touched) {
  auto now = some_figures();
  now.process.heap = 16'300;
  EXPECT_EQ(part(picture_of(now), "metadata").bytes, 300 + 1000);
  EXPECT_EQ(part(picture_of(now), "unexplained").bytes, 0);
}

TEST(memory_picture, leaves_out_what_the_allocator_has_and_nobody_touched) {
  auto now = some_figures();
  now.process.heap = 15'800;
  EXPECT_EQ(part(picture_of(now), "metadata").bytes, 1000);
  EXPECT_EQ(part(picture_of(now), "thread caches").bytes, 100);
  EXPECT_EQ(part(picture_of(now), "fragmentation").bytes, 2000);
  now.process.heap = 11'000;
  EXPECT_EQ(part(picture_of(now), "thread caches").bytes, 0);
  EXPECT_EQ(part(picture_of(now), "fragmentation").bytes, 0);
  EXPECT_EQ(part(picture_of(now), "free pages").bytes, 1300);
  EXPECT_EQ(part(picture_of(now), "unexplained").bytes, 0);
  now.process.heap = 9000;  // less than the program says it holds
  EXPECT_EQ(part(picture_of(now), "unexplained").bytes, -700);
  EXPECT_EQ(sum_of(picture_of(now)), picture_of(now).resident);
}

TEST(memory_picture, counts_as_explained_only_what_has_a_purpose) {
  const auto picture = picture_of(some_figures());
  EXPECT_DOUBLE_EQ(picture.explained, 1 - (200.0 + 500.0) / 71'230);
  EXPECT_EQ(picture_of({}).explained, 0);
}

TEST(memory_picture, shows_a_ledger_that_claims_too_much) {
  auto now = some_figures();
  now.held.by_purpose[static_cast<std::size_t>(ledger::purpose::tls)] = {.bytes = 6000, .objects = 1};
  const auto picture = picture_of(now);
  EXPECT_EQ(part(picture, "startup").bytes, 0);
  EXPECT_EQ(part(picture, "uncharged").bytes, -1000);
  EXPECT_EQ(sum_of(picture), picture.resident);
  EXPECT_DOUBLE_EQ(picture.explained, 1 - (1000.0 + 500.0) / 71'230);
}

TEST(memory_picture, does_not_charge_what_was_given_back_since_the_start) {
  auto now = some_figures();
  now.startup = 1'000'000;
  const auto picture = picture_of(now);
  EXPECT_EQ(part(picture, "startup").bytes, 5000);
  EXPECT_EQ(part(picture, "uncharged").bytes, 0);
}

TEST(memory_picture, adds_up_with_an_allocator_that_tells_little) {
  auto now = some_figures();
  now.heap = {.name = "glibc", .allocated = 10'000, .active = 20'000};
  const auto picture = picture_of(now);
  EXPECT_EQ(sum_of(picture), picture.resident);
  EXPECT_EQ(part(picture, "fragmentation").bytes, 8500);
  EXPECT_EQ(part(picture, "unexplained").bytes, 0);
}

TEST(memory_picture, has_names_for_operators) {
  for (const auto& one : picture_of({}).parts) EXPECT_THAT(one.name, testing::MatchesRegex("[a-z ]+"));
  EXPECT_EQ(to_string(memory_kind::clients), "clients");
}

// --- history ------------------------------------------------------------------------------------------------------

TEST(memory_history, keeps_an_hour) {
  const auto before = ledger::snapshot()[ledger::purpose::history].bytes;
  {
    memory_history kept;
    auto picture = picture_of(some_figures());
    EXPECT_EQ(picture.parts.size(), memory_history::parts);
    for (std::int64_t i = 0; i < 400; ++i) {
      picture.resident = i;
      kept.add(1000 + i * 10, picture);
      ASSERT_EQ(kept[kept.size() - 1].resident, i);
    }
    EXPECT_EQ(kept.size(), 360U);
    EXPECT_EQ(kept[0].resident, 40);
    EXPECT_EQ(kept[0].at, 1400);
    EXPECT_EQ(kept[359].bytes[5], picture.parts[5].bytes);
    EXPECT_GE(ledger::snapshot()[ledger::purpose::history].bytes - before,
              static_cast<std::int64_t>(360 * sizeof(memory_history::sample)));
  }
  EXPECT_EQ(ledger::snapshot()[ledger::purpose::history].bytes, before);
}

}  // namespace
}  // namespace encke::gateway
