// SPDX-License-Identifier: MIT
// Records to lines, and lines to a descriptor. spdlog brings levels and locking; the lines and the file are ours, so
// that every record is one line whatever a client put into it, and the file can be opened again in place.
#include "gateway/log.hpp"

#include <fcntl.h>
#include <fmt/chrono.h>
#include <fmt/format.h>
#include <spdlog/logger.h>
#include <spdlog/sinks/base_sink.h>
#include <unistd.h>

#include <algorithm>
#include <cerrno>
#include <cstring>
#include <mutex>
#include <stdexcept>

namespace encke::gateway {
namespace {

using system_clock = std::chrono::system_clock;

constexpr std::size_t most_value = 1024;

// Fields of the record that this thread is writing: spdlog hands the sink a text only, in the same call.
thread_local std::span<const log_field> current_fields;

struct code_point {
  char32_t value = 0xFFFD;
  std::size_t length = 1;
  bool is_valid = false;
};

// RFC 3629: the shortest form only, no surrogates, nothing past U+10FFFF.
code_point first_of(std::string_view text) {
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(text[i]); };
  const auto lead = byte(0);
  if (lead < 0x80) return {lead, 1, true};
  const std::size_t length = lead >= 0xC2 && lead < 0xE0   ? 2
                             : lead >= 0xE0 && lead < 0xF0 ? 3
                             : lead >= 0xF0 && lead < 0xF5 ? 4
                                                           : 0;
  if (length == 0 || text.size() < length) return {};
  char32_t value = lead & (0x7Fu >> length);
  for (std::size_t i = 1; i < length; ++i) {
    if ((byte(i) & 0xC0u) != 0x80) return {};
    value = value << 6 | (byte(i) & 0x3Fu);
  }
  constexpr char32_t least[] = {0, 0, 0x80, 0x800, 0x10000};
  if (value < least[length] || value > 0x10FFFF || (value >= 0xD800 && value < 0xE000)) return {};
  return {value, length, true};
}

// Escaped as in JSON (RFC 8259 7). C1 controls and line separators too: terminals and viewers obey them.
void append_escaped(std::string& out, std::string_view text, bool keep_quotes) {
  const bool is_cut = text.size() > most_value;
  text = text.substr(0, most_value);
  while (!text.empty()) {
    const auto [value, length, is_valid] = first_of(text);
    if (!is_valid)
      out += "\uFFFD";
    else if (value == '\n')
      out += "\\n";
    else if (value < 0x20 || (value >= 0x7F && value < 0xA0) || value == 0x2028 || value == 0x2029)
      out += fmt::format("\\u{:04x}", static_cast<unsigned>(value));
    else if ((value == '"' || value == '\\') && !keep_quotes)
      out.append(1, '\\').append(1, static_cast<char>(value));
    else
      out += text.substr(0, length);
    text.remove_prefix(length);
  }
  if (is_cut) out += "...";
}

bool is_plain(std::string_view value) {
  return !value.empty() && value.size() <= most_value && std::ranges::all_of(value, [](unsigned char c) {
    return c > 0x20 && c < 0x7F && c != '"' && c != '\\' && c != '=';
  });
}

std::string format_time(system_clock::time_point time) {
  const auto since = time.time_since_epoch();
  const auto seconds = std::chrono::floor<std::chrono::seconds>(since);
  const auto rest = std::chrono::duration_cast<std::chrono::milliseconds>(since - seconds);
  return fmt::format("{:%Y-%m-%dT%H:%M:%S}.{:03}Z", fmt::gmtime(static_cast<std::time_t>(seconds.count())),
                     rest.count());
}

void append_json_member(std::string& out, std::string_view name, std::string_view value) {
  out += out.size() > 1 ? ",\"" : "\"";
  append_escaped(out, name, false);
  out += "\":\"";
  append_escaped(out, value, false);
  out += '"';
}

std::string format_json(system_clock::time_point time, log_level level, std::string_view message,
                        std::span<const log_field> fields) {
  std::string out = "{";
  append_json_member(out, "ts", format_time(time));
  append_json_member(out, "level", to_string(level));
  append_json_member(out, "msg", message);
  for (const auto& [name, value] : fields) {
    const bool is_taken = name == "ts" || name == "level" || name == "msg";
    append_json_member(out, is_taken ? std::string{name} + "_" : std::string{name}, value);
  }
  return out + "}\n";
}

std::string format_text(system_clock::time_point time, log_level level, std::string_view message,
                        std::span<const log_field> fields) {
  std::string out = fmt::format("{} {:<5} ", format_time(time), to_string(level));
  append_escaped(out, message, true);
  for (const auto& [name, value] : fields) {
    out += ' ';
    append_escaped(out, name, true);
    out += '=';
    if (is_plain(value)) {
      out += value;
      continue;
    }
    out += '"';
    append_escaped(out, value, false);
    out += '"';
  }
  return out + "\n";
}

spdlog::level::level_enum to_spdlog(log_level level) {
  switch (level) {
    case log_level::trace: return spdlog::level::trace;
    case log_level::debug: return spdlog::level::debug;
    case log_level::info: return spdlog::level::info;
    case log_level::warn: return spdlog::level::warn;
    case log_level::error: return spdlog::level::err;
    case log_level::off: break;
  }
  return spdlog::level::off;
}

log_level from_spdlog(spdlog::level::level_enum level) {
  switch (level) {
    case spdlog::level::trace: return log_level::trace;
    case spdlog::level::debug: return log_level::debug;
    case spdlog::level::info: return log_level::info;
    case spdlog::level::warn: return log_level::warn;
    case spdlog::level::err:
    case spdlog::level::critical: return log_level::error;
    case spdlog::level::off:
    case spdlog::level::n_levels: break;
  }
  return log_level::off;
}

log_level from_library(encke::log_level level) {
  switch (level) {
    case encke::log_level::trace: return log_level::trace;
    case encke::log_level::debug: return log_level::debug;
    case encke::log_level::info: return log_level::info;
    case encke::log_level::warning: return log_level::warn;
    case encke::log_level::error: break;
  }
  return log_level::error;
}

// Standard error, or a file of its own; -1 when the file cannot be opened.
int open_target(const std::string& path) {
  if (path.empty()) return STDERR_FILENO;
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0640);
}

