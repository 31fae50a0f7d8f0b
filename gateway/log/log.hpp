// SPDX-License-Identifier: MIT
// Logs of the gateway: lines of text or of JSON, on standard error or in a file that can be rotated.
// Set up by `serve`, which also feeds it what the library logs. Writing a record never waits and never fails: a thread
// of its own does the rest (writer.hpp), and what cannot be written is counted. Safe to call from any thread.
#pragma once

#include <chrono>
#include <cstdint>
#include <encke/log.hpp>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/log/line.hpp"
#include "gateway/settings/config.hpp"

namespace encke::gateway {

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

class logger {
 public:
  /// Opens the file. Throws std::runtime_error when that fails.
  explicit logger(const log_settings&);
  logger(const logger&) = delete;
  logger& operator=(const logger&) = delete;
  ~logger();

  [[nodiscard]] bool is_on(log_level) const noexcept;
  void write(log_level, std::string_view message, std::span<const log_field> = {}) noexcept;

  /// A file that was opened and is not in use yet; closed if it never is.
  class target {
   public:
    /// As the constructor of the logger.
    explicit target(const log_settings&);
    target(target&& other) noexcept : settings{other.settings}, descriptor_{std::exchange(other.descriptor_, -1)} {}
    target& operator=(target&&) = delete;
    ~target();

    const log_settings settings;

   private:
    friend class logger;
    int descriptor_ = -1;
  };
  /// Takes over other settings and their file, opened again, as after a rotation. What was written before goes to the
  /// old one if that takes it at once.
  void turn_to(target);

  /// Waits until all is written, or for this long. False: something still waits.
  bool flush(std::chrono::milliseconds most) noexcept;
  /// Records since the start that could not be written.
  [[nodiscard]] std::uint64_t lost() const noexcept;

  /// For `options::log` of the library. May be called after the logger is gone.
  [[nodiscard]] log_hook hook() const;

 private:
  struct state;
  std::shared_ptr<state> state_;
};

}  // namespace encke::gateway
