// SPDX-License-Identifier: MIT
// WebSocket echo server on 127.0.0.1 for the public protocol suites: every message goes back with its opcode, pings are
// answered, a close is answered with its own code, a protocol error with the code that names it.
// It puts http::request_parser and the websocket layer on plain sockets and poll(2), and nothing else of the server.
#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <sys/socket.h>
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <array>
#include <cerrno>
#include <chrono>
#include <iostream>
#include <map>
#include <memory>
#include <optional>
#include <system_error>
#include <vector>

#include "http/request_parser.hpp"
#include "http/response.hpp"
#include "websocket/deflate.hpp"
#include "websocket/handshake.hpp"
#include "websocket/reader.hpp"

namespace http = encke::http;
namespace websocket = encke::websocket;
using std::chrono::steady_clock;
using namespace std::chrono_literals;

namespace {

struct options {
  std::uint16_t port = 0;
  std::string path;
  websocket::limits limits{.message = 16 * 1024 * 1024, .fragments = 131'072};
  std::optional<websocket::deflate_settings> deflate;
};

class descriptor {
 public:
  explicit descriptor(int number) : number_{number} {
    if (number < 0) throw std::system_error{errno, std::generic_category()};
  }
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() { ::close(number_); }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

bool would_block() {
  return errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR;
}

/// One client, from the request to the end of the connection.
class connection {
 public:
  connection(int socket, const options& o) : socket_{socket}, options_{o} {}

  [[nodiscard]] int number() const { return socket_.number(); }
  [[nodiscard]] bool is_over() const { return phase_ == phase::over; }
  [[nodiscard]] bool has_deadline() const { return phase_ == phase::draining; }

  /// A client that does not read its echoes is not read from either.
  [[nodiscard]] short wanted_events() const {
    constexpr std::size_t enough_unsent = 1024 * 1024;
    return static_cast<short>((unsent() < enough_unsent ? POLLIN : 0) | (unsent() > 0 ? POLLOUT : 0));
  }

  void on_readable(std::span<char> scratch) {
    const auto got = ::recv(number(), scratch.data(), scratch.size(), 0);
    if (got < 0 && would_block()) return;
    if (got <= 0) {
      phase_ = phase::over;
      return;
    }
    take(scratch.first(static_cast<std::size_t>(got)));
    write();
  }

  void write() {
    while (phase_ != phase::over && unsent() > 0) {
      const auto sent = ::send(number(), out_.data() + sent_, unsent(), MSG_NOSIGNAL);
      if (sent < 0 && would_block()) return;
      if (sent <= 0) {
        phase_ = phase::over;
        return;
      }
      sent_ += static_cast<std::size_t>(sent);
    }
    out_ = {};
    sent_ = 0;
    if (phase_ == phase::saying_goodbye) start_draining();
  }

  void on_time(steady_clock::time_point now) {
    if (has_deadline() && now >= deadline_) phase_ = phase::over;
  }

 private:
  enum class phase { request, messages, saying_goodbye, draining, over };

  [[nodiscard]] std::size_t unsent() const { return out_.size() - sent_; }

  void take(std::span<char> bytes) {
    switch (phase_) {
      case phase::request: return take_request(bytes);
      case phase::messages: return take_messages(bytes);
      case phase::saying_goodbye:
      case phase::draining:
      case phase::over: return;  // read and dropped, so that our last bytes are not lost to a reset
    }
  }

  void take_request(std::span<char> bytes) {
    parser_.feed({bytes.data(), bytes.size()});
    const auto event = parser_.next();
    if (event.has_error()) return refuse(http::status_of(event.error()), std::string{to_string(event.error())});
    if (!*event) return;
    const auto& request = parser_.message();
    if (!options_.path.empty() && request.path() != options_.path) return refuse(404, "no such path");
    const auto answer = websocket::check(request);
    if (answer.has_error()) {
      websocket::append_refusal(out_, answer.error());
      phase_ = phase::saying_goodbye;
      return;
    }
    http::header_list extra;
    if (options_.deflate && !agrees_on_deflate(request.list_in("Sec-WebSocket-Extensions"), extra)) return;
    websocket::append_switching_protocols(out_, *answer, extra);
    phase_ = phase::messages;
    auto first = parser_.take_unread();
    parser_ = http::request_parser{};
    take_messages(first);
  }

  // False: the offers are refused.
  bool agrees_on_deflate(std::string_view offers, http::header_list& extra) {
    auto agreed = websocket::agree_on_deflate(offers, *options_.deflate);
    if (agreed.has_error()) {
      websocket::append_refusal(out_, agreed.error());
      phase_ = phase::saying_goodbye;
      return false;
    }
    if (!*agreed) return true;
    extra.emplace_back("Sec-WebSocket-Extensions", std::move((*agreed)->answer));
    deflate_ = *options_.deflate;
    deflate_.window_bits = (*agreed)->window_bits;
    reader_ = websocket::reader{options_.limits, websocket::role::server, websocket::compression::deflate};
    deflates_ = true;
    return true;
  }

  void refuse(unsigned status, std::string why) {
    constexpr bool keep_alive = false;
    http::append(out_, http::text_response(status, std::move(why)), keep_alive);
    phase_ = phase::saying_goodbye;
  }

  void take_messages(std::span<char> bytes) {
    reader_.feed(bytes);
    while (true) {
      const auto next = reader_.next();
      if (next.has_error()) return say_goodbye(websocket::close_payload(close_code_of(next.error())));
      if (!*next) return;
      answer(**next);
    }
  }

