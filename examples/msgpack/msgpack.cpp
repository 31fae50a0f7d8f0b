// SPDX-License-Identifier: MIT
// Packets as MessagePack instead of JSON, for clients with socket.io-msgpack-parser. Handlers are the same.
#include <boost/describe.hpp>
#include <encke/encke.hpp>
#include <iostream>

struct reading {
  std::string sensor;
  double value = 0;
  encke::bytes raw;
};
BOOST_DESCRIBE_STRUCT(reading, (), (sensor, value, raw))

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  encke::server io{{.threads = 1, .handle_signals = true, .parser = encke::msgpack_parser()}};
  auto& root = io.of("/");

  root.on("watch", [](encke::socket s, std::string sensor) {
    s.join(sensor);
    return true;
  });
  root.on("reading", [&root](encke::socket, reading r) {
    root.to(r.sensor).latest(r.sensor).emit("reading", r);
    return r.raw.data.size();
  });

  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;
  io.run();
}
