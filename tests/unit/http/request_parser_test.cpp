// SPDX-License-Identifier: MIT
#include "http/request_parser.hpp"

#include "transcript.hpp"

#include <gtest/gtest.h>

namespace encke::http {
namespace {

using event = request_parser::event;
using found = std::optional<event>;

// Each test leaves the ledger as it was.
class request_reading : public testing::Test {
 protected:
  void TearDown() override {
    const auto now = ledger::snapshot();
    EXPECT_EQ(now.bytes(), before_.bytes());
    EXPECT_EQ(now.objects(), before_.objects());
  }
  [[nodiscard]] std::int64_t held() const { return ledger::snapshot().bytes() - before_.bytes(); }

  ledger::totals before_ = ledger::snapshot();
};

constexpr std::string_view simple = "GET /a?b=c HTTP/1.1\r\nHost: x\r\n\r\n";

TEST_F(request_reading, gives_head_then_complete_then_nothing) {
  request_parser parser;
  EXPECT_EQ(parser.next().value(), found{});
  parser.feed(simple);
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_EQ(parser.next().value(), found{event::complete});
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_EQ(parser.message().path(), "/a");
}

TEST_F(request_reading, holds_no_memory_between_requests) {
  request_parser parser;
  for (int i = 0; i < 3; ++i) {
    parser.feed("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 100\r\n\r\n");
    EXPECT_EQ(parser.next().value(), found{event::head});
    EXPECT_EQ(parser.next().value(), found{});
    parser.feed(std::string(100, 'x'));
    EXPECT_EQ(parser.next().value(), found{event::complete});
    EXPECT_EQ(parser.take().body.size(), 100U);
    EXPECT_FALSE(parser.is_idle());
    parser.start_next();
    EXPECT_TRUE(parser.is_idle());
    EXPECT_EQ(held(), 0);
  }
}

TEST_F(request_reading, holds_no_memory_after_an_error_in_the_head) {
  request_parser parser;
  parser.feed("GET / HTTP/1.1\r\nNo host here: " + std::string(1000, 'x') + "\r\n\r\nand more");
  EXPECT_EQ(parser.next().error(), error::bad_request);
  EXPECT_EQ(held(), 0);
  EXPECT_FALSE(parser.is_idle());
}

TEST_F(request_reading, stays_in_error) {
  request_parser parser;
  parser.feed("\x16\x03\x01");
  EXPECT_EQ(parser.next().error(), error::bad_request);
  parser.feed(simple);
  EXPECT_EQ(parser.next().error(), error::bad_request);
  EXPECT_FALSE(parser.has_message());
}

TEST_F(request_reading, keeps_the_message_when_its_body_is_refused) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nOrigin: http://a\r\nContent-Length: 11\r\n\r\nhello");
  EXPECT_EQ(parser.next().value(), found{event::head});
  parser.limit_body(10);
  EXPECT_EQ(parser.next().error(), error::body_too_large);
  ASSERT_TRUE(parser.has_message());
  EXPECT_EQ(parser.message().header("origin"), "http://a");
}

TEST_F(request_reading, allows_a_body_of_one_megabyte_by_default) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000001\r\n\r\n");
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_EQ(parser.next().error(), error::body_too_large);
}

TEST_F(request_reading, a_limit_is_for_one_request) {
  request_parser parser;
  const std::string post = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\nabc";
  parser.feed(post + post);
  EXPECT_EQ(parser.next().value(), found{event::head});
  parser.limit_body(3);
  EXPECT_EQ(parser.next().value(), found{event::complete});
  parser.start_next();
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_EQ(parser.next().value(), found{event::complete});
}

TEST_F(request_reading, does_not_allocate_for_what_was_only_announced) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 1000000\r\n\r\nabc");
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_LT(held(), 1000);
}

