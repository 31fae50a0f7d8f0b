// SPDX-License-Identifier: MIT
// Query strings and form bodies (application/x-www-form-urlencoded, decoded as URLSearchParams does), percent coding.
// A query is read once, when its request is looked at, and dropped with it: nothing here is charged.
#pragma once

#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke::http {

class query {
 public:
  using pair = std::pair<std::string, std::string>;
  /// Parameters past this number are ignored.
  static constexpr std::size_t max_parameters = 256;

  query() = default;
  /// Reads the text after '?', or a form body. Never fails: '+' is a space, a stray '%' stays, bad UTF-8 is U+FFFD.
  explicit query(std::string_view raw);

  /// The value under that name; of several the last one.
  [[nodiscard]] std::optional<std::string_view> get(std::string_view name) const;
  [[nodiscard]] bool has(std::string_view name) const noexcept;

  /// All parameters in the order sent, duplicates too.
  [[nodiscard]] auto begin() const noexcept { return pairs_.begin(); }
  [[nodiscard]] auto end() const noexcept { return pairs_.end(); }
  [[nodiscard]] std::size_t size() const noexcept { return pairs_.size(); }
  [[nodiscard]] bool empty() const noexcept { return pairs_.empty(); }
  /// Gives all of them away.
  [[nodiscard]] std::vector<pair> take() && { return std::move(pairs_); }

 private:
  [[nodiscard]] const std::string* find(std::string_view name) const noexcept;
  std::vector<pair> pairs_;
};

/// Undoes %XX; a '%' without two hex digits stays. The bytes are what they are, also bad UTF-8.
[[nodiscard]] std::string percent_decode(std::string_view text);
/// Escapes everything but the unreserved characters of RFC 3986 2.3.
[[nodiscard]] std::string percent_encode(std::string_view text);

}  // namespace encke::http
