// SPDX-License-Identifier: MIT
#include "http/head.hpp"

#include "http/text.hpp"

#include <boost/beast/http/basic_parser.hpp>
#include <boost/beast/http/error.hpp>

#include <algorithm>
#include <array>
#include <optional>

namespace encke::http {
namespace {

namespace beast = boost::beast;
using beast::error_code;

// Beast's parser with our own storage. It lives for one head, on the stack, and never sees a body.
class collector final : public beast::http::basic_parser<true> {
 public:
  collector(const limits& allowed, request& out) : limits_{allowed}, out_{out} { body_limit(boost::none); }

  [[nodiscard]] std::optional<error> refused() const { return refused_; }

 private:
  void refuse(error why, error_code& ec) {
    refused_ = why;
    ec = beast::http::error::bad_value;
  }

  void on_request_impl(beast::http::verb, beast::string_view method, beast::string_view target, int version,
                       error_code& ec) override {
    if (target.size() > limits_.target) return refuse(error::target_too_long, ec);
    out_.method.assign(method.data(), method.size());
    out_.target.assign(target.data(), target.size());
    out_.version = static_cast<unsigned>(version);
  }

  void on_field_impl(beast::http::field, beast::string_view name, beast::string_view value, error_code& ec) override {
    if (out_.headers.size() >= limits_.headers) return refuse(error::too_many_headers, ec);
    auto& field = out_.headers.emplace_back();
    field.name.assign(name.data(), name.size());
    field.value.assign(value.data(), value.size());
  }

  void on_response_impl(int, beast::string_view, int, error_code&) override {}
  void on_header_impl(error_code&) override {}
  void on_body_init_impl(const boost::optional<std::uint64_t>&, error_code&) override {}
  std::size_t on_body_impl(beast::string_view, error_code&) override { return 0; }
  void on_chunk_header_impl(std::uint64_t, beast::string_view, error_code&) override {}
  std::size_t on_chunk_body_impl(std::uint64_t, beast::string_view, error_code&) override { return 0; }
  void on_finish_impl(error_code&) override {}

  const limits& limits_;
  request& out_;
  std::optional<error> refused_;
};

// Beast says the same of "HTTP/2.0" and of "HTPP/1.1"; to the client they are 505 and 400.
error version_error(std::string_view head) {
  const auto line = head.substr(0, head.find('\r'));
  const auto target = std::min(line.find(' '), line.size());
  const auto version = line.substr(std::min(line.find(' ', target + 1), line.size()));
  const auto is_digit = [](char c) { return c >= '0' && c <= '9'; };
  const bool is_version = version.size() == 9 && version.starts_with(" HTTP/") && is_digit(version[6]) &&
                          version[7] == '.' && is_digit(version[8]);
  return is_version ? error::unsupported_version : error::bad_request;
}

// RFC 9112 3.2: origin-form, absolute-form, authority-form (CONNECT) or "*" (OPTIONS).
bool is_target_allowed(const request& r) {
  if (r.target.starts_with('/')) return true;
  if (r.target == "*") return r.method == "OPTIONS";
  if (r.method == "CONNECT") return true;
  const std::string_view target = r.target;
  return iequals(target.substr(0, 7), "http://") || iequals(target.substr(0, 8), "https://");
}

constexpr auto no_host = [] {
  std::array<bool, 256> table{};
  for (const char c : std::string_view{" \t,/\\?#@<>\"{}|^`"}) table[static_cast<unsigned char>(c)] = true;
  return table;
}();

// RFC 9112 3.2: exactly one Host in HTTP/1.1; what cannot be a host and port would be read differently by others.
bool is_host_allowed(const request& r) {
  const auto hosts = std::ranges::count_if(r.headers, [](const auto& field) { return iequals(field.name, "Host"); });
  if (hosts > 1 || (hosts == 0 && r.version >= 11)) return false;
  return std::ranges::none_of(r.header("Host"), [](char c) { return no_host[static_cast<unsigned char>(c)]; });
}

// RFC 9112 6.1: chunked must be the final coding of a request, and is applied once; other codings we do not know.
std::optional<error> transfer_coding_error(std::string_view value) {
  if (iequals(value, "chunked")) return std::nullopt;
  bool is_last_chunked = false;
  std::size_t chunked = 0;
  std::size_t others = 0;
  while (const auto coding = next_element(value)) {
    is_last_chunked = iequals(*coding, "chunked");
    ++(is_last_chunked ? chunked : others);
  }
  return is_last_chunked && chunked == 1 && others > 0 ? error::unsupported_transfer_coding : error::bad_request;
}

std::optional<error> check_transfer_coding(const request& r) {
  const auto codings =
      std::ranges::count_if(r.headers, [](const auto& field) { return iequals(field.name, "Transfer-Encoding"); });
  // RFC 9112 6.1, 6.3: with a length beside it, in HTTP/1.0, or twice, the two ends may differ on where the body ends.
  if (codings != 1 || r.version < 11 || r.has_header("Content-Length")) return error::bad_request;
  return transfer_coding_error(r.header("Transfer-Encoding"));
}

void read_connection(request& r) {
  const bool is_1_1 = r.version >= 11;
  const bool closes = r.header_has_token("Connection", "close");
  r.keep_alive = !closes && (is_1_1 || r.header_has_token("Connection", "keep-alive"));
  r.upgrade = is_1_1 && r.header_has_token("Connection", "upgrade");
}

}  // namespace

result<framing, error> parse_head(std::string_view head, const limits& allowed, request& out) {
  const auto lines = static_cast<std::size_t>(std::ranges::count(head, '\n'));
  out.headers.reserve(std::min(lines - std::min<std::size_t>(lines, 2), allowed.headers));

  collector parser{allowed, out};
  parser.header_limit(static_cast<std::uint32_t>(head.size() + 1));
  error_code ec;
  const auto used = parser.put(boost::asio::const_buffer{head.data(), head.size()}, ec);
  if (parser.refused()) return *parser.refused();
  if (ec == beast::http::error::bad_version) return version_error(head);
  if (ec || used != head.size() || !parser.is_header_done()) return error::bad_request;

  if (!is_target_allowed(out) || !is_host_allowed(out)) return error::bad_request;
  read_connection(out);
  if (out.has_header("Transfer-Encoding")) {
    if (const auto wrong = check_transfer_coding(out)) return *wrong;
    return framing{.length = 0, .is_chunked = true};
  }
  return framing{.length = parser.content_length().value_or(0), .is_chunked = false};
}

}  // namespace encke::http
