// SPDX-License-Identifier: MIT
#include <net/client_files.hpp>

#include <gtest/gtest.h>

#include <filesystem>
#include <fstream>
#include <stdexcept>

namespace encke::net {
namespace {

class client_files_test : public testing::Test {
 protected:
  client_files_test() {
    auto pattern = (std::filesystem::temp_directory_path() / "encke-files-XXXXXX").string();
    root_ = mkdtemp(pattern.data());
    std::filesystem::create_directory(root_ / "dist");
  }
  ~client_files_test() override { std::filesystem::remove_all(root_); }
  void write(const std::string& name, const std::string& text) { std::ofstream{root_ / name} << text; }
  [[nodiscard]] std::string folder() const { return (root_ / "dist").string(); }
  static http::request request(std::string_view method, std::string_view if_none_match = {}) {
    http::request one;
    one.method = method;
    if (!if_none_match.empty()) {
      auto& field = one.headers.emplace_back();
      field.name = "If-None-Match";
      field.value = if_none_match;
    }
    return one;
  }

  std::filesystem::path root_;
};

TEST_F(client_files_test, serve_what_is_there_under_its_version) {
  write("dist/socket.io.js", "the client");
  write("dist/socket.io.min.js.map", "{}");
  write("package.json", "{\n  \"name\": \"x\",\n  \"version\": \"4.8.1\"\n}");
  const client_files files{folder()};
  const auto answer = files.serve("socket.io.js", request("GET"));
  ASSERT_TRUE(answer);
  EXPECT_EQ(answer->status, 200U);
  EXPECT_EQ(answer->body, "the client");
  EXPECT_EQ(answer->content_type, "application/javascript; charset=utf-8");
  EXPECT_EQ(answer->headers.back().second, "\"4.8.1\"");
  EXPECT_EQ(files.serve("socket.io.min.js.map", request("GET"))->content_type, "application/json; charset=utf-8");
}
TEST_F(client_files_test, need_not_be_sent_twice) {
  write("dist/socket.io.js", "the client");
  write("package.json", R"({"version":"4.8.1"})");
  const client_files files{folder()};
  for (const std::string_view tag : {"\"4.8.1\"", "W/\"4.8.1\"", "\"x\", \"4.8.1\"", "*"}) {
    const auto answer = files.serve("socket.io.js", request("GET", tag));
    EXPECT_EQ(answer->status, 304U) << tag;
    EXPECT_TRUE(answer->body.empty());
  }
  EXPECT_EQ(files.serve("socket.io.js", request("GET", "\"4.8.0\""))->status, 200U);
}
TEST_F(client_files_test, serve_nothing_else) {
  write("dist/socket.io.js", "the client");
  write("dist/secret.txt", "x");
  const client_files files{folder()};
  for (const std::string_view name : {"secret.txt", "../package.json", "", "socket.io.min.js", "socket.io.js/"})
    EXPECT_FALSE(files.serve(name, request("GET"))) << name;
  EXPECT_EQ(files.serve("socket.io.js", request("POST"))->status, 405U);
  EXPECT_EQ(files.serve("socket.io.js", request("OPTIONS"))->status, 204U);
  EXPECT_TRUE(files.serve("socket.io.js", request("HEAD")));
}
TEST_F(client_files_test, have_a_tag_without_a_package) {
  write("dist/socket.io.js", "the client");
  const client_files files{folder()};
  EXPECT_GT(files.serve("socket.io.js", request("GET"))->headers.back().second.size(), 2U);
}
TEST_F(client_files_test, are_missed_at_start_up) {
  EXPECT_THROW(client_files{folder()}, std::runtime_error);
  EXPECT_THROW(client_files{"/nowhere"}, std::runtime_error);
  EXPECT_FALSE(client_files{}.serve("socket.io.js", request("GET")));
}

}  // namespace
}  // namespace encke::net
