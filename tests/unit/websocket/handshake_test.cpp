// SPDX-License-Identifier: MIT
// The opening handshake, RFC 6455 4.2.
#include "websocket/handshake.hpp"

#include <gtest/gtest.h>

#include "http/request.hpp"

namespace encke::websocket {
namespace {

http::request upgrade_request() {
  http::request r;
  r.method = "GET";
  r.target = "/chat";
  r.upgrade = true;
  r.headers.push_back({"Host", "server.example.com"});
  r.headers.push_back({"Upgrade", "websocket"});
  r.headers.push_back({"Connection", "Upgrade"});
  r.headers.push_back({"Sec-WebSocket-Key", "dGhlIHNhbXBsZSBub25jZQ=="});
  r.headers.push_back({"Sec-WebSocket-Version", "13"});
  return r;
}

http::request with(std::string_view name, std::string_view value) {
  auto r = upgrade_request();
  for (auto& field : r.headers)
    if (field.name == name) {
      field.value = value;
      return r;
    }
  r.headers.push_back({http::request::string{name}, http::request::string{value}});
  return r;
}

http::request without(std::string_view name) {
  auto r = upgrade_request();
  std::erase_if(r.headers, [&](const auto& field) { return field.name == name; });
  return r;
}

void expect_refused(const http::request& r, handshake_error wanted) {
  const auto got = check(r);
  ASSERT_TRUE(got.has_error());
  EXPECT_EQ(got.error(), wanted) << to_string(got.error());
}

TEST(handshake, answers_the_key_of_the_rfc) {
  EXPECT_EQ(accept_key("dGhlIHNhbXBsZSBub25jZQ=="), "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  const auto got = check(upgrade_request());
  ASSERT_TRUE(got.has_value());
  EXPECT_EQ(got->key, "s3pPLMBiTxaQ9kYGzzhZRbK+xOo=");
  EXPECT_EQ(got->protocol, "");
}

TEST(handshake, compares_tokens_without_case_and_in_lists) {
  EXPECT_TRUE(check(with("Upgrade", "WebSocket")).has_value());
  EXPECT_TRUE(check(with("Connection", "keep-alive, upgrade")).has_value());
}

TEST(handshake, refuses_another_method) {
  auto r = upgrade_request();
  r.method = "POST";
  expect_refused(r, handshake_error::bad_method);
  EXPECT_EQ(status_of(handshake_error::bad_method), 405U);
}

TEST(handshake, refuses_http_1_0) {
  auto r = upgrade_request();
  r.version = 10;
  expect_refused(r, handshake_error::bad_http_version);
}

TEST(handshake, refuses_what_is_no_upgrade_to_websocket) {
  expect_refused(without("Upgrade"), handshake_error::no_upgrade);
  expect_refused(with("Upgrade", "h2c"), handshake_error::no_upgrade);
  expect_refused(without("Connection"), handshake_error::no_upgrade);
  expect_refused(with("Connection", "keep-alive"), handshake_error::no_upgrade);
}

TEST(handshake, refuses_other_versions) {
  expect_refused(without("Sec-WebSocket-Version"), handshake_error::bad_version);
  for (const auto version : {"", "0", "7", "8", "12", "14", "013", "13, 8", "x"})
    expect_refused(with("Sec-WebSocket-Version", version), handshake_error::bad_version);
}

TEST(handshake, refuses_a_key_that_is_not_16_bytes_in_base64) {
  expect_refused(without("Sec-WebSocket-Key"), handshake_error::bad_key);
  for (const auto key : {"", "dGhlIHNhbXBsZSBub25jZQ", "dGhlIHNhbXBsZSBub25jZQ=", "dGhlIHNhbXBsZSBub25j",
                         "dGhlIHNhbXBsZSBub25jZTE=", "dGhlIHNhbXBsZSBub25jZTEy",
                         "dGhlIHNhbXBsZSBub25j!Q==", "dGhlIHNhbXBsZSBub25jZQ==x", "-GhlIHNhbXBsZSBub25jZQ=="})
    expect_refused(with("Sec-WebSocket-Key", key), handshake_error::bad_key);
}

TEST(handshake, selects_the_first_subprotocol) {
  EXPECT_EQ(check(with("Sec-WebSocket-Protocol", "chat"))->protocol, "chat");
  EXPECT_EQ(check(with("Sec-WebSocket-Protocol", " a.b , chat"))->protocol, "a.b");
}

TEST(handshake, refuses_a_subprotocol_that_is_no_token) {
  for (const auto list : {"", " ", ",chat", "a b", "a\"b", "(x)", "caf\xc3\xa9"})
    expect_refused(with("Sec-WebSocket-Protocol", list), handshake_error::bad_protocol);
}

TEST(handshake, accepts_no_extension) {
  std::string out;
  append_switching_protocols(out, *check(with("Sec-WebSocket-Extensions", "permessage-deflate")));
  EXPECT_EQ(out,
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: s3pPLMBiTxaQ9kYGzzhZRbK+xOo=\r\n\r\n");
}

TEST(handshake, refuses_a_key_or_a_version_that_comes_twice) {
  auto request = with("X-A", "1");
  request.headers.push_back({"sec-websocket-key", "dGhlIHNhbXBsZSBub25jZQ=="});
  expect_refused(request, handshake_error::bad_key);
  request = with("X-A", "1");
  request.headers.push_back({"sec-websocket-version", "13"});
  expect_refused(request, handshake_error::bad_version);
}

TEST(handshake, writes_the_date_it_is_given) {
  std::string out;
  append_switching_protocols(out, accept{.key = "K", .protocol = {}}, {}, "today");
  append_refusal(out, handshake_error::bad_key, "tomorrow");
  EXPECT_NE(out.find("\r\nDate: today\r\n"), out.npos) << out;
  EXPECT_NE(out.find("\r\nDate: tomorrow\r\n"), out.npos) << out;
}

TEST(handshake, writes_subprotocol_and_extra_headers) {
  std::string out = "before";
  const std::pair<std::string, std::string> extra[] = {{"X-A", "1"}, {"X-B", "2"}};
  append_switching_protocols(out, accept{.key = "K", .protocol = "chat"}, extra);
  EXPECT_EQ(out,
            "beforeHTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n"
            "Sec-WebSocket-Accept: K\r\nSec-WebSocket-Protocol: chat\r\nX-A: 1\r\nX-B: 2\r\n\r\n");
}

TEST(handshake, a_line_break_in_an_extra_header_starts_no_other) {
  std::string out;
  const std::pair<std::string, std::string> extra[] = {{"X-A", "1\r\nX-B: 2"}};
  append_switching_protocols(out, accept{.key = "K", .protocol = {}}, extra);
  EXPECT_EQ(out.find("\r\nX-B"), out.npos);
}

TEST(handshake, a_refusal_is_a_whole_answer) {
  std::string out;
  append_refusal(out, handshake_error::bad_key);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 400 Bad Request\r\n")) << out;
  EXPECT_NE(out.find("\r\nConnection: close\r\n"), out.npos) << out;
  EXPECT_NE(out.find("\r\nContent-Length: 43\r\n"), out.npos) << out;
  EXPECT_TRUE(out.ends_with("\r\n\r\nMissing or invalid Sec-WebSocket-Key header")) << out;
}

TEST(handshake, a_refused_version_names_the_good_one) {
  std::string out;
  append_refusal(out, handshake_error::bad_version);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 400 Bad Request\r\n")) << out;
  EXPECT_NE(out.find("\r\nSec-WebSocket-Version: 13\r\n"), out.npos) << out;
}

TEST(handshake, a_refused_method_names_the_good_one) {
  std::string out;
  append_refusal(out, handshake_error::bad_method);
  EXPECT_TRUE(out.starts_with("HTTP/1.1 405 Method Not Allowed\r\n")) << out;
  EXPECT_NE(out.find("\r\nAllow: GET\r\n"), out.npos) << out;
}

}  // namespace
}  // namespace encke::websocket
