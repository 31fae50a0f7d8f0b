// SPDX-License-Identifier: MIT
// Who was turned away: by code, in a sum, and not a line for each.
#include "gateway/clients/refusals.hpp"

#include <gmock/gmock.h>

#include <encke/jwt.hpp>

#include "gateway/log/log.hpp"
#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

using testing::HasSubstr;
using gate = refusals::gate;

struct refused : testing::Test {
  folder files;
  logger log{{.level = log_level::info, .format = log_format::text, .file = files.file("log")}};
  refusals all;

  std::string logged() {
    EXPECT_TRUE(log.flush(std::chrono::seconds{10}));
    return content_of(files.file("log"));
  }
  [[nodiscard]] std::uint64_t count(gate at, std::string_view code) const {
    for (const auto& one : all.all())
      if (one.at == at && one.code == code) return one.count;
    ADD_FAILURE() << code;
    return 0;
  }
};

TEST_F(refused, are_counted_by_code) {
  all.count(gate::clients, "token_expired");
  all.count(gate::clients, "token_expired");
  all.count(gate::api, "wrong_key");
  EXPECT_EQ(count(gate::clients, "token_expired"), 2U);
  EXPECT_EQ(count(gate::clients, "bad_signature"), 0U);
  EXPECT_EQ(count(gate::api, "wrong_key"), 1U);
}

TEST_F(refused, have_a_code_for_every_reason_of_a_token) {
  for (std::size_t i = 0; i < jwt::refusal_count; ++i)
    all.count(gate::clients, jwt::code_of(static_cast<jwt::refusal>(i)));
  for (const auto& one : all.all())
    EXPECT_EQ(one.count, one.at == gate::clients && one.code != "other" ? 1U : 0U) << one.code;
}

TEST_F(refused, do_not_make_new_codes_of_what_is_unknown) {
  const auto before = all.all().size();
  for (const auto* code : {"a", "b", ""}) all.count(gate::api, code);
  EXPECT_EQ(all.all().size(), before);
  EXPECT_EQ(count(gate::api, "other"), 3U);
}

TEST_F(refused, are_summed_up_since_the_last_time) {
  all.sum_up(log);
  EXPECT_EQ(logged(), "");
  for (int i = 0; i < 12; ++i) all.count(gate::clients, "token_expired");
  all.count(gate::clients, "bad_signature");
  all.sum_up(log);
  EXPECT_THAT(logged(), HasSubstr(" info  refused clients bad_signature=1 token_expired=12\n"));
  all.sum_up(log);
  all.count(gate::api, "missing_key");
  all.sum_up(log);
  EXPECT_THAT(logged(), testing::MatchesRegex("[^\n]*\n[^\n]* refused API calls missing_key=1\n"));
}

TEST_F(refused, calls_of_the_api_are_logged_now_and_then) {
  for (int i = 0; i < 100; ++i) all.on_api_call(log, "wrong_key", "10.0.0.7", "/v1/emit");
  EXPECT_EQ(count(gate::api, "wrong_key"), 100U);
  EXPECT_THAT(logged(), testing::MatchesRegex(
                            "[^\n]* warn  refused an API call code=wrong_key address=10.0.0.7 path=/v1/emit\n"));
}

}  // namespace
}  // namespace encke::gateway::test
