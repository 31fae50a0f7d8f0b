// SPDX-License-Identifier: MIT
// Plain Engine.IO on 127.0.0.1 for the public protocol suites: every message goes back as it came, text or binary.
// The server is the one that ships (server/assembly); only what is above a session is ours: an echo instead of
// Socket.IO.
#include <CLI/CLI.hpp>
#include <algorithm>
#include <iostream>
#include <memory>
#include <server/assembly.hpp>
#include <server/check_options.hpp>
#include <thread>

namespace hub = encke::hub;

namespace {

constexpr auto time_to_listen = std::chrono::milliseconds{10};

class echo final : public hub::receiver, public encke::ledger::charged<encke::ledger::purpose::client> {
 public:
  /// `waits`: before the open packet leaves.
  echo(hub::link& to, bool waits) : link_{to}, waits_{waits} {}

  void on_open() override {
    if (waits_) std::this_thread::sleep_for(time_to_listen);
    link_.on_joined();  // there is no namespace to wait for
  }
  void on_text(std::string_view message) override { link_.send(hub::frame::make("4" + std::string{message}), false); }
  void on_binary(std::string_view message) override { link_.send(hub::frame::make_binary(message), false); }
  void on_closed(encke::reason) override {}

 private:
  hub::link& link_;
  bool waits_;
};

struct flags {
  std::uint16_t port = 0;
  std::string path = "/engine.io/";
  unsigned ping_interval = 300, ping_timeout = 200, upgrade_timeout = 10'000;
  std::size_t max_payload = 1'000'000;
  std::vector<std::string> cors{"*"};
  bool cors_credentials = false;
  bool eio3 = false;
  std::vector<std::string> transports{"polling", "websocket"};
  bool allow_upgrades = true;
  std::string cookie;
  std::string forbid;
  unsigned workers = 1;
};

// Exits when the command line is not one.
flags read(int argc, char** argv) {
  flags given;
  CLI::App app{"Engine.IO echo server on 127.0.0.1, for conformance suites"};
  app.option_defaults()->always_capture_default();
  const auto on_off = CLI::CheckedTransformer(std::map<std::string, bool>{{"on", true}, {"off", false}});
  app.add_option("--port", given.port, "port to listen on; 0 takes a free one");
  app.add_option("--path", given.path, "where clients connect");
  app.add_option("--ping-interval", given.ping_interval, "milliseconds");
  app.add_option("--ping-timeout", given.ping_timeout, "milliseconds");
  app.add_option("--upgrade-timeout", given.upgrade_timeout, "milliseconds");
  app.add_option("--max-payload", given.max_payload, "bytes of one POST body or WebSocket message");
  app.add_option("--cors", given.cors, "*, off, reflect, or origins between commas")->delimiter(',');
  app.add_flag("--cors-credentials", given.cors_credentials, "browsers may send cookies along");
  app.add_option("--eio3", given.eio3, "on: clients of Engine.IO 3 are welcome")->transform(on_off);
  app.add_option("--transports", given.transports, "polling,websocket or one of them")
      ->delimiter(',')
      ->check(CLI::IsMember({"polling", "websocket"}));
  app.add_option("--upgrades", given.allow_upgrades, "off: a session stays on its transport")->transform(on_off);
  app.add_option("--cookie", given.cookie, "name of a cookie with the session's id; none if not given");
  app.add_option("--forbid", given.forbid, "refuse every new session with this message");
  app.add_option("--workers", given.workers, "threads");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e) == 0 ? 0 : 2);
  }
  return given;
}

encke::cors_options cors_of(const flags& given) {
  using mode = encke::cors_options::mode;
  encke::cors_options cors;
  cors.credentials = given.cors_credentials;
  const auto& first = given.cors.front();
  if (first == "*")
    cors.allow = mode::any;
  else if (first == "reflect")
    cors.allow = mode::reflect;
  else if (first != "off") {
    cors.allow = mode::list;
    cors.origins = given.cors;
  }
  return cors;
}

encke::options options_of(const flags& given) {
  encke::options options;
  options.handle_signals = true;
  options.threads = given.workers;
  options.path = given.path;
  options.ping_interval = std::chrono::milliseconds{given.ping_interval};
  options.ping_timeout = std::chrono::milliseconds{given.ping_timeout};
  options.upgrade_timeout = std::chrono::milliseconds{given.upgrade_timeout};
  options.max_payload = given.max_payload;
  std::erase_if(options.transports, [&](encke::transport one) {
    return std::ranges::find(given.transports, to_string(one)) == given.transports.end();
  });
  options.allow_upgrades = given.allow_upgrades;
  options.allow_eio3 = given.eio3;
  options.cors = cors_of(given);
  if (!given.cookie.empty()) options.cookie = encke::cookie_options{.name = given.cookie};
  encke::check_options(options);
  return options;
}

// The suite of v3 asks for the first message only after it has seen the 101, which has left when a session opens: they
// must not be read together.
std::unique_ptr<hub::receiver> make_echo(hub::shard&, hub::link& to, encke::engineio::revision rev,
                                         const encke::handshake& opened) {
  const bool is_websocket = opened.transport == encke::transport::websocket;
  return std::make_unique<echo>(to, is_websocket && rev == encke::engineio::revision::v3);
}

}  // namespace

int main(int argc, char** argv) try {
  const auto given = read(argc, argv);
  encke::assembly server{options_of(given), make_echo};
  if (!given.forbid.empty())
    server.service().allow_request.now = [&given](encke::handshake&) { return encke::refuse(given.forbid); };
  const auto port = server.listen({.address = "127.0.0.1", .port = given.port});
  std::cout << "listening on 127.0.0.1:" << port << std::endl;
  server.run();
} catch (const std::exception& e) {
  std::cerr << "eio_echo: " << e.what() << '\n';
  return 1;
}
