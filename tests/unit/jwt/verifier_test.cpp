// SPDX-License-Identifier: MIT
// The verifier against the golden tokens, against tokens that were changed on the way, and its options.
#include <gmock/gmock.h>
#include <gtest/gtest.h>
#include <openssl/err.h>

#include <atomic>
#include <encke/jwt.hpp>
#include <encke/ledger.hpp>
#include <random>
#include <thread>

#include "support/vectors.hpp"
#include "token_maker.hpp"

namespace encke::jwt {
namespace {

using test::at;
using test::first_secret;
using test::make_token;
using test::second_secret;

constexpr std::int64_t today = 1'700'000'000;

// Every test ends with the ledger and OpenSSL's error queue as they were.
class verifier_test : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_EQ(ledger::snapshot().bytes(), before_.bytes());
    EXPECT_EQ(ledger::snapshot().objects(), before_.objects());
    EXPECT_EQ(ERR_peek_error(), 0u);
  }

 private:
  ledger::totals before_ = ledger::snapshot();
};
using verifier = jwt::verifier;

options plain_options() {
  options o;
  o.secret = first_secret;
  o.secrets = {std::string{second_secret}};
  return o;
}

options options_of(const test::wire_vector& vector) {
  options o = plain_options();
  if (vector.has("alg")) o.alg = algorithm_of(vector.get("alg")).value();
  if (vector.has("secret-base64url")) {
    o.secret.clear();
    EXPECT_TRUE(base64::decode(vector.get("secret-base64url"), o.secret));
  }
  if (vector.has("user_claim")) o.user_claim = vector.get("user_claim");
  if (vector.has("leeway")) o.leeway = std::chrono::seconds{std::stoi(vector.get("leeway"))};
  o.issuer = vector.get("issuer");
  o.audience = vector.all("audience");
  o.require_exp = vector.get("require_exp") == "true";
  return o;
}

std::string token_of(const test::wire_vector& vector) {
  if (vector.has("token")) return vector.get("token");
  const auto signer = vector.get("signed-with");
  const auto secret = signer == "second" ? second_secret : signer == "stranger" ? test::stranger_secret : first_secret;
  const auto payload =
      vector.has("payload-bytes") ? test::unescape(vector.get("payload-bytes")) : vector.get("payload");
  const auto header = vector.has("header") ? vector.get("header") : std::string{test::plain_header};
  return make_token(payload, header, secret, vector.has("hash") ? vector.get("hash").c_str() : "SHA256");
}

std::chrono::system_clock::time_point now_of(const test::wire_vector& vector) {
  return at(vector.has("now") ? std::stoll(vector.get("now")) : today);
}

std::string outcome(const verifier& v, std::string_view token) {
  const auto checked = v.verify(token, at(today));
  return checked ? checked->user : std::string{code_of(checked.error())};
}

std::vector<test::wire_vector> good_vectors() {
  auto vectors = test::load_vectors("jwt");
  std::erase_if(vectors, [](const auto& vector) { return !vector.has("user"); });
  return vectors;
}

TEST_F(verifier_test, says_what_the_vectors_say) {
  for (const auto& vector : test::load_vectors("jwt")) {
    SCOPED_TRACE(vector.where + " " + vector.get("name"));
    const auto checked = verifier{options_of(vector)}.verify(token_of(vector), now_of(vector));
    if (!checked) {
      EXPECT_EQ(code_of(checked.error()), vector.get("refusal"));
      continue;
    }
    EXPECT_EQ(vector.get("refusal"), "");
    EXPECT_EQ(checked->user, vector.get("user"));
    ASSERT_EQ(checked->expires.has_value(), vector.has("expires"));
    if (!checked->expires) continue;
    const auto since = std::chrono::duration_cast<std::chrono::milliseconds>(checked->expires->time_since_epoch());
    EXPECT_EQ(std::to_string(since.count()), vector.get("expires"));
  }
}

