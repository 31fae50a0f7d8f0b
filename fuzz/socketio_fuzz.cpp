// SPDX-License-Identifier: MIT
// Fuzzes the Socket.IO decoder. The first byte chooses the dialect; each message that follows is a size (two bytes, the
// top bit says binary) and so many bytes. Checked besides the absence of crashes: an event or ack encoded again decodes
// to the same packet, nothing stays charged, and JSON is taken exactly when Boost.JSON takes it.
#include <algorithm>
#include <boost/json.hpp>
#include <cstdint>
#include <cstdio>
#include <cstdlib>
#include <encke/json_walk.hpp>
#include <encke/ledger.hpp>
#include <socketio/decoder.hpp>
#include <socketio/encoder.hpp>
#include <socketio/json_read.hpp>
#include <socketio/json_text.hpp>
#include <socketio/json_write.hpp>
#include <string>
#include <vector>

namespace {

using namespace encke::socketio;

constexpr limits small_limits{.attachments = 5, .attachment_bytes = 200, .depth = 20, .nsp = 100, .args = 50};

void require(bool condition, const char* what) {
  if (condition) return;
  std::fprintf(stderr, "not so: %s\n", what);
  std::abort();
}

// Adds up what it is told of.
struct sum final : encke::json_listener {
  void on_open(std::size_t at, bool) override { last = at; }
  void on_close(std::size_t end) override { last = end; }
  void on_name(std::string_view quoted) override { bytes += quoted.size(); }
  void on_scalar(std::string_view written) override { bytes += written.size(); }

  std::size_t last = 0, bytes = 0;
};

void compare_with_boost(std::string_view text) {
  const auto ours = check_json(text, 30);
  sum told;
  const auto stop = encke::walk_json(text, 30, told);
  require(ours.has_value() == !stop, "whoever walks over JSON and whoever checks it agree");
  require(told.last <= text.size() && told.bytes <= text.size(), "what is told is in the text");
  require(!stop || stop->at <= text.size(), "a mistake is in the text");
  if (!ours && ours.error() == error::too_deep) return;
  boost::json::parse_options options;
  options.max_depth = 30;
  boost::system::error_code failed;
  // Boost.JSON refuses lone surrogates.
  const std::string readable = (ours ? replace_lone_surrogates(*ours) : std::nullopt).value_or(std::string{text});
  const auto theirs = boost::json::parse(readable, failed, {}, options);
  // Exponents are of any size for us; Boost.JSON stops at those of an int.
  if (failed == boost::json::error::exponent_overflow) return;
  require(ours.has_value() == !failed, "the JSON is judged as Boost.JSON does");
  if (!ours || !theirs.is_string()) return;
  const std::string name = unescape(ours->substr(1, ours->size() - 2));
  require(name == std::string_view{theirs.get_string()}, "a string is read as Boost.JSON does");
  std::string written;
  append_string(written, name);
  require(check_json(written, 0).has_value(), "a string written is JSON");
  require(unescape(std::string_view{written}.substr(1, written.size() - 2)) == name, "a string reads back the same");
}

void compare_with_encoder(const packet& p, dialect d) {
  if (p.type != packet_type::event && p.type != packet_type::ack) return;
  if (p.type == packet_type::ack && (!p.id || p.json.empty())) return;
  std::string text;
  const std::string_view inner = p.json.substr(1, p.json.size() - 2);
  if (p.type == packet_type::event) append_event(text, p.nsp, p.id, inner, p.attachments.size());
  if (p.type == packet_type::ack) append_ack(text, p.nsp, *p.id, inner, p.attachments.size());

  decoder in{d, small_limits};
  auto again = in.feed_text(text);
  for (const std::string& attachment : p.attachments) again = in.feed_binary(attachment);
  require(again.has_value() && again->has_value(), "what was encoded is decoded");
  const packet& q = **again;
  require(q.type == p.type && q.nsp == p.nsp && q.id == p.id && q.json == p.json && q.event == p.event &&
              q.args == p.args && q.arg_count == p.arg_count &&
              std::equal(q.attachments.begin(), q.attachments.end(), p.attachments.begin(), p.attachments.end()),
          "a packet survives the round trip");
}

void check_packet(const packet& p, dialect d) {
  require(p.nsp.starts_with('/') && p.nsp.size() <= small_limits.nsp, "a namespace is a path");
  require(p.type != packet_type::binary_event && p.type != packet_type::binary_ack, "binary types stay inside");
  require(p.arg_count <= small_limits.args && (p.arg_count == 0) == p.args.empty(), "arguments are counted");
  if (!p.json.empty()) require(check_json(p.json, small_limits.depth).has_value(), "a payload is JSON");
  if (!p.args.empty())
    require(check_json("[" + std::string{p.args} + "]", small_limits.depth).has_value(), "arguments are JSON");
  compare_with_encoder(p, d);
}

void run(const std::uint8_t* data, std::size_t size) {
  const dialect d = data[0] % 2 == 0 ? dialect::v4 : dialect::v5;
  decoder in{d, small_limits};
  for (std::size_t at = 1; at + 2 <= size;) {
    const bool binary = (data[at] & 0x80) != 0;
    const std::size_t wanted = static_cast<std::size_t>(data[at] & 0x7F) * 256 + data[at + 1];
    at += 2;
    const std::size_t taken = std::min(wanted, size - at);
    // A copy of exactly that size, so that reading past its end is seen.
    const std::vector<char> copy(data + at, data + at + taken);
    const std::string_view message{copy.data(), copy.size()};
    at += taken;
    const auto answer = binary ? in.feed_binary(message) : in.feed_text(message);
    if (!answer) {
      require(!in.is_waiting(), "nothing is kept after an error");
      return;
    }
    if (*answer) check_packet(**answer, d);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto before = encke::ledger::snapshot();
  run(data, size);
  require(encke::ledger::snapshot().bytes() == before.bytes(), "nothing stays charged");
  compare_with_boost({reinterpret_cast<const char*>(data) + 1, size - 1});
  if (size > 3) compare_with_boost({reinterpret_cast<const char*>(data) + 3, size - 3});
  return 0;
}
