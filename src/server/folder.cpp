// SPDX-License-Identifier: MIT
// serve_folder of encke/http.hpp: small static files, read from disk for each request, safe against traversal.
#include <encke/http.hpp>

#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>
#include <array>
#include <cerrno>
#include <climits>
#include <cstdio>
#include <http/file.hpp>
#include <optional>
#include <utility>

namespace encke {

namespace {

constexpr std::size_t largest_file = 16 << 20;

// A file descriptor that closes itself.
class descriptor {
 public:
  explicit descriptor(int fd) : fd_{fd} {}
  descriptor(descriptor&& other) noexcept : fd_{std::exchange(other.fd_, -1)} {}
  descriptor& operator=(descriptor&&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  explicit operator bool() const { return fd_ >= 0; }

 private:
  int fd_;
};

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

std::string name_of(const descriptor& open) {
  return "/proc/self/fd/" + std::to_string(open.get());
}

// Where an open file is, whatever links led to it; "" if the system does not tell.
std::string path_of(const descriptor& open) {
  std::string path(PATH_MAX, '\0');
  const auto size = ::readlink(name_of(open).c_str(), path.data(), path.size());
  path.resize(size > 0 && static_cast<std::size_t>(size) < path.size() ? static_cast<std::size_t>(size) : 0);
  return path;
}

bool is_visible_below(const std::string& folder, const std::string& file) {
  if (folder.empty() || !file.starts_with(folder)) return false;
  const auto below = std::string_view{file}.substr(folder == "/" ? 0 : folder.size());
  return below.starts_with('/') && below.find("/.") == below.npos;
}

// The plain file at a path, held fast but not opened for reading: a pipe or a device would notice that. Asking where it
// is once it is held leaves nobody the time to put a link in its way.
std::optional<descriptor> find(const std::string& folder, const std::string& path, struct stat& facts) {
  const descriptor root{::open(folder.c_str(), O_PATH | O_DIRECTORY | O_CLOEXEC)};
  descriptor file{root ? ::openat(root.get(), path.c_str(), O_PATH | O_CLOEXEC) : -1};
  if (!file || ::fstat(file.get(), &facts) != 0 || !S_ISREG(facts.st_mode)) return std::nullopt;
  if (!is_visible_below(path_of(root), path_of(file))) return std::nullopt;
  return file;
}

std::optional<std::string> read(const descriptor& found) {
  const descriptor file{::open(name_of(found).c_str(), O_RDONLY | O_CLOEXEC)};
  if (!file) return std::nullopt;
  std::string all;
  std::array<char, 64 << 10> part{};
  for (;;) {
    const auto size = ::read(file.get(), part.data(), part.size());
    if (size < 0 && errno == EINTR) continue;
    if (size < 0 || all.size() > largest_file) return std::nullopt;
    if (size == 0) return all;
    all.append(part.data(), static_cast<std::size_t>(size));
  }
}

http_response serve(const std::string& folder, const http_request& request,
                    const std::vector<std::pair<std::string, std::string>>& headers) {
  auto path = http::safe_path("/" + std::string{request.param("path")});
  if (!path) return not_found();
  if (path->empty() || path->ends_with('/')) *path += "index.html";
  struct stat facts {};
  const auto file = find(folder, *path, facts);
  if (!file || static_cast<std::size_t>(facts.st_size) > largest_file) return not_found();
  const auto etag = etag_of(facts);
  http_response answer{
      .status = 200, .headers = headers, .body = {}, .content_type = std::string{http::content_type_for(*path)}};
  answer.headers.emplace_back("ETag", etag);
  answer.headers.emplace_back("Cache-Control", "no-cache");
  if (http::etag_matches(request.header("If-None-Match"), etag)) {
    answer.status = 304;
    return answer;
  }
  auto body = read(*file);
  if (!body) return not_found();
  answer.body = std::move(*body);
  return answer;
}

}  // namespace

http_handler serve_folder(std::string folder, std::vector<std::pair<std::string, std::string>> headers) {
  return make_http_handler([root = std::move(folder), headers = std::move(headers)](const http_request& request) {
    return serve(root, request, headers);
  });
}

}  // namespace encke
