// SPDX-License-Identifier: MIT
// serve_folder of encke/http.hpp: small static files, read from disk for each request, safe against traversal.
#include <encke/http.hpp>

#include <sys/stat.h>
#include <array>
#include <cstdio>
#include <filesystem>
#include <fstream>
#include <http/file.hpp>
#include <iterator>

namespace encke {

namespace {

constexpr std::size_t largest_file = 16 << 20;

http_response not_found() {
  return {.status = 404, .body = "Not Found\n"};
}

// Changes with every change of the file that matters.
std::string etag_of(const struct stat& facts) {
  std::array<char, 64> tag{};
  std::snprintf(tag.data(), tag.size(), "\"%llx-%llx.%lx\"", static_cast<unsigned long long>(facts.st_size),
                static_cast<unsigned long long>(facts.st_mtim.tv_sec),
                static_cast<unsigned long>(facts.st_mtim.tv_nsec));
  return tag.data();
}

http_response serve(const std::filesystem::path& folder, const http_request& request,
                    const std::vector<std::pair<std::string, std::string>>& headers) {
  auto path = http::safe_path("/" + std::string{request.param("path")});
  if (!path) return not_found();
  if (path->empty() || path->ends_with('/')) *path += "index.html";
  const auto file = folder / *path;
  struct stat facts {};
  // The folder's own links are the operator's choice; a link inside of it could lead out, so it is not followed.
  if (::lstat(file.c_str(), &facts) != 0 || !S_ISREG(facts.st_mode)) return not_found();
  if (static_cast<std::size_t>(facts.st_size) > largest_file) return not_found();
  const auto etag = etag_of(facts);
  http_response answer{
      .status = 200, .headers = headers, .body = {}, .content_type = std::string{http::content_type_for(*path)}};
  answer.headers.emplace_back("ETag", etag);
  answer.headers.emplace_back("Cache-Control", "no-cache");
  if (http::etag_matches(request.header("If-None-Match"), etag)) {
    answer.status = 304;
    return answer;
  }
  std::ifstream in{file, std::ios::binary};
  if (!in) return not_found();
  answer.body.assign(std::istreambuf_iterator<char>{in}, {});
  return answer;
}

}  // namespace

http_handler serve_folder(std::string folder, std::vector<std::pair<std::string, std::string>> headers) {
  return make_http_handler([root = std::filesystem::path{std::move(folder)}, headers = std::move(headers)](
                               const http_request& request) { return serve(root, request, headers); });
}

}  // namespace encke
