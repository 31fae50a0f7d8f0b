// SPDX-License-Identifier: MIT
// Payloads: v4 separates packets by 0x1E; v3 puts a length before each, in UTF-16 code units as text (`4:4abc`) or in
// bytes as binary (00|01, one byte per decimal digit, ff). Lengths from the wire only ever cut the borrowed body.
#include "engineio/payload.hpp"

#include <charconv>

#include <encke/base64.hpp>
#include "base/utf8.hpp"
#include "engineio/json_string.hpp"
#include "http/query.hpp"

namespace encke::engineio {

namespace {

constexpr char separator = '\x1e';
constexpr char end_of_length = '\xff';
constexpr std::size_t most_digits = 10;  // more than any body has bytes

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  out.append(digits, std::to_chars(digits, digits + sizeof digits, number).ptr);
}

/// The head of a packet in the v3 binary form.
void append_binary_head(std::string& out, bool binary, std::size_t length) {
  out += static_cast<char>(binary);
  const auto begin = out.size();
  append_number(out, length);
  for (auto i = begin; i < out.size(); ++i) out[i] = static_cast<char>(out[i] - '0');
  out += end_of_length;
}

/// Takes decimal digits, the first of which is `zero`, and the `end` behind them off `text`.
result<std::size_t, error> take_length(std::string_view& text, char zero, char end) {
  std::size_t length = 0, digits = 0;
  for (; digits < text.size() && text[digits] != end; ++digits) {
    const auto digit = static_cast<unsigned char>(text[digits] - zero);
    if (digit > 9 || digits == most_digits) return error::bad_length;
    length = length * 10 + digit;
  }
  if (digits == text.size()) return error::truncated;
  if (digits == 0) return error::bad_length;
  text.remove_prefix(digits + 1);
  return length;
}

}  // namespace

payload_decoder::payload_decoder(revision rev, payload_form form, std::string_view body, payload_limits limits)
    : rest_{body}, left_{limits.packets}, revision_{rev}, form_{rev == revision::v4 ? payload_form::text : form} {
  if (body.empty()) failed_ = error::empty_packet;
  if (form_ == payload_form::binary || utf8::is_valid(body)) return;
  replaced_ = utf8::replace_invalid(body);
  rest_ = replaced_;
}

result<std::optional<packet>, error> payload_decoder::next() {
  if (failed_) return *failed_;
  // The reference decoder skips empty packets in this form only; a payload of no packets is `0:`.
  while (revision_ == revision::v3 && form_ == payload_form::text && rest_.starts_with("0:")) rest_.remove_prefix(2);
  if (at_end_ || (revision_ == revision::v3 && rest_.empty())) return std::nullopt;

  auto decoded = next_packet();
  if (!decoded) {
    failed_ = decoded.error();
    return *failed_;
  }
  --left_;
  return *decoded;
}

result<packet, error> payload_decoder::next_packet() {
  if (left_ == 0) return error::too_many_packets;
  if (revision_ == revision::v4) return next_v4();
  return form_ == payload_form::text ? next_v3_text() : next_v3_binary();
}

result<packet, error> payload_decoder::next_v4() {
  const auto end = rest_.find(separator);
  const auto text = rest_.substr(0, end);
  at_end_ = end == std::string_view::npos;
  if (!at_end_) rest_.remove_prefix(end + 1);  // what follows a separator is a packet, even if it is empty
  return decode_text(revision_, text, scratch_);
}

result<packet, error> payload_decoder::next_v3_text() {
  const auto length = take_length(rest_, '0', ':');
  if (!length) return length.error();
  const auto bytes = utf8::bytes_of_utf16_units(rest_, *length);
  if (bytes == std::string_view::npos)
    return utf8::utf16_length(rest_) < *length ? error::truncated : error::split_character;
  const auto text = rest_.substr(0, bytes);
  rest_.remove_prefix(bytes);
  return decode_text(revision_, text, scratch_);
}

result<packet, error> payload_decoder::next_v3_binary() {
  const auto kind = static_cast<unsigned char>(rest_[0]);
  if (kind > 1) return error::bad_form;
  rest_.remove_prefix(1);
  const auto length = take_length(rest_, '\0', end_of_length);
  if (!length) return length.error();
  if (*length > rest_.size()) return error::truncated;
  const auto data = rest_.substr(0, *length);
  rest_.remove_prefix(*length);
  if (kind == 1) return decode_binary(revision_, data);
  if (utf8::is_valid(data)) return decode_text(revision_, data, scratch_);
  replaced_ = utf8::replace_invalid(data);
  return decode_text(revision_, replaced_, scratch_);
}

void payload_encoder::add_text(packet_type type, std::string_view data) {
  if (revision_ == revision::v4) {
    if (!out_.empty()) out_ += separator;
  } else if (form_ == payload_form::binary) {
    append_binary_head(out_, false, data.size() + 1);
  } else {
    append_number(out_, utf8::utf16_length(data) + 1);
    out_ += ':';
  }
  append_text_packet(out_, type, data);
}

void payload_encoder::add_text_raw(std::string_view packet_with_type) {
  add_text(static_cast<packet_type>(packet_with_type[0] - '0'), packet_with_type.substr(1));
}

void payload_encoder::add_binary(std::string_view data) {
  if (revision_ == revision::v4) {
    if (!out_.empty()) out_ += separator;
    return append_base64_packet(out_, revision_, data);
  }
  if (form_ == payload_form::binary) {
    append_binary_head(out_, true, data.size() + 1);
    return append_binary_packet(out_, revision_, data);
  }
  append_number(out_, base64::encoded_size(data.size()) + 2);  // with `b` and the type digit
  out_ += ':';
  append_base64_packet(out_, revision_, data);
}

std::string_view control_payload(revision rev, poll_answer answer) noexcept {
  const bool is_v3 = rev == revision::v3;
  switch (answer) {
    case poll_answer::noop: return is_v3 ? "1:6" : "6";
    case poll_answer::close: return is_v3 ? "1:1" : "1";
    case poll_answer::noop_close:
      return is_v3 ? "1:61:1"
                   : "6\x1e"
                     "1";
  }
  return {};
}

std::string jsonp_wrap(std::string_view j, std::string_view payload) {
  std::string out = "___eio[";
  for (char c : j)
    if (c >= '0' && c <= '9') out += c;
  out += "](";
  append_json_string(out, payload);
  out += ");";
  return out;
}

std::optional<std::string> jsonp_unwrap(std::string_view form_body) {
  const http::query form{form_body};
  const auto payload = form.get("d");
  if (!payload) return std::nullopt;
  // The client writes a line feed as `\n` and the two characters `\n` as `\\n`: old browsers alter raw line feeds in
  // forms.
  std::string out;
  out.reserve(payload->size());
  const auto text = *payload;
  for (std::size_t i = 0; i < text.size(); ++i) {
    const auto rest = text.substr(i);
    if (rest.starts_with("\\\\n")) {
      out += "\\n";
      i += 2;
    } else if (rest.starts_with("\\n")) {
      out += '\n';
      i += 1;
    } else {
      out += text[i];
    }
  }
  return out;
}

}  // namespace encke::engineio
