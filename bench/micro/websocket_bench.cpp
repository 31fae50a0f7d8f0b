// SPDX-License-Identifier: MIT
// WebSocket: masking, and reading frames as they come out of one `recv`.
#include <benchmark/benchmark.h>

#include <websocket/frame.hpp>
#include <websocket/reader.hpp>

#include "samples.hpp"

namespace encke::micro {
namespace {

using benchmark::State;

void websocket_mask(State& state) {
  auto data = ascii(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) {
    websocket::apply_mask(data, {1, 2, 3, 4}, 0);
    benchmark::DoNotOptimize(data.data());
    benchmark::ClobberMemory();
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(websocket_mask)->Arg(16)->Arg(125)->Arg(4096)->Arg(65'536);

// Masked with zero, so that reading in place leaves the bytes as they were.
std::string frames(std::size_t count, std::string_view payload) {
  std::string bytes;
  for (std::size_t i = 0; i < count; ++i) websocket::append_masked_frame(bytes, websocket::opcode::text, payload, 0);
  return bytes;
}

void read_all(State& state, std::string bytes, std::size_t piece, std::int64_t messages) {
  websocket::reader reader{websocket::limits{}};
  for (auto _ : state) {
    for (std::size_t at = 0; at < bytes.size(); at += piece) {
      reader.feed({bytes.data() + at, std::min(piece, bytes.size() - at)});
      while (const auto got = reader.next().value()) benchmark::DoNotOptimize(got->payload.data());
    }
  }
  state.SetItemsProcessed(state.iterations() * messages);
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(bytes.size()));
}

void websocket_read_one(State& state) {
  read_all(state, frames(1, ascii(static_cast<std::size_t>(state.range(0)))), 1 << 20, 1);
}
BENCHMARK(websocket_read_one)->Arg(16)->Arg(125)->Arg(4096)->Arg(65'536);

void websocket_read_burst_of_chat(State& state) {
  read_all(state, frames(64, chat_event), 1 << 20, 64);
}
BENCHMARK(websocket_read_burst_of_chat);

// Frames that are cut somewhere: each piece of 1000 bytes ends inside of one.
void websocket_read_cut_frames(State& state) {
  read_all(state, frames(64, chat_event), 1000, 64);
}
BENCHMARK(websocket_read_cut_frames);

void websocket_write_header(State& state) {
  char out[websocket::max_header_size];
  for (auto _ : state) {
    benchmark::DoNotOptimize(
        websocket::write_header(out, websocket::opcode::text, static_cast<std::size_t>(state.range(0))));
    benchmark::ClobberMemory();
  }
}
BENCHMARK(websocket_write_header)->Arg(100)->Arg(4096);

}  // namespace
}  // namespace encke::micro
