// SPDX-License-Identifier: MIT
// A guarded server on loopback: who gets in by the request, who by the CONNECT payload, and what the others are told.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/write.hpp>
#include <encke/encke.hpp>
#include <encke/jwt.hpp>
#include <thread>

namespace encke::jwt {
namespace {

using testing::HasSubstr;
using testing::StartsWith;

jwt::options token_options() {
  jwt::options o;
  o.secret = "a-secret-of-the-guarded-server-with-enough-bytes";
  return o;
}

std::string token_for(std::string_view user, int seconds = 600) {
  return mint(token_options(), user, std::chrono::seconds{seconds}, "", std::chrono::system_clock::now());
}

// A server that is guarded by `guard`, with "/" and "/other"; it runs while the object lives.
class guarded_server {
 public:
  explicit guarded_server(const jwt::options& guard = token_options()) {
    protect(io_, guard);
    for (const auto* name : {"/", "/other"})
      io_.of(name).on_connect([](socket s) { s.emit("you", std::string{user_of(s)}); });
    port_ = io_.listen({.address = "127.0.0.1"});
    thread_ = std::thread{[this] { io_.run(); }};
  }
  ~guarded_server() {
    io_.stop(std::chrono::milliseconds{200});
    thread_.join();
  }

  // A whole HTTP answer.
  std::string exchange(std::string_view method, const std::string& query, const std::string& headers = "",
                       const std::string& body = "") const {
    using boost::asio::ip::tcp;
    boost::asio::io_context context;
    tcp::socket peer{context};
    peer.connect({boost::asio::ip::make_address("127.0.0.1"), port_});
    const auto request = std::string{method} + " /socket.io/?EIO=4&transport=polling" + query +
                         " HTTP/1.1\r\nHost: x\r\nConnection: close\r\n" + headers +
                         "Content-Length: " + std::to_string(body.size()) + "\r\n\r\n" + body;
    boost::asio::write(peer, boost::asio::buffer(request));
    std::string answer;
    boost::system::error_code until_the_end;
    boost::asio::read(peer, boost::asio::dynamic_buffer(answer), until_the_end);
    return answer;
  }

 private:
  static encke::options server_options() {
    encke::options o;
    o.threads = 1;
    o.handle_signals = false;
    return o;
  }

  server io_{server_options()};
  std::uint16_t port_ = 0;
  std::thread thread_;
};

// One session by polling.
class session {
 public:
  session(const guarded_server& at, const std::string& query, const std::string& headers = "")
      : server_{at}, opening_{at.exchange("GET", query, headers)} {
    constexpr std::string_view key = "\"sid\":\"";
    const auto begin = opening_.find(key);
    if (begin != std::string::npos) sid_ = opening_.substr(begin + key.size(), 20);
  }
  const std::string& opening() const { return opening_; }
  const std::string& sid() const { return sid_; }
  // What the server says to a packet.
  std::string tell(const std::string& packet) const {
    const auto posted = server_.exchange("POST", "&sid=" + sid_, "Content-Type: text/plain\r\n", packet);
    EXPECT_THAT(posted, StartsWith("HTTP/1.1 200"));
    return server_.exchange("GET", "&sid=" + sid_);
  }

 private:
  const guarded_server& server_;
  std::string opening_;
  std::string sid_;
};

class protect_test : public testing::Test {
 protected:
  void TearDown() override {
    EXPECT_EQ(ledger::snapshot().bytes(), before_.bytes());
    EXPECT_EQ(ledger::snapshot().objects(), before_.objects());
  }

