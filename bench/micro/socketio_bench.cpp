// SPDX-License-Identifier: MIT
// Socket.IO: packets in and out, and the scan of JSON that most of the time of a packet goes into.
#include <benchmark/benchmark.h>

#include <socketio/decoder.hpp>
#include <socketio/encoder.hpp>
#include <socketio/json_text.hpp>
#include <socketio/json_write.hpp>

#include "samples.hpp"

namespace encke::micro {
namespace {

using benchmark::State;
using socketio::dialect;

void decode(State& state, std::string_view packet) {
  const socketio::limits limits;
  socketio::decoder decoder{dialect::v5, limits};
  for (auto _ : state) {
    auto got = decoder.feed_text(packet);
    benchmark::DoNotOptimize(got);
  }
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(packet.size()));
}
void socketio_decode_chat(State& state) {
  decode(state, std::string_view{chat_event}.substr(1));
}
BENCHMARK(socketio_decode_chat);
void socketio_decode_ack_wanted(State& state) {
  decode(state, R"(2/admin,13["echo-ack",1])");
}
BENCHMARK(socketio_decode_ack_wanted);
void socketio_decode_records(State& state) {
  decode(state, "2" + records(static_cast<std::size_t>(state.range(0))));
}
BENCHMARK(socketio_decode_records)->Arg(1000)->Arg(65'536);

// A packet that has to be kept until its attachment comes.
void socketio_decode_attachment(State& state) {
  const socketio::limits limits;
  socketio::decoder decoder{dialect::v5, limits};
  const auto attachment = ascii(1000);
  for (auto _ : state) {
    benchmark::DoNotOptimize(decoder.feed_text(R"(51-["upload",{"_placeholder":true,"num":0}])"));
    auto got = decoder.feed_binary(attachment);
    benchmark::DoNotOptimize(got);
  }
}
BENCHMARK(socketio_decode_attachment);

template <class Append>
void encode(State& state, Append append) {
  std::string out;
  for (auto _ : state) {
    out.clear();
    append(out);
    benchmark::DoNotOptimize(out.data());
  }
}
void socketio_encode_event(State& state) {
  encode(state, [](std::string& out) {
    socketio::append_event(out, "/", std::nullopt, R"("message",{"text":"Are you coming tonight?"})");
  });
}
BENCHMARK(socketio_encode_event);
void socketio_encode_ack(State& state) {
  encode(state, [](std::string& out) { socketio::append_ack(out, "/admin", 13, R"({"ok":true})"); });
}
BENCHMARK(socketio_encode_ack);

void json_check(State& state) {
  const auto text = records(static_cast<std::size_t>(state.range(0)));
  for (auto _ : state) benchmark::DoNotOptimize(socketio::check_json_array(text, 64));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
BENCHMARK(json_check)->Arg(100)->Arg(1000)->Arg(65'536);

void check_string(State& state, const std::string& inside) {
  const auto text = "[\"" + inside + "\"]";
  for (auto _ : state) benchmark::DoNotOptimize(socketio::check_json_array(text, 64));
  state.SetBytesProcessed(state.iterations() * static_cast<std::int64_t>(text.size()));
}
void json_check_ascii_string(State& state) {
  check_string(state, ascii(4096));
}
BENCHMARK(json_check_ascii_string);
void json_check_mixed_string(State& state) {
  check_string(state, mixed(4096));
}
BENCHMARK(json_check_mixed_string);

void json_write_string(State& state) {
  const auto text = ascii(static_cast<std::size_t>(state.range(0)));
  encode(state, [&](std::string& out) { socketio::append_string(out, text); });
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(json_write_string)->Arg(20)->Arg(4096);

}  // namespace
}  // namespace encke::micro