TEST_F(verifier_test, refuses_a_token_cut_at_any_byte) {
  for (const auto& vector : good_vectors()) {
    const verifier v{options_of(vector)};
    const auto token = token_of(vector);
    for (std::size_t size = 0; size < token.size(); ++size)
      ASSERT_FALSE(v.verify(token.substr(0, size), now_of(vector))) << vector.where << " cut at " << size;
  }
}

TEST_F(verifier_test, refuses_a_token_with_a_byte_removed_or_doubled) {
  for (const auto& vector : good_vectors()) {
    const verifier v{options_of(vector)};
    const auto token = token_of(vector);
    for (std::size_t i = 0; i < token.size(); ++i) {
      ASSERT_FALSE(v.verify(std::string{token}.erase(i, 1), now_of(vector))) << vector.where << " without " << i;
      ASSERT_FALSE(v.verify(std::string{token}.insert(i, 1, token[i]), now_of(vector)))
          << vector.where << " twice " << i;
    }
  }
}

TEST_F(verifier_test, refuses_a_token_with_any_bit_flipped) {
  const verifier v{plain_options()};
  const auto token = make_token(R"({"sub":"ann","exp":1800000000,"iat":1600000000})");
  ASSERT_TRUE(v.verify(token, at(today)));
  for (std::size_t i = 0; i < token.size() * 8; ++i) {
    auto changed = token;
    changed[i / 8] = static_cast<char>(changed[i / 8] ^ (1 << i % 8));
    ASSERT_FALSE(v.verify(changed, at(today))) << "bit " << i;
  }
}

TEST_F(verifier_test, refuses_a_token_with_any_other_character) {
  const verifier v{plain_options()};
  const auto token = make_token(R"({"sub":"ann"})");
  for (std::size_t i = 0; i < token.size(); ++i)
    for (int byte = 0; byte < 256; ++byte) {
      auto changed = token;
      changed[i] = static_cast<char>(byte);
      if (changed == token) continue;
      ASSERT_FALSE(v.verify(changed, at(today))) << "byte " << i << " is " << byte;
    }
}

TEST_F(verifier_test, survives_noise_that_is_rightly_signed) {
  const verifier v{plain_options()};
  std::mt19937 random{1};
  const std::string base =
      R"({"sub":"ann","exp":1800000000.5,"nbf":1,"aud":["a","b"],"x":{"y":[null,true,-1e5,"\u00e9"]}})";
  for (int round = 0; round < 20'000; ++round) {
    auto payload = base;
    for (unsigned changes = random() % 4 + 1; changes != 0; --changes) {
      const auto place = random() % payload.size();
      if (random() % 2 == 0)
        payload[place] = static_cast<char>(random());
      else
        payload.erase(place, random() % 5);
      if (payload.empty()) payload = "{";
    }
    const bool is_header = round % 8 == 0;
    const auto token = is_header ? make_token(base, payload) : make_token(payload);
    const auto checked = v.verify(token, at(today));
    EXPECT_TRUE(!checked || !checked->user.empty());
  }
}

TEST_F(verifier_test, refuses_deep_nesting) {
  const verifier v{plain_options()};
  const auto nested = [](std::size_t depth) {
    return R"({"sub":"ann","x":)" + std::string(depth, '[') + std::string(depth, ']') + "}";
  };
  EXPECT_EQ(outcome(v, make_token(nested(30))), "ann");
  EXPECT_EQ(outcome(v, make_token(nested(40))), "malformed_token");
  EXPECT_EQ(outcome(v, make_token(nested(2500))), "malformed_token");
  EXPECT_EQ(outcome(v, make_token(std::string(5000, '['))), "malformed_token");
  EXPECT_EQ(outcome(v, make_token(R"({"sub":"ann"})", std::string(5000, '{'))), "malformed_token");
}

TEST_F(verifier_test, takes_no_token_past_the_limit) {
  options o = plain_options();
  const auto token = make_token(R"({"sub":"ann"})");
  o.max_token = token.size();
  EXPECT_EQ(outcome(verifier{o}, token), "ann");
  o.max_token = token.size() - 1;
  EXPECT_EQ(outcome(verifier{o}, token), "token_too_long");
}

