// SPDX-License-Identifier: MIT
// Publisher: POSTs events to a server's HTTP API over one connection, one body at a time, one event a line.
// Broadcast (--by http) and publish send with it; the arrival of the events is counted by the receivers.
#pragma once

#include <string>
#include <vector>

#include "bench/load/http_line.hpp"
#include "bench/load/options.hpp"
#include "bench/load/outgoing.hpp"
#include "bench/load/stats.hpp"
#include "bench/load/target.hpp"

namespace encke::load {

// A text with places for a user and for data.
class body_template {
 public:
  explicit body_template(std::string_view text);
  void append_to(std::string& body, std::string_view user, std::string_view data) const;

 private:
  enum class place : std::uint8_t { none, user, data };
  struct piece {
    std::string text;
    place then;
  };
  std::vector<piece> pieces_;
};

class publisher final : private line_listener {
 public:
  publisher(loop& on, const target& push, const options& given, stats& counted, bool is_ndjson);

  [[nodiscard]] bool is_free() const noexcept { return line_.is_free(); }
  // Adds an event for `user` to the next body; with a number behind its stamp if there is one.
  void add(std::string_view user, const stamp& s, std::optional<std::uint32_t> number = {});
  // Needs is_free(). Sends the body.
  void post();

 private:
  void on_answer(http_line& line, unsigned status, std::string_view body) override;
  void on_no_answer(http_line& line, int error) override;

  http_line line_;
  stats& counted_;
  body_template template_;
  std::string head_, body_, request_;
  std::string data_;  // a JSON string with a stamp
};

}  // namespace encke::load
