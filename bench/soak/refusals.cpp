// SPDX-License-Identifier: MIT
#include "bench/soak/refusals.hpp"

#include <boost/asio/use_awaitable.hpp>

namespace encke::soak {

namespace {

constexpr std::size_t longest_in_url = 4096;

std::string code_text(flaw what) {
  return R"("code":")" + std::string{code_of(what)} + '"';
}

std::string connect_packet(std::string_view token) {
  return token.empty() ? "40" : R"(40{"token":")" + std::string{token} + R"("})";
}

}  // namespace

std::string_view to_string(way w) noexcept {
  switch (w) {
    case way::kept: return "kept";
    case way::closed: return "closed";
    case way::upgrade: return "upgrade";
    case way::payload: return "payload";
    case way::reset: return "reset";
  }
  return "";
}

refusals::refusals(desk& at, const mint& tokens, const refusal_mix& mix, places to)
    : desk_{at}, mint_{tokens}, mix_{mix}, to_{to} {}

refusals::job refusals::job_of(std::uint64_t number) const {
  job j{};
  j.with = mix_.with[number % mix_.with.size()];
  number /= mix_.with.size();
  j.come = mix_.come[number % mix_.come.size()];
  number /= mix_.come.size();
  j.salt = number;
  j.request = {.revision = j.salt % 4 == 0 ? 3U : 4U,
               .websocket = j.come == way::upgrade || j.come == way::payload,
               .close = j.come == way::closed,
               .secure = desk_.secure,
               .token = mint_.flawed(j.with, j.salt),
               .where = static_cast<token_place>(j.salt / 4 % 3)};
  if (j.request.token.size() > longest_in_url && j.request.where == token_place::query)
    j.request.where = token_place::header;
  // Without a token, or with a cookie that does not count, only the strict server refuses a request: to the other one a
  // better token may still come.
  const bool may_come_later = j.with == flaw::missing || j.request.where == token_place::cookie;
  j.port = may_come_later && j.come != way::payload ? to_.strict : to_.open;
  return j;
}

task<void> refusals::run(std::uint64_t number, peer& kept) {
  auto j = job_of(number);
  switch (j.come) {
    case way::kept: return come_kept(j, kept);
    case way::closed:
    case way::upgrade: return come_once(j);
    case way::payload: return j.salt % 4 == 3 ? poll_with_payload(j) : come_with_payload(j);
    case way::reset: return come_and_reset(j);
  }
  return come_once(j);
}

void refusals::expect_refusal(const job& j, const answer& got) const {
  const bool is_right = mix_.any_refusal ? got.status >= 400 && got.status < 500
                                         : got.status == 401 && got.body.find(code_text(j.with)) != got.body.npos;
  if (is_right) return;
  throw surprise{"not " + std::string{code_of(j.with)} + " (" + std::string{to_string(j.come)} + ") but " + got.head +
                 got.body};
}

// The strict server shares no connection with the other, so what comes to it is sent on one of its own.
task<void> refusals::come_kept(job j, peer& kept) {
  if (j.port != to_.open) {
    co_await come_once(j);
    co_return;
  }
  if (!kept.is_open()) co_await kept.connect(j.port);
  co_await kept.send(get_request(j.request));
  const auto got = co_await kept.read_answer();
  expect_refusal(j, got);
}

task<void> refusals::come_once(job j) {
  peer one{desk_};
  co_await one.connect(j.port);
  co_await one.send(get_request(j.request));
  const auto got = co_await one.read_answer();
  expect_refusal(j, got);
  if (j.salt % 2 == 0)
    one.close();
  else
    one.reset();
}

task<void> refusals::come_with_payload(job j) {
  peer one{desk_};
  const auto token = j.request.token;
  j.request.token = {};
  j.request.revision = 4;  // those of revision 3 can send no token any more, and are refused at once
  co_await one.connect(j.port);
  co_await one.send(get_request(j.request));
  const auto switched = co_await one.read_answer();
  if (switched.status != 101) throw surprise{"not 101 but " + switched.head};
  const auto open = co_await one.read_message();
  if (j.request.revision == 4) co_await one.send_message(connect_packet(token));
  const auto refused = co_await one.read_message();
  if (!refused.starts_with("44") || refused.find(code_text(j.with)) == refused.npos)
    throw surprise{"not refused in CONNECT but " + refused};
  if (j.salt % 3 == 0) {
    one.reset();
    co_return;
  }
  if (j.salt % 3 == 1)
    co_await one.send_close();
  else
    one.finish();
  co_await one.read_end();
}

task<void> refusals::poll_with_payload(job j) {
  peer one{desk_};
  const auto token = j.request.token;
  j.request.token = {};
  j.request.revision = 4;
  j.request.websocket = false;
  co_await one.connect(j.port);
  co_await one.send(get_request(j.request));
  const auto opened = co_await one.read_answer();
  const auto sid = sid_in(opened.body);
  j.request.sid = sid;
  co_await one.send(post_request(j.request, connect_packet(token)));
  const auto posted = co_await one.read_answer();
  co_await one.send(get_request(j.request));
  const auto refused = co_await one.read_answer();
  if (refused.body.find("44") == refused.body.npos || refused.body.find(code_text(j.with)) == refused.body.npos)
    throw surprise{"not refused in CONNECT but " + refused.head + refused.body};
  co_await one.send(post_request(j.request, "1"));
  const auto closed = co_await one.read_answer();
  one.close();
}

// Anything from one byte to the whole request; sometimes the server gets the time to read it.
task<void> refusals::come_and_reset(job j) {
  peer one{desk_};
  j.request.websocket = j.salt % 2 == 0;
  auto text = get_request(j.request);
  if (j.salt % 3 != 0) text.resize(1 + j.salt * 7919 % text.size());
  if (desk_.secure && j.salt % 5 == 0)
    co_await one.connect_plain(j.port);  // no TLS where the server expects it
  else
    co_await one.connect(j.port);
  co_await one.send(std::move(text));
  if (j.salt % 4 == 0) {
    boost::asio::steady_timer pause{desk_.loop, std::chrono::milliseconds{2}};
    co_await pause.async_wait(boost::asio::use_awaitable);
  }
  one.reset();
}

}  // namespace encke::soak
