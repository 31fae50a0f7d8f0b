// SPDX-License-Identifier: MIT
#include "gateway/top/client.hpp"

#include <fmt/format.h>

#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/beast/core/flat_buffer.hpp>
#include <boost/beast/core/tcp_stream.hpp>
#include <boost/beast/http/empty_body.hpp>
#include <boost/beast/http/message.hpp>
#include <boost/beast/http/parser.hpp>
#include <boost/beast/http/read.hpp>
#include <boost/beast/http/string_body.hpp>
#include <boost/beast/http/write.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>

#include "gateway/text/version.hpp"

namespace encke::gateway {

namespace {

namespace beast = boost::beast;
namespace http = boost::beast::http;
using boost::asio::use_awaitable;
using boost::asio::ip::tcp;

constexpr std::uint64_t most_body = 16'000'000;

/// The detail of a problem document, or "".
std::string detail_of(std::string_view body) {
  boost::system::error_code failed;
  const auto problem = boost::json::parse(body, failed);
  const auto* object = failed ? nullptr : problem.if_object();
  const auto* detail = object ? object->if_contains("detail") : nullptr;
  return detail && detail->is_string() ? ": " + std::string{detail->get_string()} : std::string{};
}

std::string refusal(const api_url& url, const std::string& path, unsigned status, std::string_view body) {
  const auto at = url.text();
  if (status == 401) return fmt::format("{} wants an API key{}; give --key or ENCKE_API_KEY", at, detail_of(body));
  if (status == 404)
    return fmt::format("{} answers, but not {}: is it the API of an encke gateway (api.listen)?", at, path);
  return fmt::format("{} refuses {} with {}{}", at, path, status, detail_of(body));
}

std::string words_of(const boost::system::error_code& error) {
  if (error == beast::error::timeout) return "no answer in time";
  if (error == http::error::end_of_stream) return "the connection was closed";
  if (error.category() == http::make_error_code(http::error::bad_version).category())
    return "what answers there does not speak HTTP";
  return error.message();
}

}  // namespace

struct top_client::connection {
  explicit connection(const boost::asio::any_io_executor& executor) : stream{executor} {}

  beast::tcp_stream stream;
  beast::flat_buffer buffer;
  bool is_used = false;  // it may have been closed by the other side since
};

top_client::top_client(boost::asio::any_io_executor executor, api_url url, std::string key,
                       std::chrono::milliseconds patience)
    : executor_{std::move(executor)}, url_{std::move(url)}, key_{std::move(key)}, patience_{patience} {}

top_client::~top_client() = default;

task<std::string> top_client::call(std::string method, std::string path) {
  boost::system::error_code failed;
  for (;;) {
    const bool was_used = connection_ && connection_->is_used;
    try {
      auto body = co_await attempt(method, path);
      co_return body;
    } catch (const boost::system::system_error& error) {
      failed = error.code();
    }
    connection_.reset();
    // A kept connection may have ended while nobody used it; the calls do no harm when done twice.
    if (!was_used || failed == beast::error::timeout) break;
  }
  throw api_failure{fmt::format("cannot reach {}: {}", url_.text(), words_of(failed))};
}

task<std::string> top_client::attempt(const std::string& method, const std::string& path) {
  if (!connection_) {
    tcp::resolver resolver{executor_};
    const auto found = co_await resolver.async_resolve(url_.host, url_.port, use_awaitable);
    connection_ = std::make_unique<connection>(executor_);
    connection_->stream.expires_after(patience_);
    co_await connection_->stream.async_connect(found, use_awaitable);
  }
  http::request<http::empty_body> request{http::string_to_verb(method), url_.prefix + path, 11};
  request.set(http::field::host, url_.host_and_port());
  request.set(http::field::user_agent, fmt::format("encke-top/{}", version));
  request.set(http::field::accept, "application/json");
  if (!key_.empty()) request.set(http::field::authorization, "Bearer " + key_);
  request.prepare_payload();
  connection_->stream.expires_after(patience_);
  co_await http::async_write(connection_->stream, request, use_awaitable);
  http::response_parser<http::string_body> parser;
  parser.body_limit(most_body);
  connection_->stream.expires_after(patience_);
  co_await http::async_read(connection_->stream, connection_->buffer, parser, use_awaitable);
  auto answer = parser.release();
  connection_->is_used = true;
  if (!answer.keep_alive()) connection_.reset();
  if (answer.result_int() / 100 != 2) throw api_failure{refusal(url_, path, answer.result_int(), answer.body())};
  co_return std::move(answer.body());
}

}  // namespace encke::gateway
