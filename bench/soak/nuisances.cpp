// SPDX-License-Identifier: MIT
#include "bench/soak/nuisances.hpp"

#include <array>
#include <boost/asio/use_awaitable.hpp>
#include <random>

#include "bench/soak/cycles.hpp"
#include "bench/soak/served.hpp"

namespace encke::soak {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t most_in_background = 100;

std::string event(std::string_view name) {
  return "42[\"" + std::string{name} + "\"]";
}

std::string garbage(std::uint64_t number) {
  std::mt19937_64 random{number};
  std::string bytes(1 + random() % 600, '\0');
  for (auto& one : bytes) one = static_cast<char>(random());
  return bytes + "\r\n\r\n";
}

// The server may have closed before all was sent.
task<void> send_anyway(peer& to, std::string bytes) {
  try {
    co_await to.send(std::move(bytes));
  } catch (const surprise&) {
  }
}

task<void> expect_status(peer& from, unsigned status) {
  const auto got = co_await from.read_answer();
  if (got.status != status) throw surprise{"not " + std::to_string(status) + " but " + got.head + got.body};
}

}  // namespace

nuisances::nuisances(desk& at, const mint& tokens, places to) : desk_{at}, mint_{tokens}, to_{to} {}

task<void> nuisances::run(std::uint64_t number) {
  using job = task<void> (nuisances::*)(std::uint64_t);
  constexpr std::array<job, 9> quick{
      &nuisances::take_a_burst,       &nuisances::read_nothing,  &nuisances::poll_nothing,
      &nuisances::say_garbage,        &nuisances::take_a_burst,  &nuisances::send_large_head,
      &nuisances::say_garbage_joined, &nuisances::post_too_much, &nuisances::send_large_message};
  constexpr std::array<job, 4> slow{&nuisances::send_head_slowly, &nuisances::post_slowly, &nuisances::say_nothing,
                                    &nuisances::join_nothing};
  constexpr auto kinds = quick.size() + 1;
  const auto kind = number % kinds;
  const auto rest = number / kinds;
  // Whoever has to wait for a deadline of the server does so beside the others.
  if (kind < quick.size() || desk_.in_background() >= most_in_background)
    co_return co_await (this->*quick[kind % quick.size()])(rest);
  desk_.in_background((this->*slow[rest % slow.size()])(rest / slow.size()));
}

wish nuisances::request(std::uint64_t number, const std::string& token, bool websocket) const {
  return {
      .websocket = websocket, .secure = desk_.secure, .token = token, .where = static_cast<token_place>(number % 3)};
}

task<void> nuisances::pause(std::chrono::milliseconds time) {
  boost::asio::steady_timer timer{desk_.loop, time};
  co_await timer.async_wait(boost::asio::use_awaitable);
}

// A WebSocket that has joined "/".
task<void> nuisances::join(peer& one, std::uint64_t number) {
  const auto token = mint_.good("nuisance-" + std::to_string(number));
  co_await one.connect(to_.open);
  co_await one.send(get_request(request(number, token, true)));
  const auto switched = co_await one.read_answer();
  if (switched.status != 101) throw surprise{"not 101 but " + switched.head + switched.body};
  (void)co_await one.read_message();
  co_await one.send_message("40");
  const auto joined = co_await one.read_message();
  if (!joined.starts_with("40{")) throw surprise{"not joined but " + joined};
}

task<std::string> nuisances::open_polling(peer& one, std::uint64_t number) {
  const auto token = mint_.good("nuisance-" + std::to_string(number));
  co_await one.connect(to_.open);
  co_await one.send(get_request(request(number, token, false)));
  const auto opened = co_await one.read_answer();
  if (opened.status != 200) throw surprise{"handshake answered " + opened.head + opened.body};
  co_return sid_in(opened.body);
}

// --- queues -------------------------------------------------------------------------------------------------------

// Some read all of it, some a part, some nothing.
task<void> nuisances::take_a_burst(std::uint64_t number) {
  peer one{desk_};
  co_await join(one, number);
  const auto bursts = 1 + number % 2;
  for (unsigned i = 0; i < bursts; ++i) co_await one.send_message(event(burst_event));
  const auto reads = number % 3 == 0 ? bursts * burst_size : number % 3 * 10;
  for (unsigned i = 0; i < reads; ++i)
    if (const auto got = co_await one.read_message(); got == "2") co_await one.send_message("3");
  if (number % 4 == 0) co_return one.reset();
  if (number % 4 == 1)
    one.finish();
  else
    co_await one.send_close();
  co_await one.read_end();
}

