// SPDX-License-Identifier: MIT
#include "bench/load/answer.hpp"

#include <charconv>
#include <optional>

namespace encke::load {

namespace {

constexpr std::size_t longest_head = 64U << 10;
constexpr std::size_t longest_body = 64U << 20;

char lower(char c) noexcept {
  return c >= 'A' && c <= 'Z' ? static_cast<char>(c + 32) : c;
}

// `what` is in lower case.
bool is_same(std::string_view text, std::string_view what) noexcept {
  if (text.size() != what.size()) return false;
  for (std::size_t i = 0; i < text.size(); ++i)
    if (lower(text[i]) != what[i]) return false;
  return true;
}

struct head {
  std::optional<std::size_t> length;
  bool chunked = false;
};

std::string_view trimmed(std::string_view text) noexcept {
  while (!text.empty() && (text.front() == ' ' || text.front() == '\t')) text.remove_prefix(1);
  while (!text.empty() && (text.back() == ' ' || text.back() == '\t')) text.remove_suffix(1);
  return text;
}

head read_fields(std::string_view fields, answer& a) {
  head h;
  while (!fields.empty()) {
    const auto end = fields.find("\r\n");
    const auto line = fields.substr(0, end);
    fields = end == std::string_view::npos ? std::string_view{} : fields.substr(end + 2);
    const auto colon = line.find(':');
    if (colon == std::string_view::npos) continue;
    const auto name = line.substr(0, colon);
    const auto value = trimmed(line.substr(colon + 1));
    if (is_same(name, "content-length")) {
      std::size_t length = 0;
      if (std::from_chars(value.data(), value.data() + value.size(), length).ec == std::errc{}) h.length = length;
    } else if (is_same(name, "transfer-encoding")) {
      h.chunked = is_same(value, "chunked");
    } else if (is_same(name, "connection")) {
      a.closes = is_same(value, "close");
    }
  }
  return h;
}

// Puts the chunks together; size stays zero until the last one is there.
void read_chunks(std::string_view bytes, std::size_t at, answer& a, std::string& scratch) {
  scratch.clear();
  for (;;) {
    const auto line_end = bytes.find("\r\n", at);
    if (line_end == std::string_view::npos) return;
    std::size_t length = 0;
    const auto parsed = std::from_chars(bytes.data() + at, bytes.data() + line_end, length, 16);
    if (parsed.ec != std::errc{} || length > longest_body) {
      a.state = reading::wrong;
      return;
    }
    at = line_end + 2;
    if (bytes.size() - at < length + 2) return;  // trailers are not expected: the last chunk ends like the others
    scratch.append(bytes.substr(at, length));
    at += length + 2;
    if (length > 0) continue;
    a.body = scratch;
    a.size = at;
    a.state = reading::whole;
    return;
  }
}

}  // namespace

answer read_answer(std::string_view bytes, std::string& scratch) {
  answer a;
  const auto wrong = [&a] { return a.state = reading::wrong, a; };
  const auto end = bytes.find("\r\n\r\n");
  if (end == std::string_view::npos) return bytes.size() > longest_head ? wrong() : a;
  if (!bytes.starts_with("HTTP/1.") || end < 12) return wrong();
  if (std::from_chars(bytes.data() + 9, bytes.data() + 12, a.status).ec != std::errc{}) return wrong();
  const auto first_line = bytes.find("\r\n");
  a.closes = bytes[7] == '0';
  const auto h =
      read_fields(first_line == end ? std::string_view{} : bytes.substr(first_line + 2, end - first_line - 2), a);
  const auto body = end + 4;
  if (a.status < 200 || a.status == 204 || a.status == 304) {  // RFC 9112 6.3: these have none
    a.size = body;
    a.state = reading::whole;
  } else if (h.chunked) {
    read_chunks(bytes, body, a, scratch);
  } else if (!h.length || *h.length > longest_body) {
    return wrong();
  } else if (bytes.size() - body >= *h.length) {
    a.body = bytes.substr(body, *h.length);
    a.size = body + *h.length;
    a.state = reading::whole;
  }
  return a;
}

}  // namespace encke::load
