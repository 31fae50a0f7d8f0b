// SPDX-License-Identifier: MIT
// Packets as WebSocket messages: every vector of packets.vec both ways, and cut at every byte.
#include "engineio/packet.hpp"

#include "codec_support.hpp"

namespace encke::engineio {
namespace {

struct packet_vector {
  revision rev;
  bool is_text;
  std::string wire;
};

std::vector<test::wire_vector> packet_vectors() {
  auto all = test::load_vectors("engineio");
  std::erase_if(all, [](const auto& v) { return !v.has("text") && !v.has("hex"); });
  return all;
}

packet_vector wire_of(const test::wire_vector& v) {
  const bool is_text = v.has("text");
  return {revision_of(v), is_text, is_text ? v.get("text") : test::unhex(v.get("hex"))};
}

result<packet, error> decode(const packet_vector& v, std::string_view wire, std::string& scratch) {
  return v.is_text ? decode_text(v.rev, wire, scratch) : decode_binary(v.rev, wire);
}

class packets : public codec {};

TEST_F(packets, decode_as_the_vectors_say) {
  for (const auto& v : packet_vectors()) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    std::string scratch = "left over", how;
    const auto wire = wire_of(v);
    const auto got = decode(wire, wire.wire, scratch);
    if (v.has("error")) {
      ASSERT_TRUE(got.has_error());
      EXPECT_EQ(to_string(got.error()), v.get("error"));
      continue;
    }
    ASSERT_TRUE(got.has_value()) << to_string(got.error());
    EXPECT_EQ(own(*got), read_packet(v.get("packet"), how));
  }
}

TEST_F(packets, encode_as_the_vectors_say) {
  for (const auto& v : packet_vectors()) {
    if (v.has("error") || v.has("one-way")) continue;
    SCOPED_TRACE(v.where + " " + v.get("name"));
    std::string how, out;
    const auto p = read_packet(v.get("packet"), how);
    if (how == "text") append_text_packet(out, p.type, p.data);
    if (how == "binary") append_binary_packet(out, revision_of(v), p.data);
    if (how == "base64") append_base64_packet(out, revision_of(v), p.data);
    EXPECT_EQ(out, wire_of(v).wire);
  }
}

TEST_F(packets, survive_being_cut_at_every_byte) {
  for (const auto& v : packet_vectors()) {
    SCOPED_TRACE(v.where);
    const auto wire = wire_of(v);
    for (std::size_t size = 0; size < wire.wire.size(); ++size) {
      std::string scratch;
      const std::string cut = wire.wire.substr(0, size);  // of its own, so that reading past the cut is seen
      const auto got = decode(wire, cut, scratch);
      if (got) {
        EXPECT_LE(got->data.size(), cut.size());
      }
    }
  }
}

TEST_F(packets, borrow_their_data_from_the_message) {
  std::string scratch;
  const std::string message = "4hello";
  EXPECT_EQ(decode_text(revision::v4, message, scratch)->data.data(), message.data() + 1);
  EXPECT_TRUE(scratch.empty());
}

TEST_F(packets, name_every_error) {
  for (int i = 0; i <= static_cast<int>(error::too_many_packets); ++i)
    EXPECT_NE(to_string(static_cast<error>(i)), "unknown error");
  const result<packet, error> failed = error::bad_base64;
  EXPECT_THROW((void)failed.value(), std::runtime_error);
}

}  // namespace
}  // namespace encke::engineio
