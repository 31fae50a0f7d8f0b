// SPDX-License-Identifier: MIT
// Ways out: a token that is not good enough, for each reason there is, at the door and in the CONNECT packet.
#include <encke/jwt.hpp>

#include "exits/exit_support.hpp"

namespace encke::test {
namespace {

// All but `foreign_origin`, which is no token's.
std::vector<jwt::refusal> every_refusal() {
  std::vector<jwt::refusal> all;
  for (std::size_t i = 0; i < jwt::refusal_count; ++i) all.push_back(static_cast<jwt::refusal>(i));
  std::erase(all, jwt::refusal::foreign_origin);
  return all;
}

jwt::options token_options(std::string_view lookup) {
  jwt::options o;
  o.secret = "a-secret-of-the-tests-0123456789-0123456789";
  o.lookup = {std::string{lookup}};
  o.issuer = "the-backend";
  o.audience = {"the-gateway"};
  o.require_exp = true;
  return o;
}

std::string token_for(jwt::refusal why, jwt::options o) {
  const auto now = std::chrono::system_clock::now();
  const auto with = [&](std::string_view claims) { return jwt::mint(o, "ann", 1h, claims, now); };
  const std::string good = R"("iss":"the-backend","aud":"the-gateway")";
  switch (why) {
    case jwt::refusal::missing: return {};
    case jwt::refusal::too_long: return std::string(o.max_token + 1, 'x');
    case jwt::refusal::malformed: return "no-token";
    case jwt::refusal::wrong_algorithm:
      o.alg = jwt::algorithm::hs512;
      o.secret += o.secret;
      return with("{" + good + "}");
    case jwt::refusal::bad_signature:
      o.secret = "another-secret-0123456789-0123456789-0123";
      return with("{" + good + "}");
    case jwt::refusal::invalid_exp: return with("{" + good + R"(,"exp":"4102444800"})");
    case jwt::refusal::invalid_nbf: return with("{" + good + R"(,"nbf":"0"})");
    case jwt::refusal::invalid_iat: return with("{" + good + R"(,"iat":null})");
    case jwt::refusal::missing_exp: return jwt::mint(o, "ann", 0h, "{" + good + "}", now);
    case jwt::refusal::expired: return jwt::mint(o, "ann", -1h, "{" + good + "}", now);
    case jwt::refusal::not_yet_valid: return with("{" + good + R"(,"nbf":4102444800})");
    case jwt::refusal::wrong_issuer: return with(R"({"iss":"somebody","aud":"the-gateway"})");
    case jwt::refusal::wrong_audience: return with(R"({"iss":"the-backend","aud":"nobody"})");
    case jwt::refusal::invalid_user: return with("{" + good + R"(,"sub":""})");
    case jwt::refusal::foreign_origin: break;
  }
  return {};
}

// --- at the door --------------------------------------------------------------------------------------------------

struct at_the_door {
  jwt::refusal why;
  carrier by;
  bool keep_alive;
};

class token_refused_at_the_door : public testing::TestWithParam<at_the_door> {};

TEST_P(token_refused_at_the_door, leaves_nothing) {
  exit_fixture at;
  jwt::protect(at.server.io(), token_options("query:token"));
  at.serve();
  const auto& given = GetParam();
  scripted_peer peer{at.port()};
  const auto token = token_for(given.why, token_options("query:token"));
  const std::string target =
      "/socket.io/?EIO=4&transport=" + std::string{given.by == carrier::polling ? "polling" : "websocket"} +
      (token.empty() ? "" : "&token=" + token);
  const std::string headers = given.keep_alive ? "" : "Connection: close\r\n";
  for (int i = 0; i < (given.keep_alive && given.by == carrier::polling ? 3 : 1); ++i) {
    const auto answer = given.by == carrier::polling ? peer.request("GET", target, {}, headers) : peer.upgrade(target);
    EXPECT_EQ(answer.status, 401U);
    EXPECT_NE(answer.header("www-authenticate").find("Bearer"), std::string::npos);
    EXPECT_NE(answer.body.find(jwt::code_of(given.why)), std::string::npos) << answer.body;
  }
  if (!given.keep_alive || given.by == carrier::websocket) {
    EXPECT_TRUE(peer.is_closed_by_server());
  }
  EXPECT_EQ(at.server.count(counter::sessions_opened), 0U);
  EXPECT_TRUE(at.server.reaches(counter::sessions_refused, 1));
}

std::vector<at_the_door> every_door() {
  std::vector<at_the_door> all;
  for (const auto why : every_refusal()) {
    all.push_back({why, carrier::polling, true});
    all.push_back({why, carrier::polling, false});
    all.push_back({why, carrier::websocket, true});
  }
  return all;
}

INSTANTIATE_TEST_SUITE_P(each, token_refused_at_the_door, testing::ValuesIn(every_door()), [](const auto& of) {
  return std::string{jwt::code_of(of.param.why)} + (of.param.by == carrier::polling ? "_polling" : "_websocket") +
         (of.param.keep_alive ? "" : "_without_keep_alive");
});

// --- in the CONNECT packet ------------------------------------------------------------------------------------------

struct in_connect {
  jwt::refusal why;
  way how;
};

class token_refused_in_connect : public testing::TestWithParam<in_connect> {};

TEST_P(token_refused_in_connect, leaves_nothing) {
  exit_fixture at;
  at.server.io().of("/chat");
  jwt::protect(at.server.io(), token_options("auth:token"));
  at.serve();
  const auto [why, how] = GetParam();
  auto client = at.client(how);
  const auto token = token_for(why, token_options("auth:token"));
  const auto answer = client.join("/chat", token.empty() ? "" : R"({"token":")" + token + R"("})");
  EXPECT_EQ(answer.substr(0, 8), "44/chat,") << answer;
  EXPECT_NE(answer.find(jwt::code_of(why)), std::string::npos) << answer;
  EXPECT_EQ(at.server.count(counter::sockets_connected), 0U);
}

std::vector<in_connect> every_connect() {
  std::vector<in_connect> all;
  for (const auto why : every_refusal())
    for (const auto& how : every_way)
      if (how.eio == 4) all.push_back({why, how});
  return all;
}

INSTANTIATE_TEST_SUITE_P(each, token_refused_in_connect, testing::ValuesIn(every_connect()), [](const auto& of) {
  return std::string{jwt::code_of(of.param.why)} + "_" + of.param.how.name();
});

// --- clients of Engine.IO 3 ---------------------------------------------------------------------------------------

class old_client_without_a_token : public testing::TestWithParam<carrier> {};

TEST_P(old_client_without_a_token, is_refused_at_the_door) {
  exit_fixture at;
  jwt::protect(at.server.io(), token_options("auth:token"));
  at.serve();
  scripted_peer peer{at.port()};
  const bool polls = GetParam() == carrier::polling;
  const std::string target = std::string{"/socket.io/?EIO=3&transport="} + (polls ? "polling" : "websocket");
  const auto answer = polls ? peer.request("GET", target) : peer.upgrade(target);
  EXPECT_EQ(answer.status, 401U);
  EXPECT_NE(answer.body.find("missing_token"), std::string::npos) << answer.body;
  EXPECT_EQ(at.server.count(counter::sessions_opened), 0U);
}

INSTANTIATE_TEST_SUITE_P(each, old_client_without_a_token, testing::Values(carrier::polling, carrier::websocket),
                         [](const auto& of) { return of.param == carrier::polling ? "polling" : "websocket"; });

}  // namespace
}  // namespace encke::test