task<void> nuisances::read_nothing(std::uint64_t number) {
  peer one{desk_};
  co_await join(one, number);
  co_await one.send_message(event(flood_event));
  co_await pause(50ms);
  co_await one.read_end();  // cut off, with what was on its way
}

task<void> nuisances::poll_nothing(std::uint64_t number) {
  peer one{desk_};
  const auto sid = co_await open_polling(one, number);
  const wish in{.secure = desk_.secure, .sid = sid};
  co_await one.send(post_request(in, "40"));
  co_await expect_status(one, 200);
  co_await one.send(post_request(in, event(flood_event)));
  co_await expect_status(one, 200);
  co_await one.send(get_request(in));
  co_await expect_status(one, 400);  // there is no such session any more
  one.close();
}

// --- garbage ------------------------------------------------------------------------------------------------------

task<void> nuisances::say_garbage(std::uint64_t number) {
  peer one{desk_};
  if (number % 2 == 0)
    co_await one.connect_plain(to_.open);  // no TLS where the server expects it
  else
    co_await one.connect(to_.open);
  co_await send_anyway(one, garbage(number));
  co_await one.read_end();
}

task<void> nuisances::say_garbage_joined(std::uint64_t number) {
  constexpr std::array<std::string_view, 6> nonsense{"9", "4", "47", "42{}", "40", "459-[]"};
  peer one{desk_};
  co_await join(one, number);
  if (number % 2 == 0)
    co_await one.send_message(std::string{nonsense[number / 2 % nonsense.size()]});
  else
    co_await send_anyway(one, garbage(number));
  co_await one.read_end();
}

// --- too much -----------------------------------------------------------------------------------------------------

task<void> nuisances::send_large_head(std::uint64_t) {
  peer one{desk_};
  co_await one.connect(to_.open);
  co_await send_anyway(one, "GET / HTTP/1.1\r\nHost: a\r\nX: " + std::string(20'000, 'x') + "\r\n\r\n");
  co_await expect_status(one, 431);
}

task<void> nuisances::post_too_much(std::uint64_t number) {
  peer one{desk_};
  const auto sid = co_await open_polling(one, number);
  const wish in{.secure = desk_.secure, .sid = sid};
  co_await send_anyway(one, post_request(in, std::string(2 * tight_payload, '4')));
  co_await expect_status(one, 413);
  co_await one.connect(to_.open);
  co_await one.send(post_request(in, "1"));
  co_await expect_status(one, 200);
  one.close();
}

task<void> nuisances::send_large_message(std::uint64_t number) {
  peer one{desk_};
  co_await join(one, number);
  const std::string head{"\x82\xFF\0\0\0\0\x40\0\0\0\0\0\0\0", 14};
  co_await send_anyway(one, head + std::string(number % 1000, 'x'));
  co_await one.read_end();
}

// --- too slow -----------------------------------------------------------------------------------------------------

task<void> nuisances::send_head_slowly(std::uint64_t number) {
  peer one{desk_};
  const auto text = get_request({.websocket = number % 2 == 0, .secure = desk_.secure});
  co_await one.connect(to_.open);
  for (std::size_t i = 0; i < 10; ++i) {
    co_await one.send(text.substr(i, 1));
    co_await pause(50ms);
  }
  co_await expect_status(one, 408);
}

task<void> nuisances::post_slowly(std::uint64_t number) {
  peer one{desk_};
  const auto sid = co_await open_polling(one, number);
  auto text = post_request({.secure = desk_.secure, .sid = sid}, "42[\"never finished\"]");
  text.resize(text.size() - 5);
  co_await one.send(std::move(text));
  co_await expect_status(one, 408);
}

task<void> nuisances::say_nothing(std::uint64_t number) {
  peer one{desk_};
  if (number % 2 == 0)
    co_await one.connect_plain(to_.open);
  else
    co_await one.connect(to_.open);
  co_await one.read_end();
}

// Opens a session and joins no namespace.
task<void> nuisances::join_nothing(std::uint64_t number) {
  peer one{desk_};
  const auto token = mint_.good("nuisance-" + std::to_string(number));
  co_await one.connect(to_.open);
  co_await one.send(get_request(request(number, token, true)));
  const auto switched = co_await one.read_answer();
  if (switched.status != 101) throw surprise{"not 101 but " + switched.head + switched.body};
  co_await one.read_end();
}

}  // namespace encke::soak
