// SPDX-License-Identifier: MIT
// What the codec tests share: packets that own their data, and the notation of the vectors:
// `<type> text|base64|binary <data>`, binary data in hex.
#pragma once

#include <gtest/gtest.h>

#include <array>
#include <ostream>
#include <string>
#include <vector>

#include "encke/ledger.hpp"
#include "engineio/payload.hpp"
#include "support/vectors.hpp"

namespace encke::engineio {

struct owned_packet {
  packet_type type = packet_type::message;
  bool binary = false;
  std::string data;

  friend bool operator==(const owned_packet&, const owned_packet&) = default;
  friend std::ostream& operator<<(std::ostream& out, const owned_packet& p) {
    return out << static_cast<int>(p.type) << (p.binary ? " binary " : " text ") << p.data;
  }
};

inline owned_packet own(const packet& p) {
  return {p.type, p.binary, std::string{p.data}};
}

inline revision revision_of(const test::wire_vector& v) {
  return v.get("rev") == "3" ? revision::v3 : revision::v4;
}

/// Reads "message binary 01 02". The second word is given back in `how`.
inline owned_packet read_packet(const std::string& text, std::string& how) {
  static constexpr std::array<std::string_view, 7> names{"open", "close", "ping", "pong", "message", "upgrade", "noop"};
  const auto first = text.find(' ');
  const auto second = text.find(' ', first + 1);
  owned_packet p;
  for (std::size_t i = 0; i < names.size(); ++i)
    if (text.substr(0, first) == names[i]) p.type = static_cast<packet_type>(i);
  how = text.substr(first + 1, second == std::string::npos ? second : second - first - 1);
  const auto data = second == std::string::npos ? std::string{} : text.substr(second + 1);
  p.binary = how == "binary" || how == "base64";
  p.data = p.binary ? test::unhex(data) : data;
  return p;
}

struct decoded {
  std::vector<owned_packet> packets;
  std::string error;
};

inline decoded decode_payload(revision rev, payload_form form, std::string_view body, payload_limits limits = {}) {
  decoded all;
  payload_decoder decoder{rev, form, body, limits};
  for (;;) {
    const auto next = decoder.next();
    if (!next) {
      all.error = to_string(next.error());
      EXPECT_TRUE(decoder.next().has_error()) << "an error is final";
      return all;
    }
    if (!*next) return all;
    all.packets.push_back(own(**next));
  }
}

/// The ledger after the test is as before.
class codec : public testing::Test {
 protected:
  void TearDown() override { EXPECT_EQ(ledger::snapshot().bytes(), before_); }

 private:
  std::int64_t before_ = ledger::snapshot().bytes();
};

}  // namespace encke::engineio
