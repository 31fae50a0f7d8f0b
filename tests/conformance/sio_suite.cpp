// SPDX-License-Identifier: MIT
// Socket.IO on 127.0.0.1 with the events that the public protocol suite expects: "/" and "/custom" tell a client the
// credentials it came with, "/" sends "message" back and answers "message-with-ack". Only the public API.
#include <CLI/CLI.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <encke/encke.hpp>
#include <iostream>

namespace {

struct greeting {
  bool is_sent = false;
};

void greet(const encke::socket& s) {
  if (s.is_connected() && !std::exchange(s.data<greeting>().is_sent, true)) s.emit("auth", s.handshake().auth);
}

// The suite waits for "auth" only after it has seen the CONNECT reply: they must not be read together.
constexpr auto time_to_listen = std::chrono::milliseconds{25};

encke::task<void> greet_later(encke::socket s) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, time_to_listen);
  co_await timer.async_wait(boost::asio::use_awaitable);
  greet(s);
}

struct flags {
  std::uint16_t port = 0;
  unsigned ping_interval = 300, ping_timeout = 200, connect_timeout = 1000;
  bool eio3 = false;
  unsigned workers = 1;
};

// Exits when the command line is not one.
flags read(int argc, char** argv) {
  flags given;
  CLI::App app{"Socket.IO server on 127.0.0.1, for conformance suites"};
  app.option_defaults()->always_capture_default();
  app.add_option("--port", given.port, "port to listen on; 0 takes a free one");
  app.add_option("--ping-interval", given.ping_interval, "milliseconds");
  app.add_option("--ping-timeout", given.ping_timeout, "milliseconds");
  app.add_option("--connect-timeout", given.connect_timeout, "milliseconds to join a first namespace");
  app.add_option("--eio3", given.eio3, "on: clients of Socket.IO 1 and 2 are welcome")
      ->transform(CLI::CheckedTransformer(std::map<std::string, bool>{{"on", true}, {"off", false}}));
  app.add_option("--workers", given.workers, "threads");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e) == 0 ? 0 : 2);
  }
  return given;
}

encke::options options_of(const flags& given) {
  encke::options options;
  options.handle_signals = true;
  options.threads = given.workers;
  options.ping_interval = std::chrono::milliseconds{given.ping_interval};
  options.ping_timeout = std::chrono::milliseconds{given.ping_timeout};
  options.connect_timeout = std::chrono::milliseconds{given.connect_timeout};
  options.allow_eio3 = given.eio3;
  options.cors.allow = encke::cors_options::mode::any;
  return options;
}

}  // namespace

int main(int argc, char** argv) try {
  const auto given = read(argc, argv);
  encke::server io{options_of(given)};
  for (const auto* name : {"/", "/custom"}) io.of(name).on_connect(greet_later);
  io.of("/").on("message", [](encke::socket s, encke::arguments args) {
    greet(s);
    s.emit("message-back", args);
  });
  io.of("/").on("message-with-ack", [](encke::socket s, encke::arguments args) {
    greet(s);
    return args;
  });

  const auto port = io.listen({.address = "127.0.0.1", .port = given.port});
  std::cout << "listening on 127.0.0.1:" << port << std::endl;
  io.run();
} catch (const std::exception& e) {
  std::cerr << "sio_suite: " << e.what() << '\n';
  return 1;
}
