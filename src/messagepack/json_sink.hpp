// SPDX-License-Identifier: MIT
// JSON sink: writes values that come one after another, as JSON text and attachments, with commas and brackets where
// they belong. The decoder's visitor puts the data of a packet in.
#pragma once

#include <encke/parser.hpp>
#include <socketio/json_write.hpp>
#include <string>
#include <vector>

namespace encke::messagepack {

/// Every function that can fail says why, or gives nullptr.
class json_sink {
 public:
  explicit json_sink(const packet_limits& limits) : limits_{limits} {}

  template <class Number>
  void number(Number value) {
    begin();
    socketio::append_number(text_, value);
  }
  void word(std::string_view text) {
    begin();
    text_ += text;
  }
  void string(std::string_view utf8) {
    begin();
    socketio::append_string(text_, utf8);
  }
  void date(std::int64_t milliseconds);
  [[nodiscard]] const char* bytes(std::string_view data);
  /// Where JSON.stringify leaves a member out, writes null into an array, and gives no text at all.
  void undefined();

  [[nodiscard]] const char* open(bool is_map);
  void key(std::string_view utf8);
  void close();
  [[nodiscard]] std::size_t depth() const { return open_.size(); }

  std::string take_text() { return std::move(text_); }
  std::vector<std::string> take_attachments() { return std::move(attachments_); }

 private:
  struct level {
    bool is_map;
    bool has_values = false;
    std::size_t key_at = 0;  // of a map: where what belongs to its last member begins
  };
  void begin();

  const packet_limits& limits_;
  std::string text_;
  std::vector<std::string> attachments_;
  std::size_t attachment_bytes_ = 0;
  std::vector<level> open_;
};

}  // namespace encke::messagepack
