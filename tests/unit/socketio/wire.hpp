// SPDX-License-Identifier: MIT
// What the Socket.IO tests share: a vector read into messages, and packets written back as a vector line.
#pragma once

#include <cstdint>
#include <encke/ledger.hpp>
#include <optional>
#include <socketio/decoder.hpp>
#include <stdexcept>
#include <string>
#include <string_view>
#include <support/vectors.hpp>
#include <vector>

namespace encke::socketio::test {

using answer = result<std::optional<packet>, error>;

struct message {
  std::string bytes;
  bool is_text;
};

inline std::vector<message> messages_of(const encke::test::wire_vector& vector) {
  std::vector<message> messages;
  for (const std::string& wire : vector.all("wire")) {
    const auto space = wire.find(' ');
    const std::string how = wire.substr(0, space);
    const std::string what = space == wire.npos ? "" : wire.substr(space + 1);
    if (how == "text")
      messages.push_back({what, true});
    else if (how == "escaped")
      messages.push_back({encke::test::unescape(what), true});
    else if (how == "hex")
      messages.push_back({encke::test::unhex(what), false});
    else
      throw std::runtime_error{vector.where + ": what is " + how};
  }
  return messages;
}

inline std::vector<dialect> dialects_of(const encke::test::wire_vector& vector) {
  const std::string name = vector.get("dialect");
  if (name.empty()) return {dialect::v4, dialect::v5};
  return {name == "v4" ? dialect::v4 : dialect::v5};
}

inline answer feed(decoder& d, const message& m) {
  return m.is_text ? d.feed_text(m.bytes) : d.feed_binary(m.bytes);
}

/// The `packet:` line of a vector, with all that is not default.
inline std::string line_of(const packet& p) {
  std::string line{to_string(p.type)};
  if (p.nsp != "/") line += " nsp=" + std::string{p.nsp};
  if (p.id) line += " id=" + std::to_string(*p.id);
  if (!p.attachments.empty()) line += " attachments=" + std::to_string(p.attachments.size());
  const bool has_args = p.type == packet_type::event || p.type == packet_type::ack;
  if (has_args) line += " count=" + std::to_string(p.arg_count);
  return line;
}

inline std::int64_t bytes_held() {
  return ledger::snapshot().bytes();
}

}  // namespace encke::socketio::test
