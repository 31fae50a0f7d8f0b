// SPDX-License-Identifier: MIT
// Fuzzes the WebSocket reader. Input: one byte of settings, one byte whose low half says how many piece sizes follow,
// the sizes, then bytes. The bytes are read as frames, whole and in pieces, which has to give the same; then they are
// written as one fragmented message with pings in between, compressed or not, read again and compared.
#include <cstdint>
#include <cstdlib>
#include <encke/ledger.hpp>
#include <vector>

#include "base/utf8.hpp"
#include "websocket/deflate.hpp"
#include "websocket/reader.hpp"

using namespace encke;

namespace {

void require(bool condition) {
  if (!condition) std::abort();
}

struct outcome {
  std::vector<std::pair<websocket::opcode, std::string>> messages;
  std::optional<websocket::error> error;
  bool operator==(const outcome&) const = default;
};

struct settings {
  websocket::limits limits;
  websocket::role role = websocket::role::server;
  websocket::compression compression = websocket::compression::none;
};

void check_message(const websocket::message& m, const settings& s) {
  if (websocket::is_control(m.kind)) {
    require(m.payload.size() <= websocket::max_control_payload);
  } else {
    require(m.payload.size() <= s.limits.message);
  }
  if (m.kind == websocket::opcode::text) require(utf8::is_valid(m.payload));
  if (m.kind == websocket::opcode::close && !m.payload.empty())
    require(m.payload.size() >= 2 && websocket::may_be_sent(websocket::code_in(m.payload)));
}

// Sizes are used one after another, again and again; without any, all is one piece.
outcome read(const settings& s, std::string_view wire, std::string_view sizes) {
  outcome got;
  websocket::reader r{s.limits, s.role, s.compression};
  std::size_t fed = 0;
  for (std::size_t turn = 0; fed < wire.size() && !got.error; ++turn) {
    const auto size = sizes.empty() ? wire.size() : static_cast<unsigned char>(sizes[turn % sizes.size()]) + 1U;
    const auto text = wire.substr(fed, size);
    std::vector<char> piece{text.begin(), text.end()};
    fed += piece.size();
    r.feed(piece);
    while (true) {
      const auto next = r.next();
      if (next.has_error()) got.error = next.error();
      if (next.has_error() || !*next) break;
      check_message(**next, s);
      got.messages.emplace_back((*next)->kind, (*next)->payload);
    }
    require(r.held() <= 512 + 2 * fed);
  }
  if (got.error) require(r.held() == 0 && r.next().error() == *got.error);
  return got;
}

std::string write_fragments(std::string_view payload, std::string_view sizes, websocket::opcode kind) {
  std::string wire;
  std::uint32_t key = 0x9e3779b9;
  auto fragment = kind;
  for (std::size_t turn = 0;; ++turn, key = key * 1664525 + 1013904223) {
    const auto size = sizes.empty() ? payload.size() : static_cast<unsigned char>(sizes[turn % sizes.size()]) + 1U;
    const bool fin = size >= payload.size();
    websocket::append_masked_frame(wire, fragment, payload.substr(0, size), key, fin);
    if (fin) return wire;
    websocket::append_masked_frame(wire, websocket::opcode::ping, payload.substr(0, 4), ~key);
    payload.remove_prefix(size);
    fragment = websocket::opcode::continuation;
  }
}

void check_round_trip(std::string_view payload, std::string_view sizes, websocket::opcode kind) {
  const settings s{{.message = payload.size(), .fragments = SIZE_MAX}};
  const auto got = read(s, write_fragments(payload, sizes, kind), sizes.substr(0, sizes.size() / 2));
  if (kind == websocket::opcode::text && !utf8::is_valid(payload)) {
    require(got.error == websocket::error::invalid_utf8);
    return;
  }
  require(!got.error && !got.messages.empty());
  require(got.messages.back() == std::pair{kind, std::string{payload}});
}

// The same compressed, which is read in one piece or in several.
void check_compressed(std::string_view payload, std::string_view sizes) {
  const auto packed = websocket::deflate(payload, {});
  if (!packed || packed->empty()) return;
  auto wire = write_fragments(*packed, sizes, websocket::opcode::binary);
  wire[0] = static_cast<char>(wire[0] | static_cast<int>(websocket::compressed_bit));
  settings s{.limits = {.message = payload.size(), .fragments = SIZE_MAX},
             .compression = websocket::compression::deflate};
  auto got = read(s, wire, sizes.substr(0, sizes.size() / 2));
  require(!got.error && got.messages.back() == std::pair{websocket::opcode::binary, std::string{payload}});
  s.limits.message = payload.size() - 1;
  require(read(s, wire, {}).error == websocket::error::message_too_big);
}

void run(std::string_view input) {
  if (input.size() < 2) return;
  const auto flags = static_cast<unsigned char>(input[0]);
  const auto count = std::min<std::size_t>(static_cast<unsigned char>(input[1]) & 0x0f, input.size() - 2);
  const auto sizes = input.substr(2, count), wire = input.substr(2 + count);
  settings s;
  s.role = (flags & 1) != 0 ? websocket::role::client : websocket::role::server;
  s.limits.message = (flags & 2) != 0 ? 40 : 1'000'000;
  s.limits.fragments = (flags & 4) != 0 ? 3 : 1024;

  if ((flags & 16) != 0) s.compression = websocket::compression::deflate;

  const auto whole = read(s, wire, {});
  require(whole == read(s, wire, sizes));
  require(whole == read(s, wire, std::string_view{"\0", 1}));
  check_round_trip(wire, sizes, (flags & 8) != 0 ? websocket::opcode::binary : websocket::opcode::text);
  check_compressed(wire, sizes);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const auto before = ledger::snapshot();
  run({reinterpret_cast<const char*>(data), size});
  const auto after = ledger::snapshot();
  require(after.bytes() == before.bytes() && after.objects() == before.objects());
  return 0;
}
