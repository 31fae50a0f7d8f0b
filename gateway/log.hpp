// SPDX-License-Identifier: MIT
// Logs of the gateway: lines of text or of JSON, on standard error or in a file that can be rotated.
// Set up by `serve`, which also feeds it what the library logs. Names and values that come from clients are escaped,
// so a line is always one record. Safe to call from any thread.
#pragma once

#include <chrono>
#include <encke/log.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/config.hpp"

namespace encke::gateway {

using log_field = std::pair<std::string_view, std::string_view>;

/// Collects the fields of a record; the well-known ones have a name. Borrows its texts, for the statement it is in.
/// A field with no value is left out.
class log_fields {
 public:
  log_fields& id(std::string_view value) { return add("id", value); }
  log_fields& user(std::string_view value) { return add("user", value); }
  log_fields& address(std::string_view value) { return add("address", value); }
  log_fields& add(std::string_view name, std::string_view value) {
    if (!value.empty()) fields_.emplace_back(name, value);
    return *this;
  }
  operator std::span<const log_field>() const { return fields_; }

 private:
  std::vector<log_field> fields_;
};

/// One record as a line, newline included. Time is UTC, with milliseconds.
[[nodiscard]] std::string format_record(log_format, std::chrono::system_clock::time_point, log_level,
                                        std::string_view message, std::span<const log_field>);

class logger {
 public:
  /// Opens the file. Throws std::runtime_error when that fails.
  explicit logger(const log_settings&);
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;
  ~logger();

  [[nodiscard]] bool is_on(log_level) const noexcept;
  void write(log_level, std::string_view message, std::span<const log_field> = {}) noexcept;

  /// Takes over other settings and opens the file again, as after a rotation. When the file cannot be opened, says so
  /// (false) and goes on with the old one.
  [[nodiscard]] bool reopen(const log_settings&);

  /// For `options::log` of the library. May be called after the logger is gone.
  [[nodiscard]] log_hook hook() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

/// The name used in settings and records: "info".
[[nodiscard]] std::string_view to_string(log_level) noexcept;

}  // namespace encke::gateway
