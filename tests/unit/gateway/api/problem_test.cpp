// SPDX-License-Identifier: MIT
// Problem details.
#include "gateway/api/problem.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

namespace encke::gateway {
namespace {

TEST(problem, is_a_document_of_problem_details_with_code_and_message) {
  const auto answer =
      answer_of({.status = 404, .code = "user_not_found", .detail = "this \"user\"", .headers = {{"X-More", "1"}}});
  EXPECT_EQ(answer.status, 404U);
  EXPECT_EQ(answer.content_type, "application/problem+json");
  EXPECT_EQ(answer.headers.front(), (std::pair<std::string, std::string>{"X-More", "1"}));
  EXPECT_EQ(boost::json::parse(answer.body), (boost::json::value{{"type", "about:blank"},
                                                                 {"title", "Not Found"},
                                                                 {"status", 404},
                                                                 {"detail", "this \"user\""},
                                                                 {"code", "user_not_found"},
                                                                 {"message", "this \"user\""}}));
}

TEST(problem, lists_every_fault_of_an_invalid_request) {
  fault_list faults;
  faults.add("/users", "`users` is wrong");
  faults.add("", "nobody is named");
  const auto answer = answer_of(problem_of(std::move(faults).to_refusal()));
  EXPECT_EQ(answer.status, 400U);
  const auto body = boost::json::parse(answer.body);
  EXPECT_EQ(body.at("code"), "invalid_request");
  EXPECT_EQ(body.at("detail"), "`users` is wrong; nobody is named");
  EXPECT_EQ(body.at("errors").as_array().size(), 2U);
  EXPECT_EQ(body.at("errors").at(0).at("pointer"), "/users");
}

TEST(problem, has_the_status_in_words_for_its_title) {
  for (const auto& [status, words] :
       {std::pair{409U, "Conflict"}, {413U, "Content Too Large"}, {501U, "Not Implemented"}})
    EXPECT_EQ(boost::json::parse(answer_of({.status = status, .code = "x", .detail = "y"}).body).at("title"), words);
}

}  // namespace
}  // namespace encke::gateway
