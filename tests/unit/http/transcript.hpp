// SPDX-License-Identifier: MIT
// Runs a request parser over pieces of a wire and writes down what it said, in the words of the golden vectors.
// Used by the vector tests and by the fuzzer: two ways of cutting the same wire must give the same transcript.
#pragma once

#include "http/request_parser.hpp"

#include <string>
#include <utility>
#include <vector>

namespace encke::test {

using transcript = std::vector<std::pair<std::string, std::string>>;

inline std::string error_name(http::error e) {
  std::string name{to_string(e)};
  for (auto& c : name)
    if (c == ' ') c = '_';
  return name;
}

class http_scribe {
 public:
  explicit http_scribe(http::limits limits = {}, std::size_t body_limit = http::request_parser::default_body_limit)
      : parser_{limits}, body_limit_{body_limit} {}

  void feed(std::string_view piece) {
    parser_.feed(piece);
    while (!is_upgraded_ && step()) {
    }
  }

  /// What was said, and the bytes behind an upgrade. The scribe is done then.
  [[nodiscard]] transcript finish() {
    if (is_upgraded_) lines_.emplace_back("unread", parser_.take_unread());
    return lines_;
  }

  [[nodiscard]] http::request_parser& parser() { return parser_; }

 private:
  bool step() {
    auto found = parser_.next();
    if (found.has_error()) {
      if (!has_failed_) lines_.emplace_back("error", error_name(found.error()));
      has_failed_ = true;
      return false;
    }
    if (!*found) return false;
    if (**found == http::request_parser::event::head) {
      write_head(parser_.message());
    } else {
      const auto message = parser_.take();
      lines_.emplace_back("body", message.body);
      parser_.start_next();
    }
    return true;
  }

  void write_head(const http::request& r) {
    parser_.limit_body(body_limit_);
    is_upgraded_ = r.upgrade;
    std::string line{r.method};
    line.append(" ").append(r.target).append(r.version == 11 ? " 1.1" : " 1.0");
    line += r.keep_alive ? " keep-alive" : " close";
    if (r.upgrade) line += " upgrade";
    lines_.emplace_back("request", line);
    for (const auto& field : r.headers) {
      std::string text{field.name};
      lines_.emplace_back("header", text.append(": ").append(field.value));
    }
  }

  http::request_parser parser_;
  std::size_t body_limit_;
  bool is_upgraded_ = false;
  bool has_failed_ = false;
  transcript lines_;
};

}  // namespace encke::test
