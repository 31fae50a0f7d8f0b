// SPDX-License-Identifier: MIT
// JSON as the HTTP API reads it: values as they were written, names that are there twice, and where a text is wrong.
#include "gateway/text/json_document.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "gateway/text/json_string.hpp"

namespace encke::gateway {
namespace {

using testing::ElementsAre;
using testing::HasSubstr;
using testing::IsEmpty;

constexpr std::size_t all = json_document::all_levels;

// Why and where a text is not JSON: "1:5 a value is missing here"; "" if it is.
std::string fault_of(std::string_view text, std::size_t deepest = 100) {
  json_document read;
  const auto failed = read.read(text, all, deepest);
  if (!failed) return {};
  const auto at = read.position_of(failed->at);
  return std::to_string(at.line) + ":" + std::to_string(at.column) + " " + failed->detail;
}

std::vector<std::string> duplicates_of(std::string_view text) {
  json_document read;
  EXPECT_FALSE(read.read(text, 0, 100)) << text;
  std::vector<std::string> found;
  for (const auto& one : read.duplicates()) found.push_back(one.pointer + " at " + std::to_string(one.at));
  return found;
}

std::vector<std::string> inside(json_value value) {
  std::vector<std::string> texts;
  for (const auto one : value) texts.emplace_back(one.text());
  return texts;
}

TEST(json_document, finds_members_and_elements_as_they_were_written) {
  json_document read;
  ASSERT_FALSE(read.read(R"( { "a" : [1, {"b":"]}"}] ,"\u0062\"": "x\\\"," , "c":-1.50e3 } )", all, 100));
  const auto root = read.root();
  EXPECT_EQ(root.kind(), json_kind::object);
  EXPECT_THAT(inside(root), ElementsAre(R"([1, {"b":"]}"}])", R"("x\\\",")", "-1.50e3"));
  EXPECT_EQ(root.find("b\"")->string(), "x\\\",");
  EXPECT_EQ(root.find("c")->kind(), json_kind::number);
  EXPECT_THAT(inside(*root.find("a")), ElementsAre("1", R"({"b":"]}"})"));
  EXPECT_FALSE(root.find("d"));
  ASSERT_FALSE(read.read("[ 1.0 ,\n\"[,\" , {\"k\" : [ ] },null,[[]]\t, true]", all, 100));
  EXPECT_THAT(inside(read.root()), ElementsAre("1.0", "\"[,\"", "{\"k\" : [ ] }", "null", "[[]]", "true"));
  ASSERT_FALSE(read.read(R"(["","\\","\"","\\\"","\\\\",["\\"],{"\"]":"\\"}])", all, 100));
  EXPECT_THAT(inside(read.root()),
              ElementsAre(R"("")", R"("\\")", R"("\"")", R"("\\\"")", R"("\\\\")", R"(["\\"])", R"({"\"]":"\\"})"));
}

TEST(json_document, keeps_no_more_levels_than_it_is_asked_for) {
  json_document read;
  ASSERT_FALSE(read.read(R"({"a":[[1,2],{"b":3}]})", 2, 100));
  const auto list = *read.root().find("a");
  EXPECT_THAT(inside(list), ElementsAre("[1,2]", R"({"b":3})"));
  for (const auto one : list) EXPECT_TRUE(one.empty());
}

TEST(json_document, reads_whatever_rfc_8259_allows) {
  for (const auto* text :
       {"0", "-0", "1E400", "1e-400", "-0.0e+00", "123456789012345678901234567890", "\"\\ud83d\"", "\"\\udc00\\ud800\"",
        "\"\\ud83d\\ude00\"", "\"\\/\\u003c\\u0000\"", "\xEF\xBB\xBF{}", " \t\r\n[]\r\n ", "\"\x7f\xe2\x80\xa8\"",
        "\"\xf4\x8f\xbf\xbf\xf0\x90\x80\x80\xed\x9f\xbf\xee\x80\x80\"", "{\"\":{\"\":null}}", "[[],{},[{}]]"})
    EXPECT_EQ(fault_of(text), "") << text;
}

