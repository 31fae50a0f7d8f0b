// SPDX-License-Identifier: MIT
#include "gateway/api/content_type.hpp"

#include <algorithm>
#include <cctype>
#include <string>

namespace encke::gateway {

namespace {

std::string in_lower_case(std::string_view text) {
  std::string lower{text};
  std::ranges::transform(lower, lower.begin(), [](unsigned char c) { return static_cast<char>(std::tolower(c)); });
  return lower;
}

std::string_view trimmed(std::string_view text) {
  const auto first = text.find_first_not_of(" \t");
  if (first == std::string_view::npos) return {};
  return text.substr(first, text.find_last_not_of(" \t") - first + 1);
}

// The charset parameter in lower case, or "". RFC 9110 5.6.6: a value may be in quotes.
std::string charset_of(std::string_view content_type) {
  for (auto at = content_type.find(';'); at != std::string_view::npos; at = content_type.find(';', at + 1)) {
    const auto parameter = trimmed(content_type.substr(at + 1, content_type.find(';', at + 1) - at - 1));
    const auto equals = parameter.find('=');
    if (equals == std::string_view::npos || in_lower_case(parameter.substr(0, equals)) != "charset") continue;
    auto value = parameter.substr(equals + 1);
    if (value.size() >= 2 && value.starts_with('"') && value.ends_with('"')) value = value.substr(1, value.size() - 2);
    return in_lower_case(value);
  }
  return {};
}

// JSON begins with an ASCII character, and a second one follows, or with a byte order mark (RFC 4627 3).
bool is_wide(std::string_view body) {
  if (body.starts_with("\xFE\xFF") || body.starts_with("\xFF\xFE")) return true;
  return body.size() >= 2 && (body[0] == '\0' || body[1] == '\0');
}

problem unsupported(std::string detail) {
  return {.status = 415, .code = "unsupported_media_type", .detail = std::move(detail)};
}

}  // namespace

body_type type_of(const http_request& request) {
  const auto given = request.header("content-type");
  const auto type = in_lower_case(trimmed(given.substr(0, given.find(';'))));
  for (const std::string_view lines : {"application/x-ndjson", "application/ndjson", "application/jsonl"})
    if (type == lines) return body_type::ndjson;
  // https://mimesniff.spec.whatwg.org/#json-mime-type. A browser asks first before it sends one to another origin.
  const bool is_json = type == "application/json" || type == "text/json" || type.ends_with("+json");
  return is_json ? body_type::json : body_type::other;
}

std::optional<problem> refusal_of_body(const http_request& request) {
  // Asking for this type keeps web pages out: a browser asks first before it sends it to another origin.
  if (type_of(request) != body_type::json) return unsupported("the body must be JSON: Content-Type: application/json");
  return refusal_of_coding(request);
}

std::optional<problem> refusal_of_coding(const http_request& request) {
  const auto coding = in_lower_case(trimmed(request.header("content-encoding")));
  if (!coding.empty() && coding != "identity") {
    auto refusal = unsupported("a body that is compressed is not read: send it without Content-Encoding");
    refusal.headers = {{"Accept-Encoding", "identity"}};  // RFC 9110 15.5.16
    return refusal;
  }
  const auto charset = charset_of(request.header("content-type"));
  const bool is_utf8 = charset.empty() || charset == "utf-8" || charset == "utf8" || charset == "us-ascii";
  if (!is_utf8 || is_wide(request.body)) return unsupported("the body must be in UTF-8, as JSON is (RFC 8259 8.1)");
  return std::nullopt;
}

}  // namespace encke::gateway
