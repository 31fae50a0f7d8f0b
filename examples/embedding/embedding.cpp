// SPDX-License-Identifier: MIT
// A program with an Asio loop of its own: a timer, a plain TCP server for lines of text, signals, and on the same loop
// the Socket.IO server. All of it is one thread, so nothing needs a mutex.
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/detached.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/read_until.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <csignal>
#include <encke/encke.hpp>
#include <iostream>

namespace asio = boost::asio;
using asio::ip::tcp;
using namespace std::chrono_literals;

// The state of the program, which its timer, its lines and its sockets use.
struct state {
  int ticks = 0;
  int lines = 0;
};

asio::awaitable<void> tick(encke::server& io, state& now) {
  asio::steady_timer timer(co_await asio::this_coro::executor);
  for (;;) {
    timer.expires_after(200ms);
    co_await timer.async_wait(asio::use_awaitable);
    io.emit("tick", ++now.ticks);
  }
}

// Each line that comes by TCP goes to everybody; the answer is how many are there.
asio::awaitable<void> read_lines(tcp::socket from, encke::server& io, state& now) {
  std::string received;
  for (;;) {
    auto into = asio::dynamic_buffer(received, 4096);
    const auto size = co_await asio::async_read_until(from, into, '\n', asio::use_awaitable);
    ++now.lines;
    io.emit("line", received.substr(0, size - 1));
    received.erase(0, size);
    const std::string answer = std::to_string(io.stats().sockets) + "\n";
    co_await asio::async_write(from, asio::buffer(answer), asio::use_awaitable);
  }
}

asio::awaitable<void> accept_lines(tcp::acceptor& door, encke::server& io, state& now) {
  for (;;) {
    auto one = co_await door.async_accept(asio::use_awaitable);
    asio::co_spawn(door.get_executor(), read_lines(std::move(one), io, now), asio::detached);
  }
}

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  asio::io_context loop{1};
  state now;

  encke::server io{loop};
  io.of("/").on("count", [&now](encke::socket) { return std::tuple{now.ticks, now.lines}; });
  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;

  const std::uint16_t lines_port = port == 0 ? 0 : port + 1;
  tcp::acceptor door{loop, {asio::ip::make_address("127.0.0.1"), lines_port}};
  std::cout << "lines on 127.0.0.1:" << door.local_endpoint().port() << std::endl;

  asio::co_spawn(loop, tick(io, now), asio::detached);
  asio::co_spawn(loop, accept_lines(door, io, now), asio::detached);
  asio::signal_set signals{loop, SIGINT, SIGTERM};
  signals.async_wait([&](auto, int) { io.stop(); });

  io.start([&loop] { loop.stop(); });  // stopped: every client was told
  loop.run();
}
