// SPDX-License-Identifier: MIT
// The golden vectors of tests/vectors/socketio: whole, disturbed between any two messages, cut at every byte, and back
// through the encoder.
#include <gtest/gtest.h>

#include <socketio/encoder.hpp>
#include <unit/socketio/wire.hpp>

namespace encke::socketio::test {
namespace {

using encke::test::wire_vector;

constexpr limits defaults;

/// Calls `check(vector, messages, dialect)` for all vectors.
template <class Check>
void for_each_vector(Check check) {
  for (const wire_vector& vector : encke::test::load_vectors("socketio")) {
    for (const dialect d : dialects_of(vector)) {
      SCOPED_TRACE(vector.where + " " + vector.get("name") + (d == dialect::v4 ? " (v4)" : " (v5)"));
      const std::int64_t before = bytes_held();
      check(vector, messages_of(vector), d);
      EXPECT_EQ(bytes_held(), before);
    }
  }
}

void expect_field(const wire_vector& vector, std::string_view key, std::string_view value) {
  if (vector.has(key)) {
    // JSON keeps its own escapes: only those of the `escaped` kind of vector are undone.
    const std::string wanted = vector.get(key);
    const bool is_raw = key == "json" && vector.get("wire").starts_with("text");
    EXPECT_EQ(is_raw ? wanted : encke::test::unescape(wanted), value) << key;
  }
}

void expect_packet(const wire_vector& vector, const packet& p) {
  std::string wanted = vector.get("packet");
  if (const auto root = wanted.find(" nsp=/"); root != wanted.npos && (wanted + " ").substr(root, 7) == " nsp=/ ")
    wanted.erase(root, 6);
  EXPECT_EQ(line_of(p), wanted);
  expect_field(vector, "query", p.nsp_query);
  expect_field(vector, "json", p.json);
  expect_field(vector, "event", p.event);
  expect_field(vector, "args", p.args);
}

std::string encode(const packet& p) {
  std::string out;
  switch (p.type) {
    case packet_type::connect: append_connect(out, dialect::v4, p.nsp, {}); break;
    case packet_type::disconnect: append_disconnect(out, p.nsp); break;
    case packet_type::connect_error: append_connect_error(out, dialect::v4, p.nsp, {}, p.json); break;
    case packet_type::event:
      append_event(out, p.nsp, p.id, p.json.substr(1, p.json.size() - 2), p.attachments.size());
      break;
    case packet_type::ack: append_ack(out, p.nsp, p.id.value(), p.args, p.attachments.size()); break;
    case packet_type::binary_event:
    case packet_type::binary_ack: ADD_FAILURE() << "the decoder gives no binary types";
  }
  if (p.type == packet_type::connect) out += p.json;  // what a client says: a server never encodes it
  return out;
}

TEST(vectors, decode_whole) {
  for_each_vector([](const wire_vector& vector, const std::vector<message>& messages, dialect d) {
    decoder in{d, defaults};
    for (std::size_t i = 0; i + 1 < messages.size(); ++i) {
      const answer early = feed(in, messages[i]);
      ASSERT_TRUE(early) << to_string(early.error());
      if (!vector.has("packets")) {
        EXPECT_FALSE(early->has_value());
        EXPECT_TRUE(in.is_waiting());
      }
    }
    const answer last = feed(in, messages.back());
    EXPECT_FALSE(in.is_waiting());
    if (vector.has("error")) {
      ASSERT_TRUE(last.has_error());
      EXPECT_EQ(to_string(last.error()), vector.get("error"));
      return;
    }
    ASSERT_TRUE(last) << to_string(last.error());
    if (vector.has("nothing")) {
      EXPECT_FALSE(last->has_value());
      return;
    }
    ASSERT_TRUE(last->has_value());
    expect_packet(vector, **last);
    for (std::size_t i = 0; i < (*last)->attachments.size(); ++i)
      EXPECT_EQ((*last)->attachments[i], messages[i + 1].bytes);
  });
}

TEST(vectors, encode_to_the_bytes_they_came_from) {
  for_each_vector([](const wire_vector& vector, const std::vector<message>& messages, dialect d) {
    if (!vector.has("packet") || vector.get("encodes") == "no") return;
    decoder in{d, defaults};
    answer last = std::optional<packet>{};
    for (const message& m : messages) last = feed(in, m);
    ASSERT_TRUE(last && *last);
    EXPECT_EQ(encode(**last), messages.front().bytes);
  });
}

TEST(vectors, a_text_between_attachments_is_an_error_and_frees_everything) {
  for_each_vector([](const wire_vector& vector, const std::vector<message>& messages, dialect d) {
    if (!vector.has("packet")) return;
    for (std::size_t stop = 1; stop < messages.size(); ++stop) {
      const std::int64_t before = bytes_held();
      decoder in{d, defaults};
      for (std::size_t i = 0; i < stop; ++i) ASSERT_TRUE(feed(in, messages[i]));
      EXPECT_GT(bytes_held(), before);
      EXPECT_EQ(in.feed_text("2[\"x\"]").error(), error::unexpected_text);
      EXPECT_FALSE(in.is_waiting());
      EXPECT_EQ(bytes_held(), before);
    }
  });
}

TEST(vectors, an_attachment_before_or_behind_is_an_error) {
  for_each_vector([](const wire_vector& vector, const std::vector<message>& messages, dialect d) {
    if (!vector.has("packet")) return;
    decoder in{d, defaults};
    EXPECT_EQ(in.feed_binary("x").error(), error::unexpected_binary);
    for (const message& m : messages) ASSERT_TRUE(feed(in, m));
    EXPECT_EQ(in.feed_binary("x").error(), error::unexpected_binary);
  });
}

TEST(vectors, cut_between_messages_give_no_packet_and_leave_nothing) {
  for_each_vector([](const wire_vector& vector, const std::vector<message>& messages, dialect d) {
    if (vector.has("packets")) return;
    for (std::size_t stop = 0; stop < messages.size(); ++stop) {
      const std::int64_t before = bytes_held();
      {
        decoder in{d, defaults};
        for (std::size_t i = 0; i < stop; ++i) {
          const answer a = feed(in, messages[i]);
          EXPECT_TRUE(a && !*a);
        }
      }
      EXPECT_EQ(bytes_held(), before);
    }
  });
}

TEST(vectors, cut_at_every_byte_never_give_an_array_that_was_not_complete) {
  for_each_vector([](const wire_vector& vector, const std::vector<message>& messages, dialect d) {
    const message& first = messages.front();
    if (!first.is_text) return;
    for (std::size_t size = 0; size < first.bytes.size(); ++size) {
      // On the heap and exactly as long: reading past the end is seen by the sanitizers.
      const std::vector<char> cut(first.bytes.begin(), first.bytes.begin() + static_cast<std::ptrdiff_t>(size));
      decoder in{d, defaults};
      answer a = in.feed_text({cut.data(), cut.size()});
      while (in.is_waiting()) a = in.feed_binary("x");
      // What may stand before the payload is a packet by itself only where the payload may be missing.
      const bool is_whole = size > first.bytes.rfind(']') && first.bytes.rfind(']') != first.bytes.npos;
      if (!vector.has("packet") || is_whole || !a || !*a) continue;
      EXPECT_NE((*a)->type, packet_type::event) << size;
      EXPECT_EQ((*a)->json, "") << size;
    }
  });
}

}  // namespace
}  // namespace encke::socketio::test
