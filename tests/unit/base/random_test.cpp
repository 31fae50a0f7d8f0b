// SPDX-License-Identifier: MIT
// Ids: their form, the worker in them, and that nobody gets the same one, not even a forked process.
#include "base/random.hpp"

#include <gtest/gtest.h>
#include <sys/wait.h>
#include <unistd.h>

#include <array>
#include <mutex>
#include <set>
#include <thread>
#include <vector>

namespace encke::random {
namespace {

TEST(random, ids_are_20_characters_of_the_url_alphabet) {
  for (int i = 0; i < 1000; ++i) {
    const auto text = id(static_cast<std::uint8_t>(i));
    ASSERT_EQ(text.size(), 20U);
    ASSERT_EQ(text.find_first_not_of("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_"),
              std::string::npos);
  }
}

TEST(random, ids_name_their_worker) {
  for (int worker = 0; worker < 256; ++worker) {
    EXPECT_EQ(worker_of(id(static_cast<std::uint8_t>(worker))), worker);
    EXPECT_EQ(worker_of(id(static_cast<std::uint8_t>(worker))), worker);
  }
}

TEST(random, finds_no_worker_in_what_is_not_an_id) {
  auto good = id(7);
  ASSERT_EQ(worker_of(good), 7);
  EXPECT_EQ(worker_of(""), std::nullopt);
  EXPECT_EQ(worker_of(good.substr(1)), std::nullopt);
  EXPECT_EQ(worker_of(good + "A"), std::nullopt);
  for (char c : {'+', '/', '=', '.', ' ', '\0', '\x80', '\xFF'}) {
    for (std::size_t place : {0U, 10U, 18U, 19U}) {
      auto bad = good;
      bad[place] = c;
      EXPECT_EQ(worker_of(bad), std::nullopt);
    }
  }
}

TEST(random, ids_do_not_repeat_across_threads) {
  std::mutex mutex;
  std::set<std::string> seen;
  std::vector<std::thread> threads;
  for (int t = 0; t < 4; ++t) {
    threads.emplace_back([&] {
      std::vector<std::string> mine;
      for (int i = 0; i < 5000; ++i) mine.push_back(id(0));
      std::lock_guard lock{mutex};
      seen.insert(mine.begin(), mine.end());
    });
  }
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(seen.size(), 20000U);
}

TEST(random, a_forked_process_makes_other_ids) {
  (void)id(0);  // fills the pool
  std::array<int, 2> ends{};
  ASSERT_EQ(pipe(ends.data()), 0);
  const pid_t child = fork();
  ASSERT_GE(child, 0);
  if (child == 0) {
    const auto text = id(0);
    _exit(write(ends[1], text.data(), text.size()) == 20 ? 0 : 1);
  }
  std::string theirs(20, '\0');
  ASSERT_EQ(read(ends[0], theirs.data(), theirs.size()), 20);
  EXPECT_NE(theirs, id(0));
  int status = 0;
  waitpid(child, &status, 0);
  EXPECT_EQ(status, 0);
  close(ends[0]);
  close(ends[1]);
}

TEST(random, fills_whole_ranges) {
  std::vector<char> bytes(100000);
  fill(bytes);
  std::array<int, 256> counts{};
  for (char c : bytes) ++counts[static_cast<std::uint8_t>(c)];
  for (int count : counts) EXPECT_NEAR(count, 390, 200);
  fill({});
}

}  // namespace
}  // namespace encke::random
