// SPDX-License-Identifier: MIT
// Client files: the browser bundles of socket.io-client that the server offers under its path (`serveClient`).
// Read once at start-up from the npm package's `dist` folder.
#pragma once

#include <http/request.hpp>
#include <http/response.hpp>
#include <map>
#include <optional>
#include <string>
#include <string_view>

namespace encke::net {

class client_files {
 public:
  client_files() = default;
  /// Throws std::runtime_error if the folder has no socket.io.js. The ETag is the version in ../package.json.
  explicit client_files(const std::string& folder);

  /// The answer to a request for a file of that name; nothing if it is none of them. 405 for methods but GET, HEAD and
  /// OPTIONS.
  [[nodiscard]] std::optional<http::response> serve(std::string_view name, const http::request&) const;

 private:
  struct file {
    std::string body;
    std::string content_type;
  };
  std::map<std::string, file, std::less<>> files_;
  std::string etag_;
};

}  // namespace encke::net
