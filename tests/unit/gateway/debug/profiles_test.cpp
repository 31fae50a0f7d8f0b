// SPDX-License-Identifier: MIT
// CPU profiles and metrics, by a server with clients. tests/e2e/memory.test.js reads profiles with jeprof.
#include <atomic>
#include <cstring>
#include <ctime>
#include <thread>

#include "gateway/process/cpu_profile.hpp"
#include "gateway/text/version.hpp"
#include "unit/gateway/api_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::HasSubstr;
using testing::MatchesRegex;

/// Keeps a processor busy for this much of its own time.
void burn(std::chrono::milliseconds time) {
  const auto end = std::clock() + time.count() * CLOCKS_PER_SEC / 1000;
  while (std::clock() < end) {
  }
}

std::vector<std::uintptr_t> words_of(const std::string& profile, std::size_t count) {
  std::vector<std::uintptr_t> words(std::min(count, profile.size() / sizeof(std::uintptr_t)));
  std::memcpy(words.data(), profile.data(), words.size() * sizeof(std::uintptr_t));
  return words;
}

TEST(cpu_profile, notes_the_stacks_of_all_threads) {
  auto profile = cpu_profile::start();
  ASSERT_TRUE(profile);
  std::jthread other{[] { burn(std::chrono::milliseconds{300}); }};
  burn(std::chrono::milliseconds{300});
  other.join();
  profile->collect();
#ifdef __SANITIZE_THREAD__
  constexpr std::uint64_t least = 1;  // it keeps signals back
#else
  constexpr std::uint64_t least = 20;
#endif
  EXPECT_GE(profile->samples(), least);
  EXPECT_EQ(profile->lost(), 0U);
  const auto text = profile->text();
  const auto head = words_of(text, 8);
  EXPECT_THAT(head[1], 3U);
  EXPECT_THAT(head[3], 10'000U);
  EXPECT_GE(head[5], 1U);  // the first stack: how often, how deep
  EXPECT_GE(head[6], 1U);
  EXPECT_THAT(text, HasSubstr("libc.so.6"));
}

TEST(cpu_profile, is_taken_one_at_a_time_and_leaves_nothing) {
  const encke::test::ledger_check whole;
  for (int i = 0; i < 3; ++i) {
    auto profile = cpu_profile::start();
    ASSERT_TRUE(profile);
    EXPECT_FALSE(cpu_profile::start());
    burn(std::chrono::milliseconds{30});
    profile->collect();
    burn(std::chrono::milliseconds{30});
    profile->collect();
  }
}

TEST(cpu_profile, ends_while_threads_come_and_go) {
  std::atomic<bool> over{false};
  std::jthread restless{[&over] {
    while (!over) std::jthread{[] { burn(std::chrono::milliseconds{15}); }};
  }};
  for (int i = 0; i < 20; ++i) {
    auto profile = cpu_profile::start();
    burn(std::chrono::milliseconds{11});
    if (i % 2 == 0) profile->collect();
  }
  over = true;
}

class debug_profiles : public api_test {};

TEST_F(debug_profiles, answers_with_a_profile_unless_another_is_being_taken) {
  start({}, true);
  auto somebody_elses = cpu_profile::start();
  const auto refused = get("/debug/pprof/profile?seconds=1");
  EXPECT_EQ(refused.status, 409U);
  EXPECT_EQ(refused.body.at("code"), "already_profiling");
  somebody_elses.reset();
  const auto said = get("/debug/pprof/profile?seconds=1");
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(words_of(said.raw.body, 5)[1], 3U);
  for (const auto* seconds : {"0", "301", "x", ""})
    EXPECT_EQ(get(std::string{"/debug/pprof/profile?seconds="} + seconds).status, 400U) << seconds;
}

TEST_F(debug_profiles, ends_a_profile_whose_caller_has_gone) {
  start({}, true);
  {
    scripted_peer impatient{api_port()};
    impatient.send_request("GET", "/debug/pprof/profile?seconds=300");
    EXPECT_TRUE(
        eventually([&] { return get("/debug/pprof/profile?seconds=0").status == 400U && !cpu_profile::start(); }));
  }
  EXPECT_TRUE(eventually([] { return cpu_profile::start() != nullptr; }));
  EXPECT_EQ(get("/debug/pprof/profile?seconds=1").status, 200U);
}

TEST_F(debug_profiles, has_a_heap_profile_or_says_why_not) {
  start({}, true);
  const auto said = get("/debug/pprof/heap");
  if (said.status == 501)
    EXPECT_EQ(said.body.at("code"), "no_heap_profile");
  else
    EXPECT_THAT(said.raw.body, testing::StartsWith("heap_v2/"));
}

TEST_F(debug_profiles, are_listed) {
  start({}, true);
  const auto list = get("/debug/pprof/");
  EXPECT_EQ(list.status, 200U);
  for (const auto* line : {"\n/debug/pprof/heap ", "\n/debug/pprof/profile?seconds="})
    EXPECT_THAT(list.raw.body, HasSubstr(line));
  EXPECT_EQ(get("/debug/pprof").raw.header("location"), "pprof/");
}

TEST_F(debug_profiles, tells_prometheus_of_the_process) {
  start({}, true);
  const auto text = get("/metrics").raw.body;
  const auto value_of = [&](const std::string& name) {
    const auto at = text.find("\n" + name + " ");
    return at == text.npos ? -1.0 : std::stod(text.substr(at + name.size() + 2));
  };
  const auto now = static_cast<double>(std::time(nullptr));
  EXPECT_GT(value_of("process_start_time_seconds"), now - 3600);
  EXPECT_LT(value_of("process_start_time_seconds"), now + 2);
  EXPECT_GE(value_of("process_cpu_seconds_total"), 0);
  EXPECT_GT(value_of("process_open_fds"), 5);
  EXPECT_GE(value_of("process_max_fds"), value_of("process_open_fds"));
  EXPECT_THAT(text, HasSubstr("\n# TYPE process_cpu_seconds_total counter\n"));
  EXPECT_THAT(text, HasSubstr("\nencke_build_info{version=\"" + std::string{version} + "\"} 1\n"));
}

TEST_F(debug_profiles, tells_prometheus_who_was_refused_and_what_was_not_logged) {
  const auto refused = std::make_shared<refusals>();
  api_options options;
  options.refused = refused;
  options.log_lost = [] { return std::uint64_t{7}; };
  start(options, true);
  refused->count(refusals::gate::clients, "token_expired");
  const auto text = get("/metrics").raw.body;
  EXPECT_THAT(text, HasSubstr("\nencke_refusals_total{at=\"clients\",code=\"token_expired\"} 1\n"));
  EXPECT_THAT(text, HasSubstr("\nencke_refusals_total{at=\"api\",code=\"wrong_key\"} 0\n"));
  EXPECT_THAT(text, HasSubstr("\nencke_log_records_lost_total 7\n"));
}

TEST_F(debug_profiles, tells_prometheus_everything_it_counts) {
  start({}, true);
  auto ann = connect("ann");
  const auto said = get("/metrics");
  EXPECT_EQ(said.status, 200U);
  EXPECT_EQ(said.raw.header("content-type"), "text/plain; version=0.0.4; charset=utf-8");
  for (const auto* line :
       {"# TYPE encke_memory_bytes gauge", "encke_memory_bytes{kind=\"clients\",purpose=\"session\"} ",
        "encke_memory_bytes{kind=\"process\",purpose=\"code\"} ", "encke_memory_rss_bytes ",
        "encke_memory_limit_bytes 0", "encke_memory_explained_ratio 0.", "encke_sessions 1\n", "encke_sockets 1\n",
        "encke_users 1\n", "# TYPE encke_sessions_opened_total counter", "encke_sessions_opened_total 1\n",
        "encke_disconnects_total{reason=\"ping timeout\"} 0\n"})
    EXPECT_THAT(said.raw.body, HasSubstr(line));
  for (std::size_t i = 0; i < encke::counters; ++i)
    EXPECT_THAT(said.raw.body, HasSubstr("\nencke_" + std::string{to_string(static_cast<counter>(i))} + "_total "));
}

}  // namespace
}  // namespace encke::gateway::test
