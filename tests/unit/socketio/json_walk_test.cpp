// SPDX-License-Identifier: MIT
// A walk over JSON text: what a listener is told, and that it takes exactly what is checked to be JSON. Why a text is
// none is tested with the words that the gateway has for it.
#include <encke/json_walk.hpp>
#include <socketio/json_text.hpp>

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <string>
#include <vector>

namespace encke {
namespace {

using testing::ElementsAre;

class notes final : public json_listener {
 public:
  void on_open(std::size_t at, bool is_object) override { add((is_object ? "{" : "[") + std::to_string(at)); }
  void on_close(std::size_t end) override { add("end " + std::to_string(end)); }
  void on_name(std::string_view quoted) override { add("name " + std::string{quoted}); }
  void on_scalar(std::string_view written) override { add(std::string{written}); }

  std::vector<std::string> all;

 private:
  void add(std::string note) { all.push_back(std::move(note)); }
};

TEST(json_walk, tells_of_everything_in_its_order_as_it_was_written) {
  notes told;
  EXPECT_FALSE(walk_json(R"( {"a" : [1.0e3,"x\n"] ,"b":{},"c":[ ]} )", 5, told));
  EXPECT_THAT(told.all, ElementsAre("{1", "name \"a\"", "[8", "1.0e3", "\"x\\n\"", "end 21", "name \"b\"", "{27",
                                    "end 29", "name \"c\"", "[34", "end 37", "end 38"));
}

TEST(json_walk, tells_of_a_value_alone) {
  notes told;
  EXPECT_FALSE(walk_json("null", 0, told));
  EXPECT_THAT(told.all, ElementsAre("null"));
}

TEST(json_walk, stops_where_the_first_mistake_is) {
  const auto stop_of = [](std::string_view text, std::size_t depth) {
    notes told;
    return walk_json(text, depth, told).value_or(json_stop{999, json_mistake::no_value});
  };
  EXPECT_EQ(stop_of("[1 2]", 5).at, 3U);
  EXPECT_EQ(stop_of("[1 2]", 5).why, json_mistake::no_comma);
  EXPECT_EQ(stop_of("[1, ]", 5).at, 2U);
  EXPECT_EQ(stop_of("[1, ]", 5).why, json_mistake::comma_before_end);
  EXPECT_EQ(stop_of("[[]]", 1).at, 1U);
  EXPECT_EQ(stop_of("[[]]", 1).why, json_mistake::too_deep);
  EXPECT_EQ(stop_of("", 1).at, 0U);
  EXPECT_EQ(stop_of("1 ,", 1).why, json_mistake::something_behind);
  EXPECT_EQ(stop_of(std::string(600, '['), 600).at, 512U);
}

TEST(json_walk, takes_what_is_checked_to_be_json_and_nothing_else) {
  const std::string letters = "[]{},:\"\\u01-.eE t\x01\xc3\xa9";
  std::string text;
  unsigned state = 1;
  for (int i = 0; i < 200'000; ++i) {
    text.clear();
    for (unsigned size = i % 9; text.size() < size;)
      text += letters[(state = state * 1'664'525 + 1'013'904'223) / 65'536 % letters.size()];
    notes told;
    EXPECT_EQ(!walk_json(text, 3, told), socketio::check_json(text, 3).has_value()) << text;
  }
}

}  // namespace
}  // namespace encke
