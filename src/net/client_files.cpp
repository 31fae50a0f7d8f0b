// SPDX-License-Identifier: MIT
#include <net/client_files.hpp>

#include <array>
#include <filesystem>
#include <fstream>
#include <functional>
#include <http/file.hpp>
#include <iterator>
#include <stdexcept>

namespace encke::net {

namespace {

// Protocol: serveClient offers just these.
constexpr std::array names{
    "socket.io.js",         "socket.io.js.map",         "socket.io.min.js",         "socket.io.min.js.map",
    "socket.io.esm.min.js", "socket.io.esm.min.js.map", "socket.io.msgpack.min.js", "socket.io.msgpack.min.js.map"};

std::string read_file(const std::filesystem::path& path) {
  std::ifstream in{path, std::ios::binary};
  return {std::istreambuf_iterator<char>{in}, {}};
}

// The value of "version" in a package.json, without a JSON parser: npm writes it on a line of its own.
std::string version_in(const std::string& package) {
  const auto key = package.find("\"version\"");
  if (key == std::string::npos) return {};
  const auto begin = package.find('"', key + 9);
  const auto end = package.find('"', begin + 1);
  return end == std::string::npos ? std::string{} : package.substr(begin + 1, end - begin - 1);
}

}  // namespace

client_files::client_files(const std::string& folder) {
  const std::filesystem::path from{folder};
  for (const std::string name : names) {
    if (!std::filesystem::is_regular_file(from / name)) continue;
    const bool map = name.ends_with(".map");
    files_[name] = {read_file(from / name),
                    map ? "application/json; charset=utf-8" : "application/javascript; charset=utf-8"};
  }
  if (!files_.contains("socket.io.js")) throw std::runtime_error{"no socket.io.js in " + folder};
  auto version = version_in(read_file(from / "../package.json"));
  if (version.empty()) version = std::to_string(std::hash<std::string>{}(files_["socket.io.js"].body));
  etag_ = '"' + version + '"';
}

std::optional<http::response> client_files::serve(std::string_view name, const http::request& request) const {
  const auto found = files_.find(name);
  if (found == files_.end()) return std::nullopt;
  if (request.method == "OPTIONS") return http::allowed("GET, HEAD, OPTIONS");
  if (request.method != "GET" && request.method != "HEAD") return http::not_allowed("GET, HEAD, OPTIONS");
  http::response answer{.status = 200,
                        .content_type = {},
                        .headers = {{"Cache-Control", "public, max-age=0"}, {"ETag", etag_}},
                        .body = {}};
  if (http::etag_matches(request.header("If-None-Match"), etag_)) {
    answer.status = 304;
    return answer;
  }
  answer.content_type = found->second.content_type;
  answer.body = found->second.body;
  return answer;
}

}  // namespace encke::net
