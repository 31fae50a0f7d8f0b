// SPDX-License-Identifier: MIT
// Answers, in every direction: from a handler to the client, from a client to a handler, from all of a room.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <encke/encke.hpp>
#include <iostream>
#include <numeric>

using namespace std::chrono_literals;

// A handler that waits: other events are handled meanwhile.
encke::task<std::string> slowly(encke::socket, std::string text, int milliseconds) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, std::chrono::milliseconds(milliseconds));
  co_await timer.async_wait(boost::asio::use_awaitable);
  co_return text;
}

// Asks the client itself before it answers.
encke::task<std::string> order(encke::socket s, int total) {
  const auto sure = co_await s.timeout(1s).emit_with_ack<bool>("confirm", total);
  if (!sure) co_return std::string{encke::to_string(sure.error())};  // "timed out", "not connected", "wrong type"
  co_return *sure ? "ordered" : "cancelled";
}

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  encke::server io{{.threads = 1, .handle_signals = true}};
  auto& root = io.of("/");

  root.on("add", [](encke::socket, int a, int b) { return a + b; });
  root.on("divide", [](encke::socket, int a, int b) {
    return std::tuple{b ? a / b : 0, b ? a % b : a};
  });  // two values
  root.on("sum", [](encke::socket, encke::rest<double> all) { return std::accumulate(all.begin(), all.end(), 0.0); });
  root.on("note", [](encke::socket, std::string) {});  // no answer: do not ask for one
  root.on("slowly", slowly);
  root.on("order", order);

  root.on("join", [](encke::socket s, std::string room) {
    s.join(room);
    return true;
  });
  // Asks everybody in a room, and does not wait for ever.
  root.on("vote", [&root](encke::socket, std::string room, std::string question) -> encke::task<std::tuple<int, int>> {
    const auto everyone = root.to(room).timeout(500ms);
    const auto votes = co_await everyone.emit_with_ack<bool>("question", question);
    const auto yes = std::count(votes.values.begin(), votes.values.end(), true);
    co_return std::tuple{static_cast<int>(yes), static_cast<int>(votes.expected)};
  });

  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;
  io.run();
}
