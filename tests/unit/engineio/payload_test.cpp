// SPDX-License-Identifier: MIT
// Polling bodies: payloads.vec both ways and cut at every byte; jsonp.vec; limits and the control answers.
#include "engineio/payload.hpp"

#include "base/utf8.hpp"
#include "codec_support.hpp"

namespace encke::engineio {
namespace {

std::vector<test::wire_vector> vectors_with(std::string_view key, std::string_view other = {}) {
  auto all = test::load_vectors("engineio");
  std::erase_if(all, [&](const auto& v) { return !(v.has("rev") && (v.has(key) || v.has(other))); });
  return all;
}

std::string body_of(const test::wire_vector& v) {
  return v.has("body") ? test::unescape(v.get("body")) : test::unhex(v.get("body-hex"));
}
payload_form form_of(const test::wire_vector& v) {
  return v.get("form") == "binary" ? payload_form::binary : payload_form::text;
}
std::vector<owned_packet> packets_of(const test::wire_vector& v) {
  std::vector<owned_packet> packets;
  std::string how;
  for (const auto& text : v.all("packet")) packets.push_back(read_packet(text, how));
  return packets;
}

class payloads : public codec {};

TEST_F(payloads, decode_as_the_vectors_say) {
  for (const auto& v : vectors_with("body", "body-hex")) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    const auto got = decode_payload(revision_of(v), form_of(v), body_of(v));
    EXPECT_EQ(got.packets, packets_of(v));
    EXPECT_EQ(got.error, v.get("error"));
  }
}

TEST_F(payloads, encode_as_the_vectors_say) {
  for (const auto& v : vectors_with("body", "body-hex")) {
    if (v.has("error") || v.has("one-way")) continue;
    SCOPED_TRACE(v.where + " " + v.get("name"));
    std::string typed, raw;
    payload_encoder with_type{revision_of(v), form_of(v), typed}, with_raw{revision_of(v), form_of(v), raw};
    for (const auto& p : packets_of(v)) {
      if (p.binary) {
        with_type.add_binary(p.data);
        with_raw.add_binary(p.data);
        continue;
      }
      with_type.add_text(p.type, p.data);
      with_raw.add_text_raw(static_cast<char>('0' + static_cast<int>(p.type)) + p.data);
    }
    EXPECT_EQ(typed, body_of(v));
    EXPECT_EQ(raw, body_of(v));
  }
}

TEST_F(payloads, give_only_whole_packets_when_cut_at_any_byte) {
  for (const auto& v : vectors_with("body", "body-hex")) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    const auto body = body_of(v);
    const auto whole = packets_of(v);
    for (std::size_t size = 0; size < body.size(); ++size) {
      const std::string cut = body.substr(0, size);
      auto got = decode_payload(revision_of(v), form_of(v), cut).packets;
      // Half a character is U+FFFD, which may be what the length asks for.
      if (form_of(v) == payload_form::text && !utf8::is_valid(cut)) continue;
      // In v4 the end of the body ends a packet, so the last one may be a part of what it was.
      if (revision_of(v) == revision::v4 && !got.empty()) got.pop_back();
      ASSERT_LE(got.size(), whole.size()) << size;
      EXPECT_TRUE(std::equal(got.begin(), got.end(), whole.begin())) << size;
    }
  }
}

TEST_F(payloads, have_at_most_as_many_packets_as_the_limit_allows) {
  const payload_limits two{.packets = 2};
  EXPECT_EQ(decode_payload(revision::v4, payload_form::text,
                           "6\x1e"
                           "6",
                           two)
                .error,
            "");
  const auto more = decode_payload(revision::v4, payload_form::text,
                                   "6\x1e"
                                   "6\x1e"
                                   "6",
                                   two);
  EXPECT_EQ(more.packets.size(), 2U);
  EXPECT_EQ(more.error, "too many packets");
  EXPECT_EQ(decode_payload(revision::v3, payload_form::text, "1:61:61:6", two).error, "too many packets");
}

TEST_F(payloads, are_text_in_v4_whatever_form_is_asked_for) {
  EXPECT_EQ(decode_payload(revision::v4, payload_form::binary, "4a").packets.size(), 1U);
  EXPECT_EQ(form_of_answer(revision::v4, false, true), payload_form::text);
}

TEST_F(payloads, of_v3_are_binary_only_for_clients_that_take_it_and_when_there_is_something_binary) {
  EXPECT_EQ(form_of_answer(revision::v3, false, true), payload_form::binary);
  EXPECT_EQ(form_of_answer(revision::v3, false, false), payload_form::text);
  EXPECT_EQ(form_of_answer(revision::v3, true, true), payload_form::text);
}

TEST_F(payloads, carry_control_answers) {
  EXPECT_EQ(control_payload(revision::v4, poll_answer::noop), "6");
  EXPECT_EQ(control_payload(revision::v4, poll_answer::close), "1");
  EXPECT_EQ(control_payload(revision::v4, poll_answer::noop_close),
            "6\x1e"
            "1");
  EXPECT_EQ(control_payload(revision::v3, poll_answer::noop), "1:6");
  EXPECT_EQ(control_payload(revision::v3, poll_answer::close), "1:1");
  EXPECT_EQ(control_payload(revision::v3, poll_answer::noop_close), "1:61:1");
}

std::vector<test::wire_vector> jsonp_vectors(std::string_view key) {
  auto all = test::load_vectors("engineio");
  std::erase_if(all, [&](const auto& v) { return !v.has(key) || v.has("rev"); });
  return all;
}

TEST_F(payloads, are_wrapped_for_jsonp) {
  for (const auto& v : jsonp_vectors("script"))
    EXPECT_EQ(jsonp_wrap(v.get("j"), test::unescape(v.get("payload"))), test::unescape(v.get("script"))) << v.where;
}

TEST_F(payloads, are_taken_out_of_jsonp_forms) {
  for (const auto& v : jsonp_vectors("form")) {
    SCOPED_TRACE(v.where + " " + v.get("name"));
    const auto payload = jsonp_unwrap(v.get("form"));
    EXPECT_EQ(payload.has_value(), !v.has("none"));
    EXPECT_EQ(payload.value_or(""), test::unescape(v.get("payload")));
  }
}

}  // namespace
}  // namespace encke::engineio