TEST_F(request_reading, gives_a_long_body_that_arrives_in_pieces) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 300000\r\n\r\n");
  EXPECT_EQ(parser.next().value(), found{event::head});
  for (int i = 0; i < 3; ++i) {
    EXPECT_EQ(parser.next().value(), found{});
    parser.feed(std::string(100'000, static_cast<char>('a' + i)));
  }
  EXPECT_EQ(parser.next().value(), found{event::complete});
  const auto message = parser.take();
  EXPECT_EQ(message.body.size(), 300'000U);
  EXPECT_EQ(message.body[99'999], 'a');
  EXPECT_EQ(message.body[299'999], 'c');
  EXPECT_LE(message.body.capacity(), 300'000U);
}

TEST_F(request_reading, keeps_pipelined_bytes_while_a_body_is_fed_past_its_end) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\n\r\n");
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_EQ(parser.next().value(), found{});
  parser.feed("abc" + std::string{simple});
  EXPECT_EQ(parser.unread(), simple.size());
  EXPECT_EQ(parser.next().value(), found{event::complete});
  parser.start_next();
  EXPECT_FALSE(parser.is_idle());
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_EQ(parser.message().target, "/a?b=c");
}

TEST_F(request_reading, reads_a_thousand_pipelined_requests) {
  request_parser parser;
  std::string wire;
  for (int i = 0; i < 1000; ++i) wire += simple;
  parser.feed(wire);
  for (int i = 0; i < 1000; ++i) {
    ASSERT_EQ(parser.next().value(), found{event::head});
    ASSERT_EQ(parser.next().value(), found{event::complete});
    parser.start_next();
  }
  EXPECT_TRUE(parser.is_idle());
  EXPECT_EQ(held(), 0);
}

TEST_F(request_reading, gives_back_the_room_of_what_was_before_a_begun_request) {
  request_parser parser;
  std::string wire;
  for (int i = 0; i < 1000; ++i) wire += simple;
  parser.feed(wire + "GET /and-then-some-more");
  for (int i = 0; i < 1000; ++i) {
    while (parser.next().value() != found{event::complete}) {
    }
    parser.start_next();
  }
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_LT(held(), 100);
}

TEST_F(request_reading, moves_in_the_middle_of_a_request) {
  request_parser first;
  first.feed("POST /a HTTP/1.1\r\nHost: x\r\nContent-Length: 6\r\n\r\nabc");
  EXPECT_EQ(first.next().value(), found{event::head});
  EXPECT_EQ(first.next().value(), found{});
  request_parser second = std::move(first);
  second.feed("def" + std::string{simple});
  EXPECT_EQ(second.next().value(), found{event::complete});
  request_parser third;
  third = std::move(second);
  EXPECT_EQ(third.take().body, "abcdef");
  third.start_next();
  EXPECT_EQ(third.next().value(), found{event::head});
}

TEST_F(request_reading, says_that_the_client_waits_to_continue) {
  constexpr std::string_view head = "POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-Continue\r\n\r\n";
  request_parser parser;
  EXPECT_FALSE(parser.expects_continue());
  parser.feed(head);
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_TRUE(parser.expects_continue());
  EXPECT_TRUE(parser.has_body());
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_FALSE(parser.expects_continue());
}

TEST_F(request_reading, need_not_tell_a_client_to_continue_that_already_does) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\na");
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_FALSE(parser.expects_continue());
}

TEST_F(request_reading, ignores_an_expectation_without_a_body_or_in_http_1_0) {
  for (const std::string_view wire : {"GET / HTTP/1.1\r\nHost: x\r\nExpect: 100-continue\r\n\r\n",
                                      "POST / HTTP/1.0\r\nContent-Length: 3\r\nExpect: 100-continue\r\n\r\n"}) {
    request_parser parser;
    parser.feed(wire);
    EXPECT_EQ(parser.next().value(), found{event::head});
    EXPECT_FALSE(parser.expects_continue());
  }
}

TEST_F(request_reading, hands_over_what_is_behind_an_upgrade) {
  request_parser parser;
  parser.feed("GET / HTTP/1.1\r\nHost: x\r\nConnection: upgrade\r\nUpgrade: websocket\r\n\r\n\x81\x80");
  EXPECT_EQ(parser.next().value(), found{event::head});
  EXPECT_TRUE(parser.message().upgrade);
  EXPECT_FALSE(parser.has_body());
  EXPECT_EQ(parser.take_unread(), "\x81\x80");
  EXPECT_EQ(parser.unread(), 0U);
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_EQ(parser.take().header("upgrade"), "websocket");
  EXPECT_EQ(held(), 0);
}

TEST_F(request_reading, is_not_idle_once_a_request_has_begun) {
  request_parser parser;
  EXPECT_TRUE(parser.is_idle());
  parser.feed("\r\n");
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_TRUE(parser.is_idle());
  parser.feed("G");
  EXPECT_EQ(parser.next().value(), found{});
  EXPECT_FALSE(parser.is_idle());
}

TEST_F(request_reading, refuses_a_head_that_never_ends) {
  request_parser parser;
  parser.feed("GET / HTTP/1.1\r\nHost: x\r\nX: ");
  result<found, error> last = found{};
  std::size_t fed = 0;
  while (last && fed < 100'000) {
    parser.feed("yyyyyyyyyy");
    fed += 10;
    last = parser.next();
  }
  EXPECT_EQ(last.error(), error::head_too_large);
  EXPECT_LE(fed, 16U * 1024);
}

// Feeds a chunked body: the head, then `piece` again and again; the error that ends it, if any within `times`.
std::optional<error> error_of_endless(std::string_view begin, std::string_view piece, int times) {
  request_parser parser;
  parser.feed("POST / HTTP/1.1\r\nHost: x\r\nTransfer-Encoding: chunked\r\n\r\n");
  EXPECT_EQ(parser.next().value(), found{event::head});
  parser.feed(begin);
  for (int i = 0; i < times; ++i) {
    parser.feed(piece);
    const auto last = parser.next();
    if (last.has_error()) return last.error();
  }
  return std::nullopt;
}

TEST_F(request_reading, bounds_what_is_not_the_body_of_a_chunked_request) {
  const auto extension = ";" + std::string(200, 'x');
  EXPECT_EQ(error_of_endless("", "000000000000000", 100), error::bad_chunk) << "zeros";
  EXPECT_EQ(error_of_endless("1;", "xxxxxxxxxx", 100), error::bad_chunk) << "one extension";
  EXPECT_EQ(error_of_endless("", "1" + extension + "\r\na\r\n", 1000), error::bad_chunk) << "many extensions";
  EXPECT_EQ(error_of_endless("0\r\nA: ", "xxxxxxxxxx", 10'000), error::bad_chunk) << "one trailer";
  EXPECT_EQ(error_of_endless("0\r\n", "A: b\r\n", 10'000), error::bad_chunk) << "many trailers";
}

TEST_F(request_reading, errors_have_a_status_and_words) {
  EXPECT_EQ(status_of(error::bad_request), 400U);
  EXPECT_EQ(status_of(error::head_too_large), 431U);
  EXPECT_EQ(status_of(error::too_many_headers), 431U);
  EXPECT_EQ(status_of(error::target_too_long), 414U);
  EXPECT_EQ(status_of(error::unsupported_version), 505U);
  EXPECT_EQ(status_of(error::body_too_large), 413U);
  EXPECT_EQ(status_of(error::bad_chunk), 400U);
  EXPECT_EQ(status_of(error::unsupported_transfer_coding), 501U);
  EXPECT_EQ(to_string(error::bad_chunk), "bad chunk");
  EXPECT_THROW((void)(result<int, error>{error::bad_chunk}.value()), std::runtime_error);
}

TEST(request, splits_its_target) {
  const auto of = [](const char* target) {
    return request{.method = "GET", .target = target, .headers = {}, .body = {}};
  };
  EXPECT_EQ(of("/").path(), "/");
  EXPECT_EQ(of("/").query(), "");
  EXPECT_EQ(of("/a/b?c=d?e").path(), "/a/b");
  EXPECT_EQ(of("/a/b?c=d?e").query(), "c=d?e");
  EXPECT_EQ(of("/a#b?c").path(), "/a");
  EXPECT_EQ(of("/a#b?c").query(), "");
  EXPECT_EQ(of("/a?b#c").query(), "b");
  EXPECT_EQ(of("/a?u=http://b/c").path(), "/a");
  EXPECT_EQ(of("http://h:80/a/b?c").path(), "/a/b");
  EXPECT_EQ(of("http://h:80/a/b?c").query(), "c");
  EXPECT_EQ(of("http://h").path(), "/");
  EXPECT_EQ(of("http://h?c").path(), "/");
  EXPECT_EQ(of("http://h?c").query(), "c");
  EXPECT_EQ(of("*").path(), "*");
}

TEST(request, finds_headers_whatever_their_case) {
  const request r{.method = "GET", .target = "/", .headers = {{"X-A", "1"}, {"x-a", "2, Two"}}, .body = {}};
  EXPECT_EQ(r.header("x-A"), "1");
  EXPECT_EQ(r.header("x-b"), "");
  EXPECT_TRUE(r.has_header("X-a"));
  EXPECT_FALSE(r.has_header("X"));
  EXPECT_TRUE(r.header_has_token("X-A", "1"));
  EXPECT_TRUE(r.header_has_token("X-A", "two"));
  EXPECT_FALSE(r.header_has_token("X-A", "tw"));
}

}  // namespace
}  // namespace encke::http
