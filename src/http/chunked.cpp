// SPDX-License-Identifier: MIT
#include "http/chunked.hpp"

#include "http/text.hpp"

#include <algorithm>
#include <charconv>
#include <optional>

namespace encke::http {
namespace {

// Nobody needs more; without these, a body of few bytes could keep us reading for ever.
constexpr std::size_t max_size_line = 256;
constexpr std::size_t max_extensions = 16 * 1024;
constexpr std::size_t max_trailers = 8 * 1024;

bool has_control(std::string_view text) noexcept {
  return std::ranges::any_of(text,
                             [](char c) { return (static_cast<unsigned char>(c) < 0x20 && c != '\t') || c == 0x7F; });
}

// A line with its CRLF. Nothing: not whole yet. An empty view: too long or badly ended.
std::optional<std::string_view> take_line(std::string_view bytes, std::size_t longest) noexcept {
  const auto end = bytes.substr(0, longest).find('\n');
  if (end == bytes.npos) return bytes.size() < longest ? std::nullopt : std::optional{std::string_view{}};
  if (end == 0 || bytes[end - 1] != '\r') return std::string_view{};
  return bytes.substr(0, end + 1);
}

}  // namespace

// chunk-size [ chunk-ext ]: hexadecimal digits, then nothing or ";" and what we ignore.
bool chunked::read_size(std::string_view line) {
  const auto [end, failure] = std::from_chars(line.data(), line.data() + line.size(), left_, 16);
  if (failure != std::errc{} || end == line.data()) return false;
  const auto extension = line.substr(static_cast<std::size_t>(end - line.data()));
  if (!extension.empty() && !trim(extension).starts_with(';')) return false;
  extensions_ += extension.size();
  return extensions_ <= max_extensions && !has_control(extension);
}

// Trailer fields are ignored (RFC 9112 7.1.2), but they must be fields.
bool chunked::read_trailer(std::string_view line) {
  const auto colon = line.find(':');
  return colon != line.npos && is_token(line.substr(0, colon)) && !has_control(line.substr(colon));
}

result<std::size_t, error> chunked::decode(std::string_view bytes, request::string& body, std::size_t limit) {
  std::size_t used = 0;
  const auto use = [&](std::size_t n) {
    used += n;
    bytes.remove_prefix(n);
  };
  while (!bytes.empty() && state_ != state::done) {
    if (state_ == state::data) {
      const auto n = static_cast<std::size_t>(std::min<std::uint64_t>(left_, bytes.size()));
      body.append(bytes.substr(0, n));
      use(n);
      left_ -= n;
      if (left_ == 0) state_ = state::end_of_data;
      continue;
    }
    if (state_ == state::end_of_data) {
      if (bytes[0] != '\r' || (bytes.size() > 1 && bytes[1] != '\n')) return error::bad_chunk;
      if (bytes.size() < 2) break;
      use(2);
      state_ = state::size;
      continue;
    }
    const auto line = take_line(bytes, state_ == state::size ? max_size_line : max_trailers - trailers_);
    if (!line) break;
    if (line->empty()) return error::bad_chunk;
    const auto text = line->substr(0, line->size() - 2);
    use(line->size());
    if (state_ == state::trailer) {
      trailers_ += line->size();
      if (text.empty()) state_ = state::done;
      if (!text.empty() && !read_trailer(text)) return error::bad_chunk;
      continue;
    }
    if (!read_size(text)) return error::bad_chunk;
    if (left_ > limit - std::min(limit, body.size())) return error::body_too_large;
    state_ = left_ == 0 ? state::trailer : state::data;
  }
  return used;
}

}  // namespace encke::http
