// SPDX-License-Identifier: MIT
// Who gets in, and what gets through: checks of the request, of a namespace, of each event, and a hook for all that
// goes wrong.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <encke/encke.hpp>
#include <iostream>
#include <stdexcept>
#include <syncstream>

using namespace std::chrono_literals;

struct user {
  std::string name;
  int events = 0;
};

// Stands for a question to a database.
encke::task<bool> is_banned(std::string name) {
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 5ms);
  co_await timer.async_wait(boost::asio::use_awaitable);
  co_return name == "mallory";
}

encke::admission has_name(encke::socket s) {
  const auto* name = s.handshake().auth.if_contains("name");
  if (!name || !name->is_string()) return encke::refuse("who are you?", {{"code", "no_name"}});
  s.data<user>().name = name->as_string();
  return encke::admit;
}

encke::task<encke::admission> is_welcome(encke::socket s) {
  const std::string name = s.data<user>().name;
  const bool banned = co_await is_banned(name);
  if (banned) co_return encke::refuse("go away", {{"code", "banned"}});
  co_return encke::admit;
}

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  encke::server io{{.threads = 2, .handle_signals = true}};

  // The request, before there is a session.
  io.allow_request([](encke::handshake& h) -> encke::admission {
    if (h.query_value("version") != "0") return encke::admit;
    return encke::admission::refusal{.message = "too old", .data = {}, .status = 426};
  });

  // The namespace: in this order.
  auto& root = io.of("/");
  root.use(has_name).use(is_welcome);
  root.on_connect([](encke::socket s) { s.emit("hello", s.data<user>().name); });

  // Each event: seen, counted, limited.
  root.on_any([](const encke::socket& s, std::string_view event, const encke::arguments&) {
    std::osyncstream{std::cout} << s.data<user>().name << ": " << event << std::endl;
  });
  root.use_event([](const encke::socket& s, const encke::event& e) -> encke::admission {
    if (e.name == "admin" && s.data<user>().name != "root") return encke::refuse("admins only");
    if (++s.data<user>().events > 100) return encke::refuse("too many events");
    return encke::admit;
  });
  root.on("echo", [](encke::socket, std::string text) { return text; });
  root.on("admin", [](encke::socket) { return "yes, master"; });
  root.on("fail", [](encke::socket) { throw std::runtime_error{"on purpose"}; });
  root.on_unhandled(
      [](const encke::socket& s, std::string_view event, const encke::arguments&) { s.emit("unknown", event); });

  // What goes wrong: arguments that do not fit, exceptions, events that were refused.
  io.on_error([](const encke::fault& f) {
    if (f.type == encke::fault::kind::mistyped) {
      f.socket.emit("fault", f.handler, "argument", *f.argument);
    } else {
      f.socket.emit("fault", f.handler, f.what);
    }
  });

  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;
  io.run();
}
