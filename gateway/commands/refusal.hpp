// SPDX-License-Identifier: MIT
// Why something that was asked for is not done, without a word about how it was asked: HTTP makes a problem of it, a
// batch an entry of its list.
#pragma once

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke::gateway {

/// One thing that is wrong in what was asked.
struct request_fault {
  std::string pointer;  ///< where in it: a JSON pointer (RFC 6901); "" for all of it, or "?name" in a query
  std::string detail;   ///< a sentence without full stop that starts with what is wrong
};

struct refusal {
  std::string_view code;                                          ///< "invalid_json" or "invalid_request"
  std::string detail;                                             ///< for people
  std::vector<request_fault> errors{};                            ///< every fault, for `invalid_request`
  std::optional<std::pair<std::size_t, std::size_t>> position{};  ///< line and column, for `invalid_json`
};

/// What is wrong in one request. Only the first are kept.
class fault_list {
 public:
  void add(std::string pointer, std::string detail);
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] bool full() const { return all_.size() >= 50; }
  /// There is at least one.
  [[nodiscard]] refusal to_refusal() &&;

 private:
  std::vector<request_fault> all_;
};

}  // namespace encke::gateway
