// SPDX-License-Identifier: MIT
// Fuzzes the MessagePack parser. Checked besides the absence of crashes: the data of a packet are JSON and its size is
// bounded by that of the message; a packet encoded and decoded again is the same; and whatever text can be encoded is
// decoded again.
#ifdef ENCKE_HAS_MESSAGEPACK
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <messagepack/decode.hpp>
#include <messagepack/encode.hpp>
#include <socketio/json_read.hpp>
#include <socketio/json_text.hpp>
#include <stdexcept>
#include <string>
#include <vector>

namespace {

using namespace encke;

constexpr packet_limits small_limits{.attachments = 5, .attachment_bytes = 200, .depth = 20};
constexpr packet_limits large_limits{.attachments = 5, .attachment_bytes = 2000, .depth = 512};

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

bool is_list(const packet& p) {
  return p.type == packet::kind::event || p.type == packet::kind::ack;
}

void check_round_trip(const packet& p, const packet_limits& limits) {
  const auto bytes = messagepack::encode(p);
  const auto again = messagepack::decode(bytes, limits);
  require(again.has_value(), "what was encoded is decoded");
  require(again->type == p.type && again->nsp == p.nsp && again->id == p.id, "the head survives the round trip");
  if (p.attachments.empty()) require(again->data == p.data, "the data survive the round trip");
}

void decode(std::string_view message) {
  const auto read = messagepack::decode(message, small_limits);
  if (!read) return;
  require(read->attachments.size() <= small_limits.attachments, "attachments are limited");
  require(read->data.size() <= message.size() * 6 + 200, "text is bounded by the message");
  const auto text = is_list(*read) ? "[" + read->data + "]" : read->data;
  if (!text.empty()) require(socketio::check_json(text, small_limits.depth).has_value(), "the data are JSON");
  require(read->attachments.empty() || !text.empty(), "attachments belong to data");
  check_round_trip(*read, large_limits);
}

void encode(std::string_view text) {
  const packet p{packet::kind::event, "/", 7, std::string{text}, {"a", "bc"}};
  std::string made;
  try {
    made = messagepack::encode(p);
  } catch (const std::invalid_argument&) {
    return;
  }
  const auto read = messagepack::decode(made, {.attachments = 1000, .attachment_bytes = 100'000, .depth = 512});
  require(read.has_value(), "what was encoded is decoded");
  require(socketio::check_json("[" + read->data + "]", 512).has_value(), "encoded text is JSON again");
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<char> copy(data + 1, data + size);  // of exactly that size, so that reading past its end is seen
  const std::string_view input{copy.data(), copy.size()};
  data[0] % 2 == 0 ? decode(input) : encode(input);
  return 0;
}
#else
#include <cstddef>
#include <cstdint>
extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t*, std::size_t) {
  return 0;
}
#endif