TEST_F(verifier_test, reads_a_payload_that_is_larger_than_its_scratch_memory) {
  options o = plain_options();
  o.max_token = 200'000;
  const auto token = make_token(R"({"sub":"ann","x":")" + std::string(100'000, 'x') + R"("})");
  EXPECT_EQ(outcome(verifier{o}, token), "ann");
}

TEST_F(verifier_test, limits_the_length_of_a_user_id) {
  const verifier v{plain_options()};
  const auto named = [](std::size_t size) { return make_token(R"({"sub":")" + std::string(size, 'u') + R"("})"); };
  EXPECT_EQ(outcome(v, named(256)), std::string(256, 'u'));
  EXPECT_EQ(outcome(v, named(257)), "invalid_user_claim");
}

TEST_F(verifier_test, says_missing_for_an_empty_token) {
  EXPECT_EQ(outcome(verifier{plain_options()}, ""), "missing_token");
}

TEST_F(verifier_test, gives_the_claims_as_they_were_sent) {
  const std::string payload = R"({ "sub" : "ann", "plan":{"n":1.50} })";
  const auto checked = verifier{plain_options()}.verify(make_token(payload), at(today));
  ASSERT_TRUE(checked);
  EXPECT_EQ(checked->claims, payload);
}

TEST_F(verifier_test, works_with_a_secret_from_the_list_only) {
  options o;
  o.secrets = {std::string{second_secret}, std::string{first_secret}};
  const verifier v{o};
  EXPECT_EQ(outcome(v, make_token(R"({"sub":"ann"})")), "ann");
  EXPECT_EQ(outcome(v, make_token(R"({"sub":"ann"})", test::plain_header, second_secret)), "ann");
  EXPECT_EQ(outcome(v, make_token(R"({"sub":"ann"})", test::plain_header, test::stranger_secret)), "bad_signature");
}

TEST_F(verifier_test, takes_secrets_of_any_bytes) {
  options o;
  o.secret = std::string(32, '\0') + "\xff\x80tail";
  EXPECT_EQ(outcome(verifier{o}, make_token(R"({"sub":"ann"})", test::plain_header, o.secret)), "ann");
  EXPECT_EQ(outcome(verifier{o}, make_token(R"({"sub":"ann"})", test::plain_header, std::string(33, '\0'))),
            "bad_signature");
}

TEST_F(verifier_test, is_shared_by_threads) {
  const verifier v{plain_options()};
  const auto good = make_token(R"({"sub":"ann"})", test::plain_header, second_secret);
  const auto bad = make_token(R"({"sub":"ann"})", test::plain_header, test::stranger_secret);
  std::atomic<int> wrong{0};
  const auto check = [&, copy = v] {
    for (int i = 0; i < 2000; ++i) {
      if (!v.verify(good, at(today))) ++wrong;
      if (copy.verify(bad, at(today))) ++wrong;
    }
  };
  std::vector<std::thread> threads;
  for (int i = 0; i < 4; ++i) threads.emplace_back(check);
  for (auto& thread : threads) thread.join();
  EXPECT_EQ(wrong, 0);
}

TEST_F(verifier_test, names_every_fault_of_its_options) {
  options o;
  o.secret = "too short";
  o.secrets = {std::string(40, 's'), std::string(31, 's')};
  o.lookup = {"query:token", "body:token", "query:token", "cookie:", "header:x"};
  o.user_claim = "";
  o.audience = {""};
  o.leeway = std::chrono::seconds{-1};
  o.max_token = 0;
  EXPECT_EQ(check(o).size(), 10u);
  try {
    const verifier v{o};
    FAIL() << "no exception";
  } catch (const std::invalid_argument& e) {
    const std::string text = e.what();
    for (const auto& fault : check(o)) EXPECT_NE(text.find(fault), std::string::npos) << fault;
    EXPECT_EQ(text.find("too short"), std::string::npos) << "a secret is in the message";
  }
}