TEST(json_document, says_where_a_text_is_wrong_and_why) {
  const std::pair<const char*, const char*> wrong[]{
      {"", "1:1 the text ends too early"},
      {"{\"a\":1", "1:7 the text ends too early"},
      {"[1,\n  2\n  3]", "3:3 a comma or `]` is missing here"},
      {"{\"a\":1 \"b\":2}", "1:8 a comma or `}` is missing here"},
      {"{\"a\" 1}", "1:6 a colon is missing here"},
      {"{a:1}", "1:2 a name in quotes is missing here"},
      {"{'a':1}", "1:2 JSON has double quotes only"},
      {"['a']", "1:2 JSON has double quotes only"},
      {"[1,]", "1:3 there is a comma before `]`"},
      {"{\"a\":1,\r\n}", "1:7 there is a comma before `}`"},
      {"[,1]", "1:2 a value is missing here"},
      {"[NaN]", "1:2 JSON has no NaN and no infinity: send null or a text"},
      {"[-Infinity]", "1:2 JSON has no NaN and no infinity: send null or a text"},
      {"[undefined]", "1:2 JSON has no undefined: send null"},
      {"[None]", "1:2 JSON writes null, true and false"},
      {"[tru]", "1:2 a value is missing here"},
      {"[01]", "1:3 a number does not begin with 0"},
      {"[1.]", "1:4 a digit is missing here"},
      {"[1e+]", "1:5 a digit is missing here"},
      {"[+1]", "1:2 a number begins with a digit or a minus"},
      {"[.5]", "1:2 a number begins with a digit or a minus"},
      {"[-]", "1:2 a value is missing here"},
      {"[\"a\nb\"]", "1:4 a control character in a text is written \\u000a"},
      {"[\"\\x\"]", "1:3 JSON has no such escape"},
      {"[\"\\u12g4\"]", "1:3 four hex digits follow \\u"},
      {"[\"\xff\"]", "1:3 this is not UTF-8"},
      {"[\"\xed\xa0\x80\"]", "1:3 this is not UTF-8"},
      {"[\"\xc0\x80\"]", "1:3 this is not UTF-8"},
      {"[\"\xf4\x90\x80\x80\"]", "1:3 this is not UTF-8"},
      {"[\"\xe2\x82\"]", "1:3 this is not UTF-8"},
      {"[\"a]", "1:2 this text has no end"},
      {"[\"a\\\"]", "1:2 this text has no end"},
      {"[1] /* so */", "1:5 nothing may follow the value"},
      {"// so\n1", "1:1 JSON has no comments"},
      {"[\"\xe2\x82\xac\xf0\x9f\x98\x80\", x]", "1:8 a value is missing here"},
      {"\xEF\xBB\xBF[x]", "1:2 a value is missing here"},
      {"\xEF\xBB\xBF\xEF\xBB\xBF[]", "1:1 a value is missing here"},
  };
  for (const auto& [text, why] : wrong) EXPECT_EQ(fault_of(text), why) << text;
}

