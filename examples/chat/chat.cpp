// SPDX-License-Identifier: MIT
// A chat room in thirty lines, the example of README.md: each client picks a name and talks in the lobby.
#include <boost/describe.hpp>
#include <encke/encke.hpp>
#include <iostream>

struct line {
  std::string user, text;
};
BOOST_DESCRIBE_STRUCT(line, (), (user, text))  // json <-> struct, both ways

struct session {
  std::string user = "somebody";
};

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  encke::server io{{.threads = 2, .handle_signals = true, .client_files = "tests/e2e/node_modules/client4/dist"}};
  auto& chat = io.of("/chat");

  chat.on_connect([](encke::socket s) { s.join("lobby"); });

  chat.on("name", [](encke::socket s, std::string name) {
    s.data<session>().user = name;
    s.to("lobby").emit("joined", name);
  });
  chat.on("say", [](encke::socket s, std::string text) {  // arguments are decoded by type
    s.to("lobby").emit("said", line{s.data<session>().user, text});
    return text.size();  // what a handler returns is the ack
  });
  chat.on_disconnect([](encke::socket s, encke::reason) { s.to("lobby").emit("left", s.data<session>().user); });

  io.route("GET", "/{path*}", encke::serve_folder("examples/chat/page"));  // a page for browsers
  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;
  io.run();  // until stop() or a signal
}
