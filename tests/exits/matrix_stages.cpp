// SPDX-License-Identifier: MIT
// How a client gets to each stage. Where the server does not answer, what it received tells that it is there, too.
#include "exits/matrix_visitor.hpp"

namespace encke::test::matrix {
namespace {

constexpr std::string_view half_hello{"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03", 11};
constexpr std::string_view half_event = R"(42["half"])";

void require(bool holds, std::string_view what) {
  if (!holds) throw std::runtime_error{"on its way to its stage: " + std::string{what}};
}

std::string chunk(std::string_view text) {
  constexpr std::string_view digits = "0123456789abcdef";
  std::string size;
  for (auto rest = text.size(); rest > 0; rest /= 16) size.insert(0, 1, digits[rest % 16]);
  return size + "\r\n" + std::string{text} + "\r\n";
}

}  // namespace

visitor::visitor(matrix_server& server, const cell& what) : server_{server}, cell_{what} {
  static std::atomic<unsigned> last_key = 0;
  key_ = "client" + std::to_string(++last_key);
  has_session(cell_.at) ? open() : connect();
}

visitor::~visitor() {
  if (client_) client_->vanish();
}

void visitor::wait_for_more_bytes(std::uint64_t before, std::size_t size) {
  require(server_.reaches(counter::bytes_received, before + size), "the bytes did not arrive");
}

std::unique_ptr<scripted_peer> visitor::plain_connection() {
  const auto before = server_.count(counter::connections_accepted);
  auto made = std::make_unique<scripted_peer>(server_.port());
  require(server_.reaches(counter::connections_accepted, before + 1), "the connection was not accepted");
  return made;
}

void visitor::connect() {
  raw_ = plain_connection();
  if (cell_.at == stage::connected) return;
  if (cell_.at == stage::in_tls_handshake) {
    const auto before = server_.count(counter::bytes_received);
    raw_->send(half_hello);
    return wait_for_more_bytes(before, half_hello.size());
  }
  require(!cell_.kind.tls || raw_->start_tls(), "no TLS");
  if (cell_.at == stage::secured) return;
  const std::string transport = cell_.kind.by == carrier::websocket ? "websocket" : "polling";
  const auto half_head = "GET /socket.io/?EIO=" + std::to_string(cell_.kind.eio) + "&transport=" + transport +
                         " HTTP/1.1\r\nUpgrade: websocket\r\nHost: loc";
  const auto before = server_.count(counter::bytes_received);
  raw_->send(half_head);
  wait_for_more_bytes(before, half_head.size());
}

void visitor::open() {
  client_.emplace(server_.port(), cell_.kind, "&key=" + key_);
  if (cell_.at == stage::opened) return;
  if (cell_.kind.eio == 3) join();
  if (cell_.at == stage::in_middleware) return wait_in("40/slow,");
  if (cell_.at == stage::refused)
    return require(client_->join("/refusing").starts_with("44/refusing,"), "it was not refused");
  if (cell_.kind.eio == 4) join();
  advance();
}

// Sends what starts a coroutine of the server that waits.
void visitor::wait_in(std::string_view packet) {
  const auto before = server_.waiting();
  client_->send(packet);
  require(eventually([&] { return server_.waiting() > before; }), "nothing waits for it");
}

void visitor::join() {
  require(client_->join().starts_with("40"), "it could not join");
}

void visitor::advance() {
  const auto bytes = server_.count(counter::bytes_received);
  const auto requests = server_.count(counter::http_requests);
  switch (cell_.at) {
    case stage::get_pending:
      client_->send_get();
      return require(server_.reaches(counter::http_requests, requests + 1), "the GET did not arrive");
    case stage::in_post: return send_half_post();
    case stage::in_frame: {
      // The mask leaves all but each fourth byte as it is (break_websocket).
      std::string frame;
      websocket::append_masked_frame(frame, websocket::opcode::text, R"(42["a message that is not all there"])", 7);
      client_->wire().send(frame.substr(0, 20));
      return wait_for_more_bytes(bytes, 20);
    }
    case stage::in_message:
      client_->wire().send_frame(websocket::opcode::text, R"(42["a")", false);
      return wait_for_more_bytes(bytes, 12);
    case stage::in_attachments:
      return client_->send_all(
          {R"(452-["upload",{"_placeholder":true,"num":0},{"_placeholder":true,"num":1}])", "bfirst"});
    case stage::ack_awaited:
      client_->send(R"(42["ask"])");
      return require(client_->receive_message().starts_with("42"), "the server did not ask");
    case stage::in_handler: return wait_in(R"(421["work"])");
    case stage::upgrade_begun:
    case stage::probe_answered: return begin_upgrade();
    case stage::upgraded:
      client_->upgrade();
      client_->send(R"(42["ask"])");
      return require(client_->receive_message().starts_with("42"), "the upgrade did not succeed");
    case stage::closing: return be_closed();
    case stage::blocked: return stop_reading();
    case stage::connected:
    case stage::in_tls_handshake:
    case stage::secured:
    case stage::in_head:
    case stage::opened:
    case stage::in_middleware:
    case stage::refused:
    case stage::joined: return;
  }
}

// In chunks, so that what comes later may be anything.
void visitor::send_half_post() {
  auto& posts = client_->posts();
  const auto before = server_.count(counter::bytes_received);
  const auto body = client_->payload({std::string{half_event}});
  std::string text = "POST " + client_->target() + " HTTP/1.1\r\nHost: localhost\r\nTransfer-Encoding: chunked\r\n";
  if (cell_.kind.jsonp) text += engine_client::form_header;
  text += "\r\n" + chunk(cell_.kind.jsonp ? "d=" + engine_client::percent_encoded(body) : body);
  posts.send(text);
  wait_for_more_bytes(before, text.size());
}

void visitor::finish_post(std::string_view packet) {
  auto rest = (cell_.kind.eio == 4 ? "\x1e" : "") + client_->payload({std::string{packet}});
  if (cell_.kind.jsonp) rest = engine_client::percent_encoded(rest);
  client_->posts().send(chunk(rest) + "0\r\n\r\n");
  (void)client_->posts().read_answer();
}

void visitor::begin_upgrade() {
  probe_ = client_->connect();
  require(probe_->upgrade(client_->target("websocket")).status == 101, "the upgrade was refused");
  if (cell_.at == stage::upgrade_begun) return;
  probe_->send_text("2probe");
  require(probe_->read_text() == "3probe", "the probe was not answered");
}

void visitor::be_closed() {
  const auto before = server_.count(reason::server_namespace_disconnect);
  client_->send(R"(42["leave"])");
  require(server_.reaches(reason::server_namespace_disconnect, before + 1), "it was not closed");
  if (cell_.kind.by == carrier::polling) return;
  require(client_->receive_message() == "41", "it was not told");
  require(client_->wire().read_text() == "closed 1005", "there was no close frame");
}

// What arrives stays in the kernel, and most of what is sent with the server.
void visitor::stop_reading() {
  client_->send(R"(42["fill"])");
  if (cell_.kind.by == carrier::polling) client_->send_get();
  client_->wire().wait_for_bytes();
}

}  // namespace encke::test::matrix
