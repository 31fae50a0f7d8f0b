// SPDX-License-Identifier: MIT
// A small program as a user of the installed library would write it: handlers, a coroutine with operations of Asio, the
// server in a thread of its own beside an Asio loop of the program's. Prints its port; ends when a client says "bye".
#include <boost/asio/connect.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/read.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/asio/write.hpp>
#include <boost/describe.hpp>
#include <encke/encke.hpp>
#include <encke/jwt.hpp>
#include <iostream>
#include <thread>

namespace asio = boost::asio;
using namespace std::chrono_literals;

struct line {
  std::string user, text;
};
BOOST_DESCRIBE_STRUCT(line, (), (user, text))

struct session {
  std::string user = "somebody";
};

// A request to the server itself, by sockets that Asio makes on the server's own loop.
encke::task<std::string> ask_ourselves(std::uint16_t port) {
  auto executor = co_await asio::this_coro::executor;
  asio::ip::tcp::socket peer{executor};
  const asio::ip::tcp::endpoint there{asio::ip::address_v4::loopback(), port};
  co_await peer.async_connect(there, asio::use_awaitable);
  const std::string request = "GET /hello HTTP/1.0\r\n\r\n";
  co_await asio::async_write(peer, asio::buffer(request), asio::use_awaitable);
  std::string answer(4096, '\0');
  std::size_t length = 0;
  while (answer.find("\r\n\r\nhello") == std::string::npos) {
    const auto room = asio::buffer(answer.data() + length, answer.size() - length);
    length += co_await peer.async_read_some(room, asio::use_awaitable);
  }
  // Nobody writes any more: the loop wakes up for nothing, then the wait ends.
  asio::steady_timer pause{executor, 20ms};
  co_await pause.async_wait(asio::use_awaitable);
  co_return answer.substr(0, answer.find('\r'));
}

int main() {
  encke::server io{{.threads = 2, .handle_signals = false}};
  std::uint16_t port = 0;
  asio::io_context loop;  // the program's own
  auto busy = asio::make_work_guard(loop);

  io.route("GET", "/hello", [](const encke::http_request&) { return encke::http_response{.body = "hello"}; });

  auto& chat = io.of("/");
  chat.on_connect([](encke::socket s) { s.join("lobby"); });
  chat.on("name", [](encke::socket s, std::string name) {
    s.data<session>().user = name;
    return name.size();
  });
  chat.on("say", [](encke::socket s, std::string text) {
    s.to("lobby").emit("said", line{s.data<session>().user, text});
    return text.size();
  });
  chat.on("later", [&port](encke::socket s, int value) -> encke::task<std::string> {
    auto executor = co_await asio::this_coro::executor;
    asio::steady_timer timer{executor, 10ms};
    co_await timer.async_wait(asio::use_awaitable);
    auto sum = co_await s.timeout(2s).emit_with_ack<int>("add", value, 1);
    if (!sum) co_return std::string{to_string(sum.error())};
    auto status = co_await ask_ourselves(port);
    co_return std::to_string(*sum) + " " + status;
  });
  chat.on("token", [](encke::socket) {
    const encke::jwt::options keys{.secret = std::string(32, 'k')};
    const auto now = std::chrono::system_clock::now();
    const auto found = encke::jwt::verifier{keys}.verify(encke::jwt::mint(keys, "ann", 60s, "{}", now), now);
    return found ? found->user : std::string{code_of(found.error())};
  });
  chat.on("bye", [&](encke::socket) { asio::post(loop, [&] { busy.reset(); }); });

  port = io.listen({.address = "127.0.0.1"});
  std::thread serving{[&io] { io.run(); }};
  std::cout << port << std::endl;
  loop.run();
  io.stop(1s);
  serving.join();
  const auto held = encke::ledger::snapshot().bytes();
  std::cout << "held " << held << std::endl;
  return held == 0 ? 0 : 1;
}
