// SPDX-License-Identifier: MIT
#include "bench/soak/peer.hpp"

#include <netinet/in.h>

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/buffer.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/ssl/impl/src.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <cstdio>

namespace encke::soak {

namespace {

using boost::asio::ip::tcp;
using clock = std::chrono::steady_clock;
constexpr auto patience = std::chrono::seconds{20};
constexpr auto token = boost::asio::as_tuple(boost::asio::use_awaitable);

[[noreturn]] void fail(const char* what, const boost::system::error_code& error) {
  throw surprise{std::string{what} + ": " + error.message()};
}

bool contains_field(std::string_view head, std::string_view name, std::string_view value) {
  for (auto at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2)) {
    auto line = head.substr(at + 2, head.find("\r\n", at + 2) - at - 2);
    if (line.size() < name.size() || strncasecmp(line.data(), name.data(), name.size()) != 0) continue;
    line.remove_prefix(name.size());
    while (!line.empty() && line.front() == ' ') line.remove_prefix(1);
    if (line.size() == value.size() && strncasecmp(line.data(), value.data(), value.size()) == 0) return true;
  }
  return false;
}

std::size_t length_in(std::string_view head) {
  constexpr std::string_view name = "content-length:";
  for (auto at = head.find("\r\n"); at != head.npos; at = head.find("\r\n", at + 2))
    if (head.size() - at - 2 > name.size() && strncasecmp(head.data() + at + 2, name.data(), name.size()) == 0)
      return std::strtoul(head.data() + at + 2 + name.size(), nullptr, 10);
  return 0;
}

}  // namespace

// --- desk ---------------------------------------------------------------------------------------------------------

desk::desk(bool by_tls) : secure{by_tls} {
  tls.set_verify_mode(boost::asio::ssl::verify_none);
}

void desk::in_background(task<void> what) {
  ++background_;
  boost::asio::co_spawn(loop, std::move(what), [this](std::exception_ptr thrown) {
    --background_;
    try {
      if (thrown) std::rethrow_exception(thrown);
    } catch (const std::exception& e) {
      ++failed;
      complain(0, e.what());
    }
  });
}

task<void> desk::watch(const bool& finished) {
  boost::asio::steady_timer pause{loop};
  while (!finished || background_ > 0) {
    pause.expires_after(std::chrono::milliseconds{finished ? 20 : 250});
    co_await pause.async_wait(token);
    const auto now = clock::now();
    for (auto* one : peers) one->hang_up_if_late(now);
  }
}

boost::asio::ip::address_v4 desk::next_source() {
  constexpr std::uint32_t sources = 200;
  sources_ = (sources_ + 1) % sources;
  return boost::asio::ip::address_v4{0x7F000002U + sources_};
}

void desk::complain(std::uint64_t job, std::string_view what) {
  constexpr std::uint64_t most = 10;
  if (failed <= most)
    std::fprintf(stderr, "client %d: job %llu: %.*s\n", ::getpid(), static_cast<unsigned long long>(job),
                 static_cast<int>(what.size()), what.data());
}

// --- peer ---------------------------------------------------------------------------------------------------------

peer::peer(desk& at) : desk_{at}, socket_{at.loop} {
  desk_.peers.insert(this);
}

peer::~peer() {
  desk_.peers.erase(this);
}

void peer::hang_up_if_late(clock::time_point now) {
  if (waits_since_ == clock::time_point::max() || now - waits_since_ < patience) return;
  late_ = true;
  boost::system::error_code ignored;
  socket_.cancel(ignored);
}

task<void> peer::connect(std::uint16_t port) {
  co_await connect_plain(port);
  if (!desk_.secure) co_return;
  tls_ = std::make_unique<boost::asio::ssl::stream<tcp::socket&>>(socket_, desk_.tls);
  waits_since_ = clock::now();
  const auto [error] = co_await tls_->async_handshake(boost::asio::ssl::stream_base::client, token);
  waits_since_ = clock::time_point::max();
  if (error) fail("TLS", error);
}

task<void> peer::connect_plain(std::uint16_t port) {
  close();
  const int on = 1;
  socket_.open(tcp::v4());
  ::setsockopt(socket_.native_handle(), IPPROTO_IP, IP_BIND_ADDRESS_NO_PORT, &on, sizeof on);
  socket_.set_option(tcp::no_delay{true});
  socket_.bind(tcp::endpoint(desk_.next_source(), 0));
  waits_since_ = clock::now();
  const tcp::endpoint to{boost::asio::ip::address_v4::loopback(), port};
  const auto [error] = co_await socket_.async_connect(to, token);
  waits_since_ = clock::time_point::max();
  if (error) fail("connect", error);
}

