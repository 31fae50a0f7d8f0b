// SPDX-License-Identifier: MIT
#include "http/response.hpp"

#include "http/text.hpp"

#include <algorithm>
#include <charconv>
#include <functional>
#include <iterator>

namespace encke::http {
namespace {

constexpr std::size_t usual_head = 200;  // bytes, without fields of others

// RFC 9110 8.6, 15.4.5: these answers end with their head, whatever it says.
bool has_no_body(unsigned status) noexcept {
  return status < 200 || status == 204 || status == 304;
}

void append_number(std::string& out, std::size_t number) {
  char digits[20];
  const auto end = std::to_chars(digits, digits + sizeof digits, number).ptr;
  out.append(digits, end);
}

void append_status_line(std::string& out, unsigned status) {
  if (status == 200) {
    out += "HTTP/1.1 200 OK\r\n";
    return;
  }
  out += "HTTP/1.1 ";
  append_number(out, status);
  out += ' ';
  out += reason_phrase(status);
  out += "\r\n";
}

void append_connection(std::string& out, writing how) {
  if (!how.keep_alive) out += "Connection: close\r\n";
  // RFC 9112 9.3: an HTTP/1.0 client keeps the connection only if told so.
  if (how.keep_alive && how.version < 11) out += "Connection: keep-alive\r\n";
}

struct written {
  bool length, connection, date;
};

void append_date(std::string& out, std::string_view date) {
  if (date.empty()) return;
  out += "Date: ";
  out += date;
  out += "\r\n";
}

void append_given(std::string& out, const header_list& headers, written already) {
  for (const auto& [name, value] : headers) {
    if (iequals(name, "Transfer-Encoding")) continue;
    if (already.length && iequals(name, "Content-Length")) continue;
    if (already.connection && iequals(name, "Connection")) continue;
    if (already.date && iequals(name, "Date")) continue;
    append_field(out, name, value);
  }
}

}  // namespace

std::string_view reason_phrase(unsigned status) noexcept {
  switch (status) {
    case 100: return "Continue";
    case 101: return "Switching Protocols";
    case 200: return "OK";
    case 201: return "Created";
    case 202: return "Accepted";
    case 204: return "No Content";
    case 206: return "Partial Content";
    case 301: return "Moved Permanently";
    case 302: return "Found";
    case 303: return "See Other";
    case 304: return "Not Modified";
    case 307: return "Temporary Redirect";
    case 308: return "Permanent Redirect";
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 405: return "Method Not Allowed";
    case 406: return "Not Acceptable";
    case 408: return "Request Timeout";
    case 409: return "Conflict";
    case 410: return "Gone";
    case 411: return "Length Required";
    case 412: return "Precondition Failed";
    case 413: return "Content Too Large";
    case 414: return "URI Too Long";
    case 415: return "Unsupported Media Type";
    case 416: return "Range Not Satisfiable";
    case 417: return "Expectation Failed";
    case 421: return "Misdirected Request";
    case 422: return "Unprocessable Content";
    case 426: return "Upgrade Required";
    case 428: return "Precondition Required";
    case 429: return "Too Many Requests";
    case 431: return "Request Header Fields Too Large";
    case 500: return "Internal Server Error";
    case 501: return "Not Implemented";
    case 502: return "Bad Gateway";
    case 503: return "Service Unavailable";
    case 504: return "Gateway Timeout";
    case 505: return "HTTP Version Not Supported";
    default: return "Unknown";
  }
}

void append_field(std::string& out, std::string_view name, std::string_view value) {
  if (!is_token(name)) return;
  out += name;
  out += ": ";
  const auto breaks = [](char c) { return c == '\r' || c == '\n' || c == '\0'; };
  if (std::ranges::none_of(value, breaks)) {
    out += value;
  } else {
    std::ranges::copy_if(value, std::back_inserter(out), std::not_fn(breaks));
  }
  out += "\r\n";
}

void append_head(std::string& out, const response& answer, std::size_t body_size, writing how) {
  append_status_line(out, answer.status);
  append_date(out, how.date);
  if (!answer.content_type.empty()) append_field(out, "Content-Type", answer.content_type);
  // The answer to HEAD may know the length of a body that was not made.
  const bool writes_length = !has_no_body(answer.status) && !(how.head_only && body_size == 0);
  if (writes_length) {
    out += "Content-Length: ";
    append_number(out, body_size);
    out += "\r\n";
  }
  const bool is_final = answer.status >= 200;
  const bool writes_connection = is_final && (!how.keep_alive || how.version < 11);
  append_given(out, answer.headers,
               {.length = writes_length, .connection = writes_connection, .date = !how.date.empty()});
  if (is_final) append_connection(out, how);
  out += "\r\n";
}

void append(std::string& out, const response& answer, writing how) {
  std::size_t size = usual_head + answer.body.size();
  for (const auto& [name, value] : answer.headers) size += name.size() + value.size() + 4;
  out.reserve(out.size() + size);
  append_head(out, answer, answer.body.size(), how);
  if (!how.head_only && !has_no_body(answer.status)) out += answer.body;
}

void append(std::string& out, const response& answer, bool keep_alive, bool head_only) {
  append(out, answer, writing{.keep_alive = keep_alive, .head_only = head_only});
}

void append_polling_ok(std::string& out, std::string_view content_type, std::string_view body, writing how,
                       const header_list& extra) {
  out.reserve(out.size() + usual_head + body.size());
  out += "HTTP/1.1 200 OK\r\n";
  append_date(out, how.date);
  out += "Content-Type: ";
  out += content_type;
  out += "\r\nContent-Length: ";
  append_number(out, body.size());
  out += "\r\ncache-control: no-store\r\n";
  append_given(out, extra,
               {.length = true, .connection = !how.keep_alive || how.version < 11, .date = !how.date.empty()});
  append_connection(out, how);
  out += "\r\n";
  if (!how.head_only) out += body;
}

response allowed(std::string methods) {
  return {.status = 204, .headers = {{"Allow", std::move(methods)}}};
}

response not_allowed(std::string methods) {
  return {.status = 405, .headers = {{"Allow", std::move(methods)}}};
}

response text_response(unsigned status, std::string body, std::string content_type) {
  return {.status = status, .content_type = std::move(content_type), .headers = {}, .body = std::move(body)};
}

}  // namespace encke::http
