// SPDX-License-Identifier: MIT
// A whiteboard for all who open its page: strokes are binary and kept, cursors may be lost. Run it at the root of the
// repository, where its page is.
#include <encke/encke.hpp>
#include <iostream>
#include <mutex>

// What has been drawn: each stroke is color and points, two 16 bit numbers each, as the page made them.
class board {
 public:
  void add(encke::bytes stroke) {
    const std::lock_guard lock{mutex_};
    if (strokes_.size() == 10'000) strokes_.erase(strokes_.begin());
    strokes_.push_back(std::move(stroke));
  }
  void clear() {
    const std::lock_guard lock{mutex_};
    strokes_.clear();
  }
  std::vector<encke::bytes> all() {
    const std::lock_guard lock{mutex_};
    return strokes_;
  }

 private:
  std::mutex mutex_;
  std::vector<encke::bytes> strokes_;
};

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  encke::server io{{
      .handle_signals = true,
      .max_payload = 64 * 1024,
      .client_files = "tests/e2e/node_modules/client4/dist",  // /socket.io/socket.io.min.js
  }};
  auto& root = io.of("/");
  board drawn;

  root.on_connect([&drawn](encke::socket s) {
    for (const auto& stroke : drawn.all()) s.emit("stroke", stroke);
  });
  root.on("stroke", [&drawn](encke::socket s, encke::bytes stroke) {
    s.broadcast().emit("stroke", stroke);
    drawn.add(std::move(stroke));
  });
  // Of the cursor of one user only the newest position waits for whoever is slow.
  root.on("cursor",
          [](encke::socket s, double x, double y) { s.broadcast().latest(s.id()).emit("cursor", s.id(), x, y); });
  root.on("clear", [&](encke::socket) {
    drawn.clear();
    root.emit("clear");
  });
  root.on_disconnect([](const encke::socket& s, encke::reason) { s.broadcast().emit("gone", s.id()); });

  io.route("GET", "/{path*}", encke::serve_folder("examples/whiteboard/page"));
  std::cout << "open http://127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;
  io.run();
}