task<void> peer::send(std::string bytes) {
  const auto buffer = boost::asio::buffer(bytes);
  waits_since_ = clock::now();
  const auto [error, count] = tls_ ? co_await boost::asio::async_write(*tls_, buffer, token)
                                   : co_await boost::asio::async_write(socket_, buffer, token);
  waits_since_ = clock::time_point::max();
  if (error) fail("send", error);
}

task<bool> peer::read_some() {
  std::array<char, 4096> bytes;
  const auto buffer = boost::asio::buffer(bytes);
  waits_since_ = clock::now();
  const auto [error, count] =
      tls_ ? co_await tls_->async_read_some(buffer, token) : co_await socket_.async_read_some(buffer, token);
  waits_since_ = clock::time_point::max();
  if (late_) throw surprise{"the server does not answer"};
  in_.append(bytes.data(), count);
  co_return !error;
}

task<answer> peer::read_answer() {
  auto end = in_.find("\r\n\r\n");
  while (end == in_.npos) {
    const bool more = co_await read_some();
    if (!more) throw surprise{"closed before an answer"};
    end = in_.find("\r\n\r\n");
  }
  answer got;
  got.head = in_.substr(0, end + 2);
  got.status = static_cast<unsigned>(std::strtoul(got.head.c_str() + 9, nullptr, 10));
  got.last = contains_field(got.head, "connection:", "close");
  const bool chunked = contains_field(got.head, "transfer-encoding:", "chunked");
  const auto length = got.status == 101 ? 0 : length_in(got.head);
  const auto is_whole = [&] { return chunked ? in_.ends_with("0\r\n\r\n") : in_.size() >= end + 4 + length; };
  while (!is_whole()) {
    const bool more = co_await read_some();
    if (!more) throw surprise{"closed inside of an answer"};
  }
  const auto size = chunked ? in_.size() - end - 4 : length;
  got.body = in_.substr(end + 4, size);
  in_.erase(0, end + 4 + size);
  if (got.last && got.status != 101) co_await read_end();
  co_return got;
}

std::size_t peer::whole_frame(std::size_t& head) const {
  if (in_.size() < 2) return 0;
  std::size_t length = static_cast<unsigned char>(in_[1]);
  head = 2;
  if (length > 126) throw surprise{"a frame that is masked or far too long"};
  if (length == 126) {
    if (in_.size() < 4) return 0;
    length = static_cast<unsigned char>(in_[2]) * 256U + static_cast<unsigned char>(in_[3]);
    head = 4;
  }
  return in_.size() < head + length ? 0 : head + length;
}

task<std::string> peer::read_message() {
  for (;;) {
    std::size_t head = 0;
    const auto size = whole_frame(head);
    if (size == 0) {
      const bool more = co_await read_some();
      if (!more) throw surprise{"closed instead of a message"};
      continue;
    }
    const int opcode = in_[0] & 0x0F;
    auto payload = in_.substr(head, size - head);
    in_.erase(0, size);
    if (opcode == 8) throw surprise{"a close frame instead of a message"};
    if (opcode == 1) co_return payload;
  }
}

// RFC 6455 5.3: clients mask. A mask of zeros is one, too.
task<void> peer::send_frame(char opcode, std::string payload) {
  std::string frame{static_cast<char>('\x80' | opcode)};
  if (payload.size() < 126) {
    frame += static_cast<char>(0x80U | payload.size());
  } else {
    frame += '\xFE';
    frame += static_cast<char>(payload.size() >> 8U);
    frame += static_cast<char>(payload.size() & 0xFFU);
  }
  frame.append(4, '\0');
  frame += payload;
  return send(std::move(frame));
}

task<void> peer::send_half_message() {
  return send(std::string{"\x81\xE4\0\0\0\0half", 10});
}

task<void> peer::send_message(std::string text) {
  return send_frame(1, std::move(text));
}

task<void> peer::send_close() {
  return send_frame(8, "\x03\xE8");
}

task<void> peer::read_end() {
  bool more = true;
  while (more) {
    in_.clear();
    more = co_await read_some();
  }
  close();
}

void peer::finish() {
  boost::system::error_code ignored;
  socket_.shutdown(tcp::socket::shutdown_send, ignored);
}

void peer::close() {
  boost::system::error_code ignored;
  socket_.close(ignored);
  tls_.reset();
  in_.clear();
  late_ = false;
}

void peer::reset() {
  boost::system::error_code ignored;
  socket_.set_option(boost::asio::socket_base::linger(true, 0), ignored);
  close();
}

}  // namespace encke::soak
