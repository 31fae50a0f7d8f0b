// SPDX-License-Identifier: MIT
// The reference server: a few events that together use every feature of the library, behind a JSON Web Token.
// The end-to-end tests, the benchmarks and interoperability runs talk to it; its contract is README.md beside this
// file.
#include <CLI/CLI.hpp>
#include <encke/encke.hpp>
#include <encke/jwt.hpp>
#include <iostream>
#include <memory>

namespace {

using namespace std::chrono_literals;

struct flags {
  std::uint16_t port = 0;
  unsigned workers = 1;
  unsigned ping_interval = 25'000, ping_timeout = 20'000, connect_timeout = 45'000;
  std::size_t max_payload = 1'000'000;
  bool eio3 = true;
  bool auth = true;
  bool deflate = false, http_compression = false;
  bool messagepack = false;
  std::string secret, param = "token", claim = "uid";
  encke::tls_options tls;
};

// Exits when the command line is not one.
flags read(int argc, char** argv) {
  flags given;
  CLI::App app{"Encke's reference server: echo, ask, shout and kick behind a token"};
  const std::map<std::string, bool> on_off{{"on", true}, {"off", false}};
  app.add_option("--port", given.port, "port on 127.0.0.1; 0 picks a free one");
  app.add_option("--workers", given.workers, "worker threads");
  app.add_option("--ping-interval", given.ping_interval, "milliseconds");
  app.add_option("--ping-timeout", given.ping_timeout, "milliseconds");
  app.add_option("--connect-timeout", given.connect_timeout, "milliseconds");
  app.add_option("--max-payload", given.max_payload, "bytes a client may send in one message");
  app.add_option("--eio3", given.eio3, "accept clients of Socket.IO 1 and 2")
      ->transform(CLI::CheckedTransformer(on_off));
  app.add_option("--deflate", given.deflate, "compress WebSocket messages")->transform(CLI::CheckedTransformer(on_off));
  app.add_option("--http-compression", given.http_compression, "compress answers to polls")
      ->transform(CLI::CheckedTransformer(on_off));
#ifdef ENCKE_HAS_MESSAGEPACK
  app.add_option("--messagepack", given.messagepack, "packets as socket.io-msgpack-parser has them; needs --eio3 off")
      ->transform(CLI::CheckedTransformer(on_off));
#endif
  app.add_option("--auth", given.auth, "ask for a token in /")->transform(CLI::CheckedTransformer(on_off));
  app.add_option("--secret", given.secret, "HS256 key of the tokens, at least 32 bytes");
  app.add_option("--param", given.param, "name of the token in query, cookie and CONNECT payload");
  app.add_option("--claim", given.claim, "claim that names the user");
  auto* const certificate =
      app.add_option("--tls-certificate", given.tls.certificate, "PEM file: listens by TLS as well, on a free port");
  app.add_option("--tls-key", given.tls.key, "PEM file of its key")->needs(certificate);
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e) == 0 ? 0 : 2);
  }
  return given;
}

// A token in the request is checked for every namespace; only "/" insists on one.
void ask_for_tokens(encke::server& io, const flags& given) {
  encke::jwt::options options;
  options.secret = given.secret;
  options.user_claim = given.claim;
  options.lookup = {"query:" + given.param, "cookie:" + given.param, "header", "auth:" + given.param};
  const encke::jwt::verifier tokens{options};
  io.allow_request([tokens](encke::handshake& opened) -> encke::admission {
    auto who = encke::jwt::authenticate_request(tokens, opened, std::chrono::system_clock::now());
    if (who) opened.identity = encke::jwt::attachable(std::move(*who));
    if (who || who.error() == encke::jwt::refusal::missing) return encke::admit;
    return encke::jwt::refuse_request(who.error());
  });
  io.of("/").use([tokens](encke::socket s) -> encke::admission {
    if (encke::jwt::identity_of(s)) return encke::admit;
    auto who = encke::jwt::authenticate_payload(tokens, s.handshake(), std::chrono::system_clock::now());
    if (!who) return encke::jwt::refuse_socket(who.error());
    s.set_identity(encke::jwt::attachable(std::move(*who)));
    return encke::admit;
  });
}

encke::task<void> ask(encke::socket s, encke::arguments question) {
  auto answered = co_await s.timeout(10s).ask("question", question);
  if (answered) s.emit("answer", *answered);
}

void add_events(encke::nsp& in) {
  in.on_connect([](encke::socket s) {
    if (const auto user = encke::jwt::user_of(s); !user.empty()) s.join(user);
    s.join("house");
  });
  in.on("echo", [](encke::socket s, encke::arguments args) { s.emit("echo", args); });
  in.on("echo-ack", [](encke::socket, encke::arguments args) { return args; });
  in.on("shout", [&in](encke::socket, encke::arguments args) { in.to("house").emit("shout", args); });
  in.on("tell", [&in](encke::socket, std::string room, encke::json what) { in.to(room).emit("tell", what); });
  in.on("ask", ask);
  in.on("kick", [](encke::socket s) { s.disconnect(true); });
  in.on("debug",
        [](encke::socket s, encke::arguments args) { std::cout << s.id() << ": " << args.text() << std::endl; });
}

}  // namespace

int main(int argc, char** argv) try {
  const auto given = read(argc, argv);
  encke::options options;
  options.threads = given.workers;
  options.ping_interval = std::chrono::milliseconds{given.ping_interval};
  options.ping_timeout = std::chrono::milliseconds{given.ping_timeout};
  options.connect_timeout = std::chrono::milliseconds{given.connect_timeout};
  options.max_payload = given.max_payload;
  options.handle_signals = true;
  options.keep_handshake = false;  // nobody looks at it after the connect handler
  options.allow_eio3 = given.eio3;
  if (given.deflate) options.deflate.emplace();
  if (given.http_compression) options.http_compression.emplace();
#ifdef ENCKE_HAS_MESSAGEPACK
  if (given.messagepack) options.parser = encke::msgpack_parser();
#endif
  encke::server io{options};
  if (given.auth) ask_for_tokens(io, given);
  add_events(io.of("/"));
  add_events(io.of("/chat"));
  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = given.port}) << std::endl;
  if (!given.tls.certificate.empty())
    std::cout << "by TLS on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .tls = given.tls}) << std::endl;
  io.run();
} catch (const std::exception& e) {
  std::cerr << "reference: " << e.what() << '\n';
  return 2;
}