class line_sink final : public spdlog::sinks::base_sink<std::mutex> {
 public:
  line_sink(int fd, log_format format) : fd_{fd}, format_{format} {}
  ~line_sink() override { close(); }

  void take(int fd, log_format format) {
    const std::lock_guard lock{mutex_};
    close();
    fd_ = fd;
    format_ = format;
  }

 private:
  void close() {
    if (fd_ != STDERR_FILENO) ::close(fd_);
  }

  void sink_it_(const spdlog::details::log_msg& record) override {
    const auto line = format_record(format_, record.time, from_spdlog(record.level),
                                    {record.payload.data(), record.payload.size()}, current_fields);
    std::string_view rest = line;
    while (!rest.empty()) {
      const auto count = ::write(fd_, rest.data(), rest.size());
      if (count < 0 && errno == EINTR) continue;
      if (count <= 0) return;  // a full disk must not stop the gateway
      rest.remove_prefix(static_cast<std::size_t>(count));
    }
  }
  void flush_() override {}

  int fd_;
  log_format format_;
};

}  // namespace

struct logger::state {
  state(int fd, const log_settings& settings)
      : sink{std::make_shared<line_sink>(fd, settings.format)}, inner{"encke", sink} {
    inner.set_level(to_spdlog(settings.level));
  }

  void write(log_level level, std::string_view message, std::span<const log_field> fields) noexcept {
    // spdlog catches what writing throws; its own report of that must not go to the terminal of a service.
    current_fields = fields;
    inner.log(to_spdlog(level), spdlog::string_view_t{message.data(), message.size()});
    current_fields = {};
  }

  std::shared_ptr<line_sink> sink;
  spdlog::logger inner;
};

std::string_view to_string(log_level level) noexcept {
  switch (level) {
    case log_level::trace: return "trace";
    case log_level::debug: return "debug";
    case log_level::info: return "info";
    case log_level::warn: return "warn";
    case log_level::error: return "error";
    case log_level::off: break;
  }
  return "off";
}

std::string format_record(log_format format, system_clock::time_point time, log_level level, std::string_view message,
                          std::span<const log_field> fields) {
  return format == log_format::json ? format_json(time, level, message, fields)
                                    : format_text(time, level, message, fields);
}

logger::logger(const log_settings& settings) {
  const int fd = open_target(settings.file);
  if (fd < 0) throw std::runtime_error{fmt::format("{}: cannot be written: {}", settings.file, std::strerror(errno))};
  state_ = std::make_shared<state>(fd, settings);
  state_->inner.set_error_handler([](const std::string&) {});
}

logger::~logger() = default;

bool logger::is_on(log_level level) const noexcept {
  return level != log_level::off && state_->inner.should_log(to_spdlog(level));
}

void logger::write(log_level level, std::string_view message, std::span<const log_field> fields) noexcept {
  if (is_on(level)) state_->write(level, message, fields);
}

bool logger::reopen(const log_settings& settings) {
  const int fd = open_target(settings.file);
  if (fd < 0) return false;
  state_->sink->take(fd, settings.format);
  state_->inner.set_level(to_spdlog(settings.level));
  return true;
}

log_hook logger::hook() const {
  return [state = state_](const log_record& record) {
    const auto level = from_library(record.level);
    if (state->inner.should_log(to_spdlog(level))) state->write(level, record.message, record.fields);
  };
}

}  // namespace encke::gateway
