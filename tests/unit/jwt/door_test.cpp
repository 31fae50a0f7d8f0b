// SPDX-License-Identifier: MIT
// Handshakes with and without tokens, the identity that stays with a session, and the answers to those refused.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <encke/admission.hpp>
#include <encke/handshake.hpp>
#include <encke/jwt.hpp>
#include <encke/ledger.hpp>
#include <encke/socket.hpp>

#include "token_maker.hpp"

namespace encke::jwt {
namespace {

using test::at;
using test::make_token;

constexpr std::int64_t today = 1'700'000'000;
const std::string good = make_token(R"({"sub":"ann"})");
const std::string late = make_token(R"({"sub":"ann","exp":1})");

verifier tokens_with(std::vector<std::string> lookup) {
  options o;
  o.secret = test::first_secret;
  o.lookup = std::move(lookup);
  return verifier{o};
}

using fields = std::vector<std::pair<std::string, std::string>>;

handshake request(fields query, fields headers = {}) {
  handshake h;
  h.query = std::move(query);
  h.headers = std::move(headers);
  return h;
}
handshake payload(boost::json::object auth) {
  handshake h;
  h.auth = std::move(auth);
  return h;
}

std::string outcome(const result<identity, refusal>& checked) {
  return checked ? checked->user : std::string{code_of(checked.error())};
}
std::string by_request(const verifier& tokens, const handshake& h) {
  return outcome(authenticate_request(tokens, h, at(today)));
}
std::string by_payload(const verifier& tokens, const handshake& h) {
  return outcome(authenticate_payload(tokens, h, at(today)));
}

TEST(authenticate_request, looks_in_query_cookie_and_authorization) {
  const auto tokens = tokens_with({"query:token", "cookie:token", "header"});
  EXPECT_EQ(by_request(tokens, {}), "missing_token");
  EXPECT_EQ(by_request(tokens, request({{"EIO", "4"}, {"token", good}})), "ann");
  EXPECT_EQ(by_request(tokens, request({}, {{"Host", "x"}, {"COOKIE", "io=1; token=" + good}})), "ann");
  EXPECT_EQ(by_request(tokens, request({}, {{"authorization", "Bearer " + good}})), "ann");
}

TEST(authenticate_request, joins_several_cookie_headers) {
  const auto tokens = tokens_with({"cookie:token"});
  EXPECT_EQ(by_request(tokens, request({}, {{"cookie", "io=1"}, {"Cookie", "token=" + good}})), "ann");
}

TEST(authenticate_request, lets_the_first_token_decide) {
  const auto tokens = tokens_with({"query:token", "header"});
  EXPECT_EQ(by_request(tokens, request({{"token", late}}, {{"authorization", "Bearer " + good}})), "token_expired");
}

TEST(authenticate_request, does_not_look_into_the_payload) {
  EXPECT_EQ(by_request(tokens_with({"auth:token"}), payload({{"token", good}})), "missing_token");
}

TEST(authenticate_request, passes_over_cookies_that_do_not_verify) {
  const auto tokens = tokens_with({"cookie:token", "header"});
  const auto by = [&tokens](const std::string& cookie, const std::string& bearer = "") {
    fields headers{{"Cookie", cookie}};
    if (!bearer.empty()) headers.emplace_back("Authorization", "Bearer " + bearer);
    return by_request(tokens, request({}, headers));
  };
  EXPECT_EQ(by("token=" + late, good), "ann");
  EXPECT_EQ(by("token=csrf-9f8e7d", good), "ann");
  EXPECT_EQ(by("token=csrf-9f8e7d", late), "token_expired");
  EXPECT_EQ(by("token=" + late), "token_expired");
  EXPECT_EQ(by("token=csrf-9f8e7d; token=" + late), "malformed_token");
  EXPECT_EQ(by("token=csrf-9f8e7d; token=" + good), "ann");
}

// What check_request says, and whom it found.
std::string door(const std::vector<std::string>& lookup, handshake h) {
  const auto why = check_request(tokens_with(lookup), h, at(today));
  if (why) return std::string{code_of(*why)};
  const auto* who = identity_of(h);
  return (who == nullptr ? "nobody yet" : who->user) + (h.own_pages_only ? ", own pages only" : "");
}

const std::vector<std::string> usual = options{}.lookup;

TEST(check_request, lets_what_is_explicit_decide_before_a_cookie) {
  const auto other = make_token(R"({"sub":"bob"})");
  EXPECT_EQ(door(usual, request({{"token", good}}, {{"Cookie", "token=" + other}})), "ann");
  EXPECT_EQ(door(usual, request({}, {{"Cookie", "token=" + other}, {"Authorization", "Bearer " + good}})), "ann");
  EXPECT_EQ(door(usual, request({{"token", late}}, {{"Cookie", "token=" + other}})), "token_expired");
  EXPECT_EQ(door(usual, request({{"token", other}, {"token", good}})), "ann");
  EXPECT_EQ(door(usual, request({}, {{"Cookie", "token=" + other}})), "bob, own pages only");
}

TEST(check_request, waits_for_a_token_that_may_still_come) {
  EXPECT_EQ(door(usual, request({})), "nobody yet");
  EXPECT_EQ(door(usual, request({}, {{"Cookie", "token=" + late}})), "nobody yet");
  EXPECT_EQ(door({"cookie:token", "header"}, request({}, {{"Cookie", "token=" + late}})), "token_expired");
  EXPECT_EQ(door({"query:token", "header"}, request({})), "missing_token");
}

TEST(check_request, does_not_wait_for_old_clients) {
  auto old = request({});
  old.protocol = 3;
  EXPECT_EQ(door(usual, old), "missing_token");
  old.headers = {{"Cookie", "token=" + late}};
  EXPECT_EQ(door(usual, old), "token_expired");
  old.headers = {{"Cookie", "token=" + good}};
  EXPECT_EQ(door(usual, old), "ann, own pages only");
}

TEST(check_request, counts_no_cookie_of_a_foreign_page) {
  auto foreign = request({}, {{"Cookie", "token=" + good}});
  foreign.foreign = true;
  for (const auto& lookup : {usual, {"cookie:token"}, {"cookie:token", "auth:token", "header"}})
    EXPECT_EQ(door(lookup, foreign), "foreign_origin");
  foreign.headers = {{"Cookie", "token=" + late + "; token=" + good}};
  EXPECT_EQ(door(usual, foreign), "foreign_origin");
  foreign.headers = {{"Cookie", "token=" + late}};
  EXPECT_EQ(door(usual, foreign), "nobody yet");
  foreign.headers = {{"Cookie", "token=" + good}, {"Authorization", "Bearer " + good}};
  EXPECT_EQ(door(usual, foreign), "ann");
  EXPECT_EQ(door({"cookie:token", "header"}, foreign), "ann");
}

TEST(authenticate_payload, takes_a_string_under_one_of_the_names) {
  const auto tokens = tokens_with({"header", "auth:token", "auth:jwt"});
  EXPECT_EQ(by_payload(tokens, {}), "missing_token");
  EXPECT_EQ(by_payload(tokens, payload({{"token", good}})), "ann");
  EXPECT_EQ(by_payload(tokens, payload({{"jwt", good}})), "ann");
  EXPECT_EQ(by_payload(tokens, payload({{"token", ""}, {"jwt", good}})), "ann");
  EXPECT_EQ(by_payload(tokens, payload({{"token", nullptr}})), "missing_token");
  EXPECT_EQ(by_payload(tokens, payload({{"token", late}, {"jwt", good}})), "token_expired");
  EXPECT_EQ(by_payload(tokens, payload({{"token", 5}, {"jwt", good}})), "malformed_token");
  EXPECT_EQ(by_payload(tokens, payload({{"Token", good}})), "missing_token");
}

TEST(authenticate_payload, does_not_look_into_the_request) {
  EXPECT_EQ(by_payload(tokens_with({"query:token", "auth:token"}), request({{"token", good}})), "missing_token");
}

TEST(attachable, is_found_again_and_charged_while_it_lives) {
  const auto before = ledger::snapshot();
  {
    handshake h;
    EXPECT_EQ(identity_of(h), nullptr);
    h.identity = attachable(*tokens_with({"header"}).verify(good, at(today)));
    ASSERT_NE(identity_of(h), nullptr);
    EXPECT_EQ(identity_of(h)->user, "ann");
    const auto charged = ledger::snapshot()[ledger::purpose::identity].bytes;
    EXPECT_GT(charged, before[ledger::purpose::identity].bytes + static_cast<std::int64_t>(sizeof(identity)));

    const handshake copy = h;
    EXPECT_EQ(identity_of(copy), identity_of(h));
    EXPECT_EQ(ledger::snapshot()[ledger::purpose::identity].bytes, charged);
  }
  EXPECT_EQ(ledger::snapshot().bytes(), before.bytes());
  EXPECT_EQ(ledger::snapshot().objects(), before.objects());
}

TEST(identity_of, does_not_take_something_else_for_an_identity) {
  handshake h;
  h.identity = std::string{"ann"};
  EXPECT_EQ(identity_of(h), nullptr);
}

TEST(user_of, is_empty_for_nobody) {
  EXPECT_EQ(user_of(socket{}), "");
  EXPECT_EQ(identity_of(socket{}), nullptr);
}

TEST(refuse_request, is_a_401_with_a_challenge) {
  const auto answer = refuse_request(refusal::expired);
  ASSERT_FALSE(answer.is_admitted());
  EXPECT_EQ(answer.why().status, 401u);
  EXPECT_EQ(answer.why().body, R"({"code":"token_expired","message":"the token has expired"})");
  EXPECT_THAT(answer.why().headers,
              testing::ElementsAre(testing::Pair(
                  "WWW-Authenticate",
                  R"(Bearer realm="encke", error="invalid_token", error_description="the token has expired")")));
}

TEST(refuse_request, names_no_error_when_there_was_no_token) {
  const auto answer = refuse_request(refusal::missing);
  EXPECT_THAT(answer.why().headers, testing::ElementsAre(testing::Pair("WWW-Authenticate", R"(Bearer realm="encke")")));
}

TEST(refuse_request, is_a_403_for_a_foreign_page) {
  const auto answer = refuse_request(refusal::foreign_origin);
  EXPECT_EQ(answer.why().status, 403u);
  EXPECT_THAT(answer.why().body, testing::HasSubstr(R"("code":"foreign_origin")"));
  EXPECT_TRUE(answer.why().headers.empty());
}

TEST(refuse_socket, has_a_code_in_its_data) {
  const auto answer = refuse_socket(refusal::wrong_issuer);
  ASSERT_FALSE(answer.is_admitted());
  EXPECT_EQ(answer.why().message, "the token is from another issuer");
  EXPECT_EQ(answer.why().data.at("code").as_string(), "wrong_issuer");
  EXPECT_EQ(answer.why().data.at("message").as_string(), answer.why().message);
}

}  // namespace
}  // namespace encke::jwt
