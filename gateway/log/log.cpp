// SPDX-License-Identifier: MIT
#include "gateway/log/log.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <unistd.h>

#include <atomic>
#include <cerrno>
#include <cstring>
#include <stdexcept>

#include "gateway/log/writer.hpp"

namespace encke::gateway {
namespace {

using std::chrono::system_clock;

constexpr std::chrono::milliseconds longest_turn{200};  // that a reload waits for the old file

// Standard error, or a file of its own; -1 when the file cannot be opened. A pipe with a name may be without a reader
// for now: opened to read as well, it takes records until it is full, and waits for nobody.
int open_target(const std::string& path) {
  if (path.empty()) return STDERR_FILENO;
  constexpr int usual = O_APPEND | O_CREAT | O_CLOEXEC | O_NONBLOCK | O_NOCTTY;
  const int opened = ::open(path.c_str(), O_WRONLY | usual, 0640);
  return opened < 0 && errno == ENXIO ? ::open(path.c_str(), O_RDWR | usual, 0640) : opened;
}

}  // namespace

struct logger::state {
  state(int descriptor, const log_settings& settings)
      : level{settings.level}, format{settings.format}, out{descriptor, [this](std::uint64_t lost) {
                                                              return line(
                                                                  log_level::warning, "records were lost",
                                                                  log_fields{}.add("count", std::to_string(lost)));
                                                            }} {}

  [[nodiscard]] bool is_on(log_level which) const noexcept {
    const auto least = level.load(std::memory_order_relaxed);
    return least && which >= *least;
  }
  [[nodiscard]] std::string line(log_level of, std::string_view message, std::span<const log_field> fields) const {
    return format_record(format.load(std::memory_order_relaxed), system_clock::now(), of, message, fields);
  }
  void write(log_level of, std::string_view message, std::span<const log_field> fields) noexcept {
    try {
      out.put(line(of, message, fields));
    } catch (const std::exception&) {
      out.lose();
    }
  }

  std::atomic<std::optional<log_level>> level;
  std::atomic<log_format> format;
  log_writer out;
};

logger::target::target(const log_settings& given) : settings{given}, descriptor_{open_target(given.file)} {
  if (descriptor_ < 0)
    throw std::runtime_error{fmt::format("{}: cannot be written: {}", given.file, std::strerror(errno))};
}

logger::target::~target() {
  if (descriptor_ > STDERR_FILENO) ::close(descriptor_);
}

logger::logger(const log_settings& settings) {
  target first{settings};
  state_ = std::make_shared<state>(first.descriptor_, settings);
  first.descriptor_ = -1;
}

logger::~logger() = default;

bool logger::is_on(log_level level) const noexcept {
  return state_->is_on(level);
}

void logger::write(log_level level, std::string_view message, std::span<const log_field> fields) noexcept {
  if (is_on(level)) state_->write(level, message, fields);
}

void logger::turn_to(target next) {
  flush(longest_turn);
  state_->out.turn_to(std::exchange(next.descriptor_, -1));
  state_->level = next.settings.level;
  state_->format = next.settings.format;
}

bool logger::flush(std::chrono::milliseconds most) noexcept {
  return state_->out.flush(most);
}

std::uint64_t logger::lost() const noexcept {
  return state_->out.lost();
}

log_hook logger::hook() const {
  return [state = state_](const log_record& record) {
    if (state->is_on(record.level)) state->write(record.level, record.message, record.fields);
  };
}

}  // namespace encke::gateway