 private:
  ledger::totals before_ = ledger::snapshot();
};

TEST_F(protect_test, admits_by_a_token_in_the_request) {
  const guarded_server at;
  EXPECT_THAT(session(at, "&token=" + token_for("ann")).tell("40"), HasSubstr(R"(["you","ann"])"));
  EXPECT_THAT(session(at, "", "Cookie: a=b; token=" + token_for("bob") + "\r\n").tell("40"),
              HasSubstr(R"(["you","bob"])"));
  EXPECT_THAT(session(at, "", "Authorization: Bearer " + token_for("eve") + "\r\n").tell("40/other,"),
              HasSubstr(R"(["you","eve"])"));
}

TEST_F(protect_test, admits_by_a_token_in_the_connect_payload) {
  const guarded_server at;
  const session peer{at, ""};
  EXPECT_THAT(peer.tell(R"(40{"token":")" + token_for("ann") + R"("})"), HasSubstr(R"(["you","ann"])"));
}

TEST_F(protect_test, asks_every_namespace_for_a_token_unless_the_request_had_one) {
  const guarded_server at;
  const session peer{at, ""};
  EXPECT_THAT(peer.tell(R"(40{"token":")" + token_for("ann") + R"("})"), HasSubstr(R"(["you","ann"])"));
  EXPECT_THAT(peer.tell("40/other,"), HasSubstr(R"("code":"missing_token")"));
  EXPECT_THAT(peer.tell(R"(40/other,{"token":")" + token_for("bob") + R"("})"), HasSubstr(R"(["you","bob"])"));
}

TEST_F(protect_test, answers_401_to_a_refused_token_in_the_request) {
  const guarded_server at;
  const session peer{at, "&token=" + token_for("ann", -3600)};
  EXPECT_THAT(peer.opening(), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(peer.opening(),
              HasSubstr(R"(Bearer realm="encke", error="invalid_token", error_description="the token has expired")"));
  EXPECT_THAT(peer.opening(), HasSubstr(R"({"code":"token_expired","message":"the token has expired"})"));
}

TEST_F(protect_test, answers_401_instead_of_upgrading) {
  const guarded_server at;
  const std::string upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const auto answer = at.exchange("GET", "&transport=websocket&token=" + token_for("ann", -3600), upgrade);
  EXPECT_THAT(answer, StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(answer, HasSubstr(R"("code":"token_expired")"));
}

TEST_F(protect_test, answers_connect_error_to_a_refused_token_in_the_payload) {
  const guarded_server at;
  EXPECT_THAT(
      session(at, "").tell(R"(40{"token":"x"})"),
      HasSubstr(R"(44{"message":"the token is not a well-formed signed JWT","data":{"code":"malformed_token",)"));
}

TEST_F(protect_test, answers_connect_error_to_no_token_at_all) {
  const guarded_server at;
  EXPECT_THAT(session(at, "").tell("40"), HasSubstr(R"("data":{"code":"missing_token",)"));
}

TEST_F(protect_test, answers_401_at_once_if_a_token_cannot_come_later) {
  auto guard = token_options();
  guard.lookup = {"query:token"};
  const guarded_server at{guard};
  EXPECT_THAT(session(at, "").opening(), StartsWith("HTTP/1.1 401"));
  EXPECT_THAT(session(at, "").opening(), HasSubstr(R"("code":"missing_token")"));
  EXPECT_THAT(session(at, "&token=" + token_for("ann")).tell("40"), HasSubstr(R"(["you","ann"])"));
}

std::string cookie_of(const std::string& token) {
  return "Cookie: token=" + token + "\r\n";
}

TEST_F(protect_test, admits_by_the_payload_whatever_cookie_the_browser_sends) {
  const guarded_server at;
  for (const auto& cookie : {token_for("bob"), token_for("ann", -3600), std::string{"csrf-9f8e7d"}})
    EXPECT_THAT(session(at, "", cookie_of(cookie)).tell(R"(40{"token":")" + token_for("ann") + R"("})"),
                HasSubstr(R"(["you","ann"])"));
}

TEST_F(protect_test, lets_a_bad_token_in_the_payload_not_be_mended_by_a_cookie) {
  const guarded_server at;
  EXPECT_THAT(session(at, "", cookie_of(token_for("ann"))).tell(R"(40{"token":"x"})"),
              HasSubstr(R"("code":"malformed_token")"));
}

TEST_F(protect_test, admits_by_a_cookie_to_every_namespace_where_the_payload_has_no_token) {
  const guarded_server at;
  const session peer{at, "", cookie_of(token_for("ann"))};
  EXPECT_THAT(peer.tell("40"), HasSubstr(R"(["you","ann"])"));
  EXPECT_THAT(peer.tell(R"(40/other,{"token":""})"), HasSubstr(R"(["you","ann"])"));
}

TEST_F(protect_test, names_what_is_wrong_with_a_cookie_if_no_other_token_comes) {
  const guarded_server at;
  EXPECT_THAT(session(at, "", cookie_of(token_for("ann", -3600))).tell("40"), HasSubstr(R"("code":"token_expired")"));
}

TEST_F(protect_test, refuses_a_cookie_from_a_page_of_another_origin) {
  const guarded_server at;
  const std::string upgrade =
      "Connection: Upgrade\r\nUpgrade: websocket\r\nSec-WebSocket-Version: 13\r\n"
      "Sec-WebSocket-Key: dGhlIHNhbXBsZSBub25jZQ==\r\n";
  const auto cookie = cookie_of(token_for("ann"));
  for (const std::string origin : {"Origin: https://evil.example\r\n", "Origin: null\r\n"}) {
    for (const auto& answer : {at.exchange("GET", "", cookie + origin), at.exchange("GET", "&j=0", cookie + origin),
                               at.exchange("GET", "&transport=websocket", upgrade + cookie + origin)}) {
      EXPECT_THAT(answer, StartsWith("HTTP/1.1 403"));
      EXPECT_THAT(answer, HasSubstr(R"("code":"foreign_origin")"));
    }
    EXPECT_THAT(at.exchange("GET", "&token=" + token_for("ann"), cookie + origin), StartsWith("HTTP/1.1 200"));
  }
  EXPECT_THAT(at.exchange("GET", "&j=0", cookie), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(at.exchange("GET", "", cookie + "Origin: http://x\r\n"), StartsWith("HTTP/1.1 200"));
  EXPECT_THAT(at.exchange("GET", "&transport=websocket", upgrade + cookie + "Origin: https://x\r\n"),
              StartsWith("HTTP/1.1 101"));
}

TEST_F(protect_test, keeps_foreign_pages_out_of_a_session_that_a_cookie_opened) {
  const guarded_server at;
  const session by_cookie{at, "", cookie_of(token_for("ann"))};
  const session by_query{at, "&token=" + token_for("ann")};
  const std::string evil = "Origin: https://evil.example\r\n";
  EXPECT_THAT(at.exchange("POST", "&sid=" + by_cookie.sid(), evil, "40"), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(at.exchange("GET", "&sid=" + by_cookie.sid(), evil), StartsWith("HTTP/1.1 403"));
  EXPECT_THAT(by_cookie.tell("40"), HasSubstr(R"(["you","ann"])"));
  EXPECT_THAT(at.exchange("POST", "&sid=" + by_query.sid(), evil, "40"), StartsWith("HTTP/1.1 200"));
}

TEST_F(protect_test, throws_what_is_wrong_with_its_options) {
  server io;
  EXPECT_THROW(protect(io, {}), std::invalid_argument);
}

}  // namespace
}  // namespace encke::jwt
