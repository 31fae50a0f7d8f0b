// SPDX-License-Identifier: MIT
// Routes: plain HTTP handlers by method and path pattern. Filled before the server runs, then only read.
#pragma once

#include <encke/http.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace encke::net {

struct route {
  std::string method;
  std::vector<std::string> segments;  // "{name}" matches one, a last "{name*}" the rest
  http_handler handler;
  route_options options;
};

class routes {
 public:
  /// Throws std::invalid_argument for a pattern that is none.
  void add(std::string_view method, std::string_view pattern, http_handler, route_options);

  struct match {
    const route* found = nullptr;
    std::vector<std::pair<std::string, std::string>> params;
    std::string allow;  ///< what this path has instead, OPTIONS included, for a 405; "" for a 404
  };
  /// HEAD is served by GET. A path that none matches is looked for once more without its doubled slashes, and with or
  /// without its last one.
  [[nodiscard]] match find(std::string_view method, std::string_view path, bool internal) const;

 private:
  enum class rest_too : bool { no, yes };  // patterns that end in {name*}
  [[nodiscard]] static bool serves(const route&, std::string_view method);
  [[nodiscard]] match find_exactly(std::string_view method, std::string_view path, bool internal, rest_too) const;

  std::vector<route> routes_;
};

}  // namespace encke::net
