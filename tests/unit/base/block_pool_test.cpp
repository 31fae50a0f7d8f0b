// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <base/block_pool.hpp>
#include <cstring>
#include <encke/ledger.hpp>
#include <thread>
#include <vector>

namespace encke::test {
namespace {

TEST(block_pool, gives_a_block_of_the_same_size_again) {
  void* first = block_pool::take(100);
  block_pool::give_back(first, 100);
  void* second = block_pool::take(128);  // of the same class
  EXPECT_EQ(second, first);
  block_pool::give_back(second, 128);
}

TEST(block_pool, blocks_have_the_room_that_was_asked_for) {
  std::vector<std::pair<void*, std::size_t>> taken;
  for (std::size_t size = 1; size <= 1200; size += 7) {
    taken.emplace_back(block_pool::take(size), size);
    std::memset(taken.back().first, static_cast<int>(size & 0xff), size);
  }
  for (const auto& [block, size] : taken) {
    const auto* bytes = static_cast<const unsigned char*>(block);
    EXPECT_EQ(bytes[0], size & 0xff);
    EXPECT_EQ(bytes[size - 1], size & 0xff);
    block_pool::give_back(block, size);
  }
}

TEST(block_pool, what_it_keeps_is_in_the_ledger_and_can_be_released) {
  const auto kept = [] { return ledger::snapshot()[ledger::purpose::cache].bytes; };
  const auto before = kept();
  std::thread{[&] {
    void* const first = block_pool::take(100);
    void* const second = block_pool::take(500);
    EXPECT_EQ(kept(), before);
    block_pool::give_back(first, 100);
    block_pool::give_back(second, 500);
    EXPECT_EQ(kept(), before + 128 + 512);
    block_pool::release();
    EXPECT_EQ(kept(), before);
    block_pool::give_back(block_pool::take(64), 64);
  }}.join();
  EXPECT_EQ(kept(), before);
}

TEST(block_pool, a_block_may_go_back_on_another_thread) {
  std::vector<void*> taken;
  for (int i = 0; i < 10'000; ++i) taken.push_back(block_pool::take(200));  // more than a thread keeps
  std::thread{[&] {
    for (void* one : taken) block_pool::give_back(one, 200);
  }}.join();
  SUCCEED();  // the sanitizers have the say: nothing leaks, nothing is freed twice
}

}  // namespace
}  // namespace encke::test