TEST(json_document, has_an_end_to_nesting) {
  const auto nested = [](std::size_t levels) { return std::string(levels, '[') + std::string(levels, ']'); };
  EXPECT_EQ(fault_of(nested(100)), "");
  EXPECT_EQ(fault_of(nested(101)), "1:101 lists and objects are nested more than 100 deep");
  EXPECT_THAT(fault_of(std::string(500'000, '[')), HasSubstr("nested more than"));
}

TEST(json_document, finds_names_that_are_there_twice_wherever_they_are) {
  EXPECT_THAT(duplicates_of(R"({"a":1,"b":{"a":1},"c":[{"a":1},{"a":2}]})"), IsEmpty());
  EXPECT_THAT(duplicates_of(R"({"a":1,"a":2})"), ElementsAre("/a at 7"));
  EXPECT_THAT(duplicates_of(R"({"a":1,"a":2,"a":3})"), ElementsAre("/a at 7", "/a at 13"));
  EXPECT_THAT(duplicates_of(R"({"except":{"users":[],"users":["b"]}})"), ElementsAre("/except/users at 22"));
  EXPECT_THAT(duplicates_of(R"([0,{"x":[{"~/":0,"~/":0}]}])"), ElementsAre("/1/x/0/~0~1 at 17"));
  EXPECT_THAT(duplicates_of(R"({"a":1,"\u0061":2})"), ElementsAre("/a at 7"));
  EXPECT_THAT(duplicates_of(R"({"":1,"":2})"), ElementsAre("/ at 6"));
  EXPECT_THAT(duplicates_of(R"({"\ud83d":1,"\ud83e":2})"), IsEmpty());
  EXPECT_THAT(duplicates_of(R"({"\ud83d":1,"\ufffd":2})"), IsEmpty());
  EXPECT_THAT(duplicates_of(R"({"\ud83d":1,"\uD83D":2})"), testing::SizeIs(1));
}

TEST(json_document, finds_them_among_many_in_no_time) {
  std::string many = "{";
  for (int i = 0; i < 200'000; ++i) many += "\"" + std::to_string(i) + "\":0,";
  EXPECT_THAT(duplicates_of(many + "\"x\":0}"), IsEmpty());
  EXPECT_THAT(duplicates_of(many + "\"777\":0}"), testing::SizeIs(1));
  std::string same = "{\"a\":0";
  for (int i = 0; i < 1000; ++i) same += ",\"a\":0";
  EXPECT_THAT(duplicates_of(same + "}"), testing::SizeIs(50));
}

TEST(json_document, tells_which_values_hold_marks) {
  json_document read;
  ASSERT_FALSE(read.read(R"([{"a":"$binary"},[{"\u0024binary":""}],{"x":{"$literal":1}},{"_placeholder":0}])", 1, 100));
  std::vector<bool> marked;
  for (const auto one : read.root()) marked.push_back(one.node().has_marks);
  EXPECT_THAT(marked, ElementsAre(false, true, true, true));
}

TEST(json_string, resolves_escapes_as_they_are_meant) {
  EXPECT_EQ(unescaped(R"("a\"\\\/\b\f\n\r\t\u0041\u00e9\u20ac\ud83d\ude00")", lone_surrogates::replaced),
            "a\"\\/\b\f\n\r\tA\xc3\xa9\xe2\x82\xac\xf0\x9f\x98\x80");
  EXPECT_EQ(unescaped(R"("\ud83dx\udc00")", lone_surrogates::replaced), "\xef\xbf\xbdx\xef\xbf\xbd");
  EXPECT_EQ(unescaped(R"("\ud83d\ud83d\ude00")", lone_surrogates::replaced), "\xef\xbf\xbd\xf0\x9f\x98\x80");
  EXPECT_TRUE(has_lone_surrogate(R"("\ud83d")"));
  EXPECT_TRUE(has_lone_surrogate(R"("\ude00\ud83d")"));
  EXPECT_TRUE(has_lone_surrogate(R"("\ud83d\n\ude00")"));
  EXPECT_FALSE(has_lone_surrogate(R"("\\ud83d")"));
  EXPECT_FALSE(has_lone_surrogate(R"("\ud83d\ude00\"")"));
}

TEST(json_string, makes_pointers_that_are_utf_8_however_long_a_name_is) {
  EXPECT_EQ(pointer_token("a~b/c"), "/a~0b~1c");
  std::string name;
  for (int i = 0; i < 200; ++i) name += "€";
  const auto token = pointer_token(name);
  EXPECT_LT(token.size(), 210U);
  EXPECT_EQ((token.size() - 1) % 3, 0U);
  EXPECT_EQ(pointer_token("\xed\xa0\x80"), "/\uFFFD\uFFFD\uFFFD");
}

}  // namespace
}  // namespace encke::gateway