  void answer(const websocket::message& m) {
    switch (m.kind) {
      case websocket::opcode::text:
      case websocket::opcode::binary: return echo(m);
      case websocket::opcode::ping: return append_frame(out_, websocket::opcode::pong, m.payload);
      case websocket::opcode::close: return say_goodbye(websocket::close_payload(websocket::code_in(m.payload)));
      case websocket::opcode::pong:
      case websocket::opcode::continuation: return;
    }
  }

  void echo(const websocket::message& m) {
    const bool is_worth_it = deflates_ && m.payload.size() >= deflate_.threshold;
    const auto packed = is_worth_it ? websocket::deflate(m.payload, deflate_) : std::nullopt;
    const auto begin = out_.size();
    append_frame(out_, m.kind, packed.value_or(m.payload));
    if (packed) out_[begin] = static_cast<char>(out_[begin] | static_cast<int>(websocket::compressed_bit));
  }

  void say_goodbye(std::string_view payload) {
    append_frame(out_, websocket::opcode::close, payload);
    phase_ = phase::saying_goodbye;
  }

  // RFC 6455 7.1.1: the server closes first, and takes what is still coming until the client has closed too.
  void start_draining() {
    phase_ = phase::draining;
    deadline_ = steady_clock::now() + 2s;
    ::shutdown(number(), SHUT_WR);
  }

  descriptor socket_;
  const options& options_;
  phase phase_ = phase::request;
  http::request_parser parser_;
  websocket::reader reader_{options_.limits};
  bool deflates_ = false;
  websocket::deflate_settings deflate_;
  std::string out_;
  std::size_t sent_ = 0;  // of out_
  steady_clock::time_point deadline_;
};

class server {
 public:
  explicit server(const options& o)
      : options_{o}, listener_{::socket(AF_INET, SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0)} {
    const int on = 1;
    ::setsockopt(listener_.number(), SOL_SOCKET, SO_REUSEADDR, &on, sizeof on);
    sockaddr_in address{};
    address.sin_family = AF_INET;
    address.sin_port = htons(o.port);
    address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    socklen_t size = sizeof address;
    auto* const generic = reinterpret_cast<sockaddr*>(&address);
    if (::bind(listener_.number(), generic, size) != 0 || ::listen(listener_.number(), 1024) != 0 ||
        ::getsockname(listener_.number(), generic, &size) != 0)
      throw std::system_error{errno, std::generic_category(), "listen"};
    port_ = ntohs(address.sin_port);
  }

  [[nodiscard]] std::uint16_t port() const { return port_; }

  [[noreturn]] void run() {
    while (true) {
      wait();
      const auto now = steady_clock::now();
      for (std::size_t i = 0; i < connections_.size(); ++i) serve(*connections_[i], polled_[i + 1].revents, now);
      std::erase_if(connections_, [](const auto& c) { return c->is_over(); });
      if (polled_[0].revents != 0) accept();
    }
  }

 private:
  void wait() {
    bool has_deadline = false;
    polled_.assign(1, {listener_.number(), POLLIN, 0});
    for (const auto& c : connections_) {
      polled_.push_back({c->number(), c->wanted_events(), 0});
      has_deadline = has_deadline || c->has_deadline();
    }
    if (::poll(polled_.data(), polled_.size(), has_deadline ? 100 : -1) < 0 && errno != EINTR)
      throw std::system_error{errno, std::generic_category(), "poll"};
  }

  void serve(connection& c, short events, steady_clock::time_point now) {
    if ((events & POLLOUT) != 0) c.write();
    if ((events & ~POLLOUT) != 0 && !c.is_over()) c.on_readable(scratch_);
    c.on_time(now);
  }

  void accept() {
    while (true) {
      const int socket = ::accept4(listener_.number(), nullptr, nullptr, SOCK_NONBLOCK | SOCK_CLOEXEC);
      if (socket < 0) return;
      const int on = 1;
      ::setsockopt(socket, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
      connections_.push_back(std::make_unique<connection>(socket, options_));
    }
  }

  const options& options_;
  descriptor listener_;
  std::uint16_t port_ = 0;
  std::vector<std::unique_ptr<connection>> connections_;
  std::vector<pollfd> polled_;  // the listener, then the connections
  std::array<char, 64 * 1024> scratch_{};
};

}  // namespace

int main(int count, char** arguments) {
  options o;
  CLI::App app{"WebSocket echo server on 127.0.0.1, for conformance suites"};
  app.add_option("--port", o.port, "port to listen on; 0 takes a free one")->capture_default_str();
  app.add_option("--path", o.path, "the only path that is answered; any if not given");
  app.add_option("--max-message", o.limits.message, "bytes of one message")->capture_default_str();
  app.add_option("--max-fragments", o.limits.fragments, "frames of one message")->capture_default_str();
  bool deflate = false;
  std::size_t threshold = 0;
  app.add_option("--deflate", deflate, "compress messages for clients that offer it")
      ->transform(CLI::CheckedTransformer(std::map<std::string, bool>{{"on", true}, {"off", false}}));
  app.add_option("--deflate-threshold", threshold, "bytes; shorter messages are not compressed")->capture_default_str();
  CLI11_PARSE(app, count, arguments);
  if (deflate) o.deflate = websocket::deflate_settings{.threshold = threshold};
  try {
    const auto one = std::make_unique<server>(o);
    std::cout << "listening on 127.0.0.1:" << one->port() << std::endl;
    one->run();
  } catch (const std::exception& e) {
    std::cerr << "ws_echo: " << e.what() << '\n';
    return 1;
  }
}