TEST_F(verifier_test, demands_a_secret_as_long_as_the_hash) {
  const auto faults_of = [](algorithm alg, std::size_t size) {
    options o;
    o.alg = alg;
    o.secret = std::string(size, 's');
    return check(o);
  };
  EXPECT_THAT(faults_of(algorithm::hs256, 32), testing::SizeIs(0));
  EXPECT_THAT(faults_of(algorithm::hs384, 48), testing::SizeIs(0));
  EXPECT_THAT(faults_of(algorithm::hs512, 64), testing::SizeIs(0));
  EXPECT_THAT(faults_of(algorithm::hs256, 0), testing::ElementsAre("no secret is given"));
  EXPECT_THAT(faults_of(algorithm::hs256, 31),
              testing::ElementsAre("secret has 31 bytes; HS256 needs at least 32 (RFC 7518 3.2)"));
  EXPECT_THAT(faults_of(algorithm::hs384, 47), testing::SizeIs(1));
  EXPECT_THAT(faults_of(algorithm::hs512, 63), testing::SizeIs(1));
}

TEST_F(verifier_test, accepts_what_was_minted) {
  options o = plain_options();
  o.issuer = "us";
  o.audience = {"push", "chat"};
  o.require_exp = true;
  for (const auto alg : {algorithm::hs256, algorithm::hs384, algorithm::hs512}) {
    o.alg = alg;
    const auto token = mint(o, "ann", std::chrono::minutes{1}, R"({"plan":"gold"})", at(today));
    const auto checked = verifier{o}.verify(token, at(today + 89));
    ASSERT_TRUE(checked) << code_of(checked.error());
    EXPECT_EQ(checked->user, "ann");
    EXPECT_EQ(checked->expires, at(today + 60));
    EXPECT_NE(checked->claims.find(R"("plan":"gold")"), std::string::npos);
    EXPECT_EQ(verifier{o}.verify(token, at(today + 90)).error(), refusal::expired);
  }
}

TEST_F(verifier_test, mints_without_exp_and_already_over) {
  const options o = plain_options();
  EXPECT_FALSE(verifier{o}.verify(mint(o, "ann", std::chrono::seconds{0}, "", at(today)), at(today))->expires);
  EXPECT_EQ(outcome(verifier{o}, mint(o, "ann", std::chrono::seconds{-31}, "{}", at(today))), "token_expired");
}

TEST_F(verifier_test, mints_extra_claims_over_its_own) {
  const options o = plain_options();
  EXPECT_EQ(outcome(verifier{o}, mint(o, "ann", std::chrono::seconds{60}, R"({"sub":9,"exp":1})", at(today))),
            "token_expired");
  EXPECT_EQ(outcome(verifier{o}, mint(o, "ann", std::chrono::seconds{60}, R"({"sub":9})", at(today))), "9");
}

TEST_F(verifier_test, mints_nothing_from_what_cannot_be) {
  const options o = plain_options();
  const auto minted = [](const options& with, std::string_view user, std::string_view extra) {
    return mint(with, user, std::chrono::seconds{60}, extra, at(today));
  };
  EXPECT_THROW((void)minted(o, "", ""), std::invalid_argument);
  EXPECT_THROW((void)minted(o, "a\nb", ""), std::invalid_argument);
  EXPECT_THROW((void)minted(o, "\xff", ""), std::invalid_argument);
  EXPECT_THROW((void)minted(o, "ann", "[]"), std::invalid_argument);
  EXPECT_THROW((void)minted(o, "ann", "{"), std::invalid_argument);
  EXPECT_THROW((void)minted(options{}, "ann", ""), std::invalid_argument);
}

TEST_F(verifier_test, has_a_code_and_a_plain_message_for_every_refusal) {
  for (std::size_t i = 0; i < refusal_count; ++i) {
    const auto why = static_cast<refusal>(i);
    EXPECT_FALSE(code_of(why).empty());
    EXPECT_EQ(message_of(why).find_first_of("\"\\\r\n"), std::string_view::npos);
  }
}

}  // namespace
}  // namespace encke::jwt
