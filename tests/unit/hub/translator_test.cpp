// SPDX-License-Identifier: MIT
// Packets of a parser as the built-in protocol has them, and frames from what a parser encodes.
#include <gtest/gtest.h>
#include <hub/translator.hpp>

namespace encke::hub {
namespace {

using kind = packet::kind;

TEST(translator, writes_packets_as_the_built_in_protocol_does) {
  EXPECT_EQ(built_in_text({kind::connect, "/", {}, R"({"a":1})", {}}), R"(0/,{"a":1})");
  EXPECT_EQ(built_in_text({kind::disconnect, "/a", {}, "", {}}), "1/a,");
  EXPECT_EQ(built_in_text({kind::event, "/a", 7, R"("x",1)", {}}), R"(2/a,7["x",1])");
  EXPECT_EQ(built_in_text({kind::ack, "/", 0, "", {}}), "3/,0[]");
  EXPECT_EQ(built_in_text({kind::event, "/", {}, R"("x")", {"a", "b"}}), R"(52-/,["x"])");
  EXPECT_EQ(built_in_text({kind::ack, "/a", 1, "", {"a"}}), "61-/a,1[]");
  EXPECT_EQ(built_in_text({kind::connect_error, "/", {}, R"("no")", {}}), R"(4/,"no")");
}
TEST(translator, lets_no_part_of_a_packet_pass_for_another) {
  EXPECT_EQ(built_in_text({kind::event, "", {}, R"("x")", {}}), std::nullopt);
  EXPECT_EQ(built_in_text({kind::event, "1[]", {}, R"("x")", {}}), std::nullopt);
  EXPECT_EQ(built_in_text({kind::event, "/a,1", {}, R"("x")", {}}), std::nullopt);
  EXPECT_EQ(built_in_text({kind::connect, "/", {}, "7{}", {}}), std::nullopt);
  EXPECT_EQ(built_in_text({kind::connect, "/", 7, "{}", {}}), std::nullopt);
  EXPECT_EQ(built_in_text({kind::connect, "/", {}, "{}", {"a"}}), std::nullopt);
  EXPECT_EQ(built_in_text({static_cast<kind>(9), "/", {}, "", {}}), std::nullopt);
}

struct fixed_parser final : parser {
  explicit fixed_parser(encoded given) : what{std::move(given)} {}
  [[nodiscard]] encoded encode(const packet&) const override { return what; }
  [[nodiscard]] std::unique_ptr<decoder> make_decoder(const packet_limits&) const override { return nullptr; }
  encoded what;
};

TEST(translator, makes_frames_with_and_without_text) {
  const auto both = translated(fixed_parser{{"hi", {"a", ""}}}, {});
  EXPECT_EQ(both->text(), "4hi");
  EXPECT_EQ(both->websocket_bytes(), (std::string_view{"\x81\x03\x34hi\x82\x01"
                                                       "a\x82\0",
                                                       10}));
  const auto binary = translated(fixed_parser{{"", {"a"}}}, {});
  EXPECT_EQ(binary->text(), "");
  EXPECT_EQ(binary->websocket_bytes(),
            "\x82\x01"
            "a");
  EXPECT_EQ(binary->attachment(0), "a");
  EXPECT_EQ(binary->recoded(engineio::revision::v4, true)->websocket_bytes(),
            "\x81\x05"
            "bYQ==");
}
TEST(translator, makes_no_frame_of_nothing) {
  EXPECT_THROW((void)translated(fixed_parser{{}}, {}), std::logic_error);
  EXPECT_THROW((void)translated(fixed_parser{{"", std::vector<std::string>(65'536)}}, {}), std::logic_error);
}

}  // namespace
}  // namespace encke::hub
