// SPDX-License-Identifier: MIT
#include "http/file.hpp"

#include "base/utf8.hpp"
#include "http/query.hpp"
#include "http/text.hpp"

#include <algorithm>
#include <array>
#include <utility>

namespace encke::http {
namespace {

constexpr std::array<std::pair<std::string_view, std::string_view>, 22> types{{
    {"html", "text/html; charset=utf-8"},
    {"htm", "text/html; charset=utf-8"},
    {"js", "text/javascript; charset=utf-8"},
    {"mjs", "text/javascript; charset=utf-8"},
    {"css", "text/css; charset=utf-8"},
    {"txt", "text/plain; charset=utf-8"},
    {"md", "text/markdown; charset=utf-8"},
    {"json", "application/json"},
    {"map", "application/json"},
    {"webmanifest", "application/manifest+json"},
    {"xml", "application/xml"},
    {"wasm", "application/wasm"},
    {"pdf", "application/pdf"},
    {"svg", "image/svg+xml"},
    {"png", "image/png"},
    {"jpg", "image/jpeg"},
    {"jpeg", "image/jpeg"},
    {"gif", "image/gif"},
    {"webp", "image/webp"},
    {"ico", "image/x-icon"},
    {"woff", "font/woff"},
    {"woff2", "font/woff2"},
}};

std::string_view without_weakness(std::string_view tag) noexcept {
  if (tag.starts_with("W/")) tag.remove_prefix(2);
  return tag;
}

// Takes one tag off a list, quotes included: a comma may stand between them (RFC 9110 8.8.3). A tag without quotes,
// which some clients send, ends at the comma.
std::string_view next_tag(std::string_view& list) noexcept {
  while (!list.empty() && (list.front() == ',' || list.front() == ' ' || list.front() == '\t')) list.remove_prefix(1);
  const std::size_t quote = list.starts_with("W/\"") ? 2 : 0;
  std::size_t end = list.find(',');
  if (list.substr(quote).starts_with('"')) {
    end = list.find('"', quote + 1);
    if (end != list.npos) ++end;
  }
  const auto tag = list.substr(0, end);
  list.remove_prefix(tag.size());
  return trim(tag);
}

}  // namespace

std::optional<std::string> safe_path(std::string_view url_path) {
  if (!url_path.starts_with('/')) return std::nullopt;
  const auto decoded = percent_decode(url_path);
  if (!utf8::is_valid(decoded)) return std::nullopt;
  for (const char c : decoded)
    if (static_cast<unsigned char>(c) < 0x20 || c == 0x7F || c == '\\') return std::nullopt;

  std::string path;
  std::string_view left = decoded;
  while (!left.empty()) {
    left.remove_prefix(std::min(left.find_first_not_of('/'), left.size()));
    const auto segment = left.substr(0, left.find('/'));
    if (segment.starts_with('.')) return std::nullopt;
    path += segment;
    left.remove_prefix(segment.size());
    if (left.starts_with('/') && !segment.empty()) path.push_back('/');
  }
  return path;
}

std::string_view content_type_for(std::string_view path) noexcept {
  const auto name = path.substr(path.find_last_of('/') + 1);
  const auto dot = name.find_last_of('.');
  if (dot == name.npos) return "application/octet-stream";
  const auto extension = name.substr(dot + 1);
  for (const auto& [known, type] : types)
    if (iequals(known, extension)) return type;
  return "application/octet-stream";
}

bool etag_matches(std::string_view if_none_match, std::string_view etag) noexcept {
  if (trim(if_none_match) == "*") return true;
  const auto wanted = without_weakness(etag);
  while (!if_none_match.empty()) {
    const auto tag = next_tag(if_none_match);
    if (!tag.empty() && without_weakness(tag) == wanted) return true;
  }
  return false;
}

}  // namespace encke::http
