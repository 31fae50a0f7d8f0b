// SPDX-License-Identifier: MIT
// Base: what every message or every connection pays for: UTF-8, the ledger, the timer wheel.
#include <benchmark/benchmark.h>

#include <base/timer_wheel.hpp>
#include <base/utf8.hpp>
#include <deque>
#include <encke/ledger.hpp>

#include "samples.hpp"

namespace encke::micro {
namespace {

using benchmark::State;

void validate(State& state, const std::string& text) {
  for (auto _ : state) benchmark::DoNotOptimize(utf8::is_valid(text));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
void utf8_valid_ascii(State& state) {
  validate(state, ascii(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(utf8_valid_ascii)->Arg(100)->Arg(65'536);
void utf8_valid_mixed(State& state) {
  validate(state, mixed(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(utf8_valid_mixed)->Arg(100)->Arg(65'536);

void ledger_add_remove(State& state) {
  for (auto _ : state) {
    ledger::add(ledger::purpose::outbox, 64);
    ledger::remove(ledger::purpose::outbox, 64);
  }
}
BENCHMARK(ledger_add_remove);

// Beside the same without a ledger: what charging adds to an allocation.
template <class Text>
void allocate_string(State& state) {
  for (auto _ : state) {
    Text text(100, 'a');
    benchmark::DoNotOptimize(text.data());
  }
}
BENCHMARK(allocate_string<ledger::string<ledger::purpose::frame>>)->Name("ledger_string");
BENCHMARK(allocate_string<std::string>)->Name("ledger_string_without");

void ledger_snapshot(State& state) {
  for (auto _ : state) benchmark::DoNotOptimize(ledger::snapshot());
}
BENCHMARK(ledger_snapshot);

// A heartbeat moves the deadline of one of many connections.
void timer_arm_again(State& state) {
  const time_point start{std::chrono::hours{1}};
  timer_wheel wheel{start};
  std::deque<timer_wheel::entry> entries(static_cast<std::size_t>(state.range(0)));
  std::size_t next = 0;
  auto deadline = start + std::chrono::seconds{25};
  for (auto _ : state) {
    wheel.arm(entries[next], deadline);
    deadline += std::chrono::microseconds{10};
    if (++next == entries.size()) next = 0;
  }
}
BENCHMARK(timer_arm_again)->Arg(1)->Arg(10'000);

// A second of the life of so many connections that each wait 25 seconds: those that are due are armed again.
void timer_second_of_heartbeats(State& state) {
  time_point now{std::chrono::hours{1}};
  timer_wheel wheel{now};
  std::deque<timer_wheel::entry> entries(static_cast<std::size_t>(state.range(0)));
  const std::chrono::seconds interval{25};
  for (std::size_t i = 0; i < entries.size(); ++i)
    wheel.arm(entries[i], now + interval * i / entries.size() + std::chrono::milliseconds{1});
  std::int64_t fired = 0;
  for (auto _ : state) {
    for (int tick = 0; tick < 20; ++tick) {
      now += wheel.tick();
      for (; auto* due = wheel.advance(now); ++fired) wheel.arm(*due, now + interval);
    }
  }
  state.SetItemsProcessed(fired);
}
BENCHMARK(timer_second_of_heartbeats)->Arg(100)->Arg(10'000);

}  // namespace
}  // namespace encke::micro
