// SPDX-License-Identifier: MIT
// Engine.IO: packets of a WebSocket, bodies of polling requests, base64.
#include <benchmark/benchmark.h>

#include <engineio/packet.hpp>
#include <engineio/payload.hpp>

#include "samples.hpp"

namespace encke::micro {
namespace {

using benchmark::State;
using engineio::packet_type;
using engineio::payload_form;
using engineio::revision;

void engineio_decode_text(State& state) {
  std::string scratch;
  for (auto _ : state) benchmark::DoNotOptimize(engineio::decode_text(revision::v4, chat_event, scratch));
}
BENCHMARK(engineio_decode_text);

void engineio_decode_base64(State& state) {
  std::string wire, scratch;
  engineio::append_base64_packet(wire, revision::v4, ascii(static_cast<std::size_t>(state.range(0))));
  for (auto _ : state) benchmark::DoNotOptimize(engineio::decode_text(revision::v4, wire, scratch));
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(engineio_decode_base64)->Arg(100)->Arg(65'536);

void engineio_append_base64(State& state) {
  const auto data = ascii(static_cast<std::size_t>(state.range(0)));
  std::string out;
  for (auto _ : state) {
    out.clear();
    engineio::append_base64_packet(out, revision::v4, data);
    benchmark::DoNotOptimize(out.data());
  }
  state.SetBytesProcessed(state.iterations() * state.range(0));
}
BENCHMARK(engineio_append_base64)->Arg(100)->Arg(65'536);

constexpr int packets_in_body = 16;

void add_packets(std::string& body, revision spoken) {
  engineio::payload_encoder into{spoken, payload_form::text, body};
  for (int i = 0; i < packets_in_body; ++i) into.add_text_raw(chat_event);
}

void engineio_decode_payload(State& state) {
  const auto spoken = static_cast<revision>(state.range(0));
  std::string body;
  add_packets(body, spoken);
  for (auto _ : state) {
    engineio::payload_decoder from{spoken, payload_form::text, body};
    while (const auto got = from.next().value()) benchmark::DoNotOptimize(got->data.data());
  }
  state.SetItemsProcessed(state.iterations() * packets_in_body);
}
BENCHMARK(engineio_decode_payload)->ArgName("revision")->Arg(4)->Arg(3);

void engineio_encode_payload(State& state) {
  const auto spoken = static_cast<revision>(state.range(0));
  std::string body;
  for (auto _ : state) {
    body.clear();
    add_packets(body, spoken);
    benchmark::DoNotOptimize(body.data());
  }
  state.SetItemsProcessed(state.iterations() * packets_in_body);
}
BENCHMARK(engineio_encode_payload)->ArgName("revision")->Arg(4)->Arg(3);

}  // namespace
}  // namespace encke::micro
