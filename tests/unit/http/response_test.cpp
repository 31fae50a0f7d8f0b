// SPDX-License-Identifier: MIT
#include "http/response.hpp"

#include <gtest/gtest.h>

namespace encke::http {
namespace {

std::string written(const response& answer, writing how = {}) {
  std::string out;
  append(out, answer, how);
  return out;
}

response answer_of(unsigned status, std::string body, header_list headers = {}) {
  return {.status = status, .content_type = {}, .headers = std::move(headers), .body = std::move(body)};
}

TEST(response, writes_type_length_and_given_fields_in_order) {
  auto answer = text_response(200, "hello", "text/plain");
  answer.headers = {{"cache-control", "no-store"}, {"X-A", "b"}};
  EXPECT_EQ(written(answer),
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain\r\nContent-Length: 5\r\ncache-control: no-store\r\nX-A: "
            "b\r\n\r\nhello");
}

TEST(response, appends_behind_what_is_there) {
  std::string out = "before";
  append(out, answer_of(404, ""), true);
  EXPECT_EQ(out, "beforeHTTP/1.1 404 Not Found\r\nContent-Length: 0\r\n\r\n");
}

TEST(response, says_close) {
  EXPECT_EQ(written(answer_of(200, "", {{"Connection", "keep-alive"}}), {.keep_alive = false}),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(response, says_keep_alive_to_http_1_0_alone) {
  EXPECT_EQ(written(answer_of(200, ""), {.version = 10}),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: keep-alive\r\n\r\n");
  EXPECT_EQ(written(answer_of(200, ""), {.keep_alive = false, .version = 10}),
            "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
}

TEST(response, has_no_length_and_no_body_where_the_status_forbids_them) {
  EXPECT_EQ(written(answer_of(204, "x")), "HTTP/1.1 204 No Content\r\n\r\n");
  EXPECT_EQ(written(answer_of(304, "x", {{"ETag", "\"1\""}})), "HTTP/1.1 304 Not Modified\r\nETag: \"1\"\r\n\r\n");
  EXPECT_EQ(written(answer_of(101, "", {{"Upgrade", "websocket"}, {"Connection", "Upgrade"}}), {.keep_alive = false}),
            "HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\n\r\n");
}

TEST(response, keeps_a_given_length_where_it_writes_none) {
  EXPECT_EQ(written(answer_of(204, "", {{"Content-Length", "0"}})),
            "HTTP/1.1 204 No Content\r\nContent-Length: 0\r\n\r\n");
  EXPECT_EQ(written(answer_of(200, "", {{"Content-Length", "7"}}), {.head_only = true}),
            "HTTP/1.1 200 OK\r\nContent-Length: 7\r\n\r\n");
}

TEST(response, writes_a_length_once_and_never_a_transfer_coding) {
  EXPECT_EQ(written(answer_of(200, "ab", {{"content-length", "7"}, {"Transfer-Encoding", "chunked"}})),
            "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nab");
}

TEST(response, answers_head_without_the_body) {
  std::string out;
  append(out, answer_of(200, "hello"), true, true);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 5\r\n\r\n");
}

TEST(response, lets_no_value_begin_a_new_line) {
  const auto out =
      written(answer_of(200, "", {{"X-A", std::string{"a\r\nSet-Cookie: b\0c", 18}}, {"X B", "c"}, {"", "d"}}));
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 0\r\nX-A: aSet-Cookie: bc\r\n\r\n");
  EXPECT_EQ(written({.status = 200, .content_type = "a\r\nb: c", .headers = {}, .body = {}}),
            "HTTP/1.1 200 OK\r\nContent-Type: ab: c\r\nContent-Length: 0\r\n\r\n");
}

TEST(response, head_is_written_for_a_body_sent_elsewhere) {
  std::string out;
  append_head(out, answer_of(200, ""), 12345);
  EXPECT_EQ(out, "HTTP/1.1 200 OK\r\nContent-Length: 12345\r\n\r\n");
}

TEST(response, polling_answers_are_exact) {
  std::string out;
  append_polling_ok(out, polling_text, "2");
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nContent-Type: text/plain; charset=UTF-8\r\nContent-Length: 1\r\n"
            "cache-control: no-store\r\n\r\n2");
  out.clear();
  append_polling_ok(out, polling_posted, "ok", {.keep_alive = false}, {{"Vary", "Origin"}});
  EXPECT_EQ(out,
            "HTTP/1.1 200 OK\r\nContent-Type: text/html\r\nContent-Length: 2\r\n"
            "cache-control: no-store\r\nVary: Origin\r\nConnection: close\r\n\r\nok");
}

TEST(response, knows_reasons) {
  EXPECT_EQ(reason_phrase(431), "Request Header Fields Too Large");
  EXPECT_EQ(reason_phrase(799), "Unknown");
}

}  // namespace
}  // namespace encke::http
