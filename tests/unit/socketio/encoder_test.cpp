// SPDX-License-Identifier: MIT
#include <gtest/gtest.h>

#include <socketio/decoder.hpp>
#include <socketio/encoder.hpp>

namespace encke::socketio {
namespace {

template <class Append>
std::string made_by(Append append) {
  std::string out = "4";  // the encoder appends
  append(out);
  return out;
}

TEST(encoder, accepts_a_connect_in_both_dialects) {
  EXPECT_EQ(made_by([](auto& out) { append_connect(out, dialect::v5, "/", "wZX3oN0bSVIhsaknAAAI"); }),
            R"(40{"sid":"wZX3oN0bSVIhsaknAAAI"})");
  EXPECT_EQ(made_by([](auto& out) { append_connect(out, dialect::v5, "/admin", "a", "b"); }),
            R"(40/admin,{"sid":"a","pid":"b"})");
  EXPECT_EQ(made_by([](auto& out) { append_connect(out, dialect::v4, "/", "a", "b"); }), "40");
  EXPECT_EQ(made_by([](auto& out) { append_connect(out, dialect::v4, "/admin", "a"); }), "40/admin,");
}

TEST(encoder, refuses_a_connect_in_both_dialects) {
  EXPECT_EQ(made_by([](auto& out) { append_connect_error(out, dialect::v5, "/", "Not authorized"); }),
            R"(44{"message":"Not authorized"})");
  EXPECT_EQ(made_by([](auto& out) { append_connect_error(out, dialect::v5, "/admin", "no", R"({"code":1})"); }),
            R"(44/admin,{"message":"no","data":{"code":1}})");
  EXPECT_EQ(made_by([](auto& out) { append_connect_error(out, dialect::v5, "/nope?a=b", "Invalid namespace"); }),
            R"(44/nope?a=b,{"message":"Invalid namespace"})");
  EXPECT_EQ(made_by([](auto& out) { append_connect_error(out, dialect::v4, "/admin", "not \"authorized\""); }),
            R"(44/admin,"not \"authorized\"")");
  EXPECT_EQ(made_by([](auto& out) { append_connect_error(out, dialect::v4, "/admin", "no", R"({"code":1})"); }),
            R"(44/admin,{"code":1})");
}

TEST(encoder, writes_events) {
  EXPECT_EQ(made_by([](auto& out) { append_event(out, "/", std::nullopt, R"("foo")"); }), R"(42["foo"])");
  EXPECT_EQ(made_by([](auto& out) { append_event(out, "/admin", 12, R"("foo",{"a":1})"); }),
            R"(42/admin,12["foo",{"a":1}])");
  EXPECT_EQ(
      made_by([](auto& out) { append_event(out, "/", std::nullopt, R"("baz",{"_placeholder":true,"num":0})", 1); }),
      R"(451-["baz",{"_placeholder":true,"num":0}])");
  EXPECT_EQ(made_by([](auto& out) { append_event(out, "/a", 0, R"("b")", 10); }), R"(4510-/a,0["b"])");
}

TEST(encoder, writes_acks) {
  EXPECT_EQ(made_by([](auto& out) { append_ack(out, "/", 12, ""); }), "4312[]");
  EXPECT_EQ(made_by([](auto& out) { append_ack(out, "/admin", 13, R"("bar")"); }), R"(43/admin,13["bar"])");
  EXPECT_EQ(made_by([](auto& out) { append_ack(out, "/", 15, R"("bar",{"_placeholder":true,"num":0})", 1); }),
            R"(461-15["bar",{"_placeholder":true,"num":0}])");
}

TEST(encoder, writes_disconnects) {
  EXPECT_EQ(made_by([](auto& out) { append_disconnect(out, "/"); }), "41");
  EXPECT_EQ(made_by([](auto& out) { append_disconnect(out, "/admin"); }), "41/admin,");
}

TEST(encoder, is_understood_by_the_decoder) {
  const limits l;
  for (const dialect d : {dialect::v4, dialect::v5}) {
    decoder in{d, l};
    std::string text;
    append_connect(text, d, "/chat", "sid");
    const auto connect = in.feed_text(text);
    ASSERT_TRUE(connect && *connect);
    EXPECT_EQ((*connect)->nsp, "/chat");
    EXPECT_EQ((*connect)->json, d == dialect::v4 ? "" : R"({"sid":"sid"})");

    text.clear();
    append_connect_error(text, d, "/chat", "\x01\xff");
    const auto refused = in.feed_text(text);
    ASSERT_TRUE(refused && *refused);
    EXPECT_EQ((*refused)->type, packet_type::connect_error);
  }
}

}  // namespace
}  // namespace encke::socketio
