// SPDX-License-Identifier: MIT
// serve_folder: what of a folder is served, and what is not whatever leads to it.
#include <gtest/gtest.h>

#include <sys/stat.h>
#include <encke/http.hpp>
#include <filesystem>
#include <fstream>

namespace encke::test {
namespace {

namespace fs = std::filesystem;

class folder : public testing::Test {
 protected:
  folder() {
    write("www/index.html", "index");
    write("www/inside/a.txt", "a");
    write("www/.hidden/b.txt", "b");
    write("www-beside/secret.txt", "secret");
    write("outside/secret.txt", "secret");
  }
  ~folder() override { fs::remove_all(root_); }

  void write(const fs::path& name, std::string_view text) const {
    fs::create_directories((root_ / name).parent_path());
    std::ofstream{root_ / name} << text;
  }
  void link(const fs::path& to, const fs::path& name) const { fs::create_symlink(to, root_ / "www" / name); }
  [[nodiscard]] http_response get(const std::string& path, std::string_view from = "www") const {
    http_request request;
    request.params = {{"path", path}};
    return serve_folder(root_ / from).now(request);
  }
  // "" for what is not found.
  [[nodiscard]] std::string body(const std::string& path) const {
    const auto answer = get(path);
    return answer.status == 200 ? answer.body : std::string{};
  }

  const fs::path root_ = fs::path{testing::TempDir()} / ("encke-folder-" + std::to_string(::getpid()));
};

TEST_F(folder, is_served_with_its_index) {
  EXPECT_EQ(body(""), "index");
  EXPECT_EQ(body("inside/a.txt"), "a");
  EXPECT_EQ(body("inside"), "");
  EXPECT_EQ(body("inside/"), "");
  EXPECT_EQ(body("none.txt"), "");
  EXPECT_EQ(get("", "none").status, 404U);
}
TEST_F(folder, is_not_left_by_a_link) {
  link(root_ / "outside", "absolute");
  link("../outside", "relative");
  link("../www-beside", "beside");
  link(root_ / "outside/secret.txt", "file.txt");
  link("..", "up");
  link("relative", "twice");
  for (const auto* path : {"absolute/secret.txt", "relative/secret.txt", "beside/secret.txt", "file.txt",
                           "up/outside/secret.txt", "twice/secret.txt"})
    EXPECT_EQ(body(path), "") << path;
}
TEST_F(folder, may_have_links_that_stay_inside) {
  link("inside", "relative");
  link(root_ / "www/inside", "absolute");
  link("inside/a.txt", "file.txt");
  for (const auto* path : {"relative/a.txt", "absolute/a.txt", "file.txt"}) EXPECT_EQ(body(path), "a") << path;
}
TEST_F(folder, may_be_a_link_itself) {
  fs::create_symlink("www", root_ / "current");
  EXPECT_EQ(get("inside/a.txt", "current").body, "a");
}
TEST_F(folder, hides_what_begins_with_a_dot_from_links_too) {
  link(".hidden", "shown");
  EXPECT_EQ(body(".hidden/b.txt"), "");
  EXPECT_EQ(body("shown/b.txt"), "");
}
TEST_F(folder, has_plain_files_only) {
  ASSERT_EQ(::mkfifo((root_ / "www/pipe").c_str(), 0600), 0);
  link("/dev/zero", "zero");
  EXPECT_EQ(body("pipe"), "");
  EXPECT_EQ(body("zero"), "");
}
TEST_F(folder, has_no_file_past_its_limit) {
  write("www/large", "x");
  fs::resize_file(root_ / "www/large", (16 << 20) + 1);
  EXPECT_EQ(get("large").status, 404U);
}
TEST_F(folder, is_not_sent_again_to_who_has_it) {
  const auto first = get("inside/a.txt");
  http_request request;
  request.params = {{"path", "inside/a.txt"}};
  for (const auto& [name, value] : first.headers)
    if (name == "ETag") request.headers.emplace_back("If-None-Match", value);
  EXPECT_EQ(serve_folder(root_ / "www").now(request).status, 304U);
}

}  // namespace
}  // namespace encke::test
