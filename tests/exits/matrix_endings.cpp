// SPDX-License-Identifier: MIT
// What ends a client of the matrix, for each stage it may be in.
#include "exits/matrix_visitor.hpp"

namespace encke::test::matrix {
namespace {

const std::string too_much(2 * most_payload, '4');

}  // namespace

void visitor::end() {
  switch (cell_.by) {
    case ending::close_frame: websocket().send_close(1000); return expect_closed(websocket());
    case ending::close_packet: return say_last("1");
    case ending::leaves: say("41"); return go();
    case ending::fin: return each([](scripted_peer& one) { one.close(); });
    case ending::half_close: each([](scripted_peer& one) { one.half_close(); }); return each(expect_closed);
    case ending::reset: return each([](scripted_peer& one) { one.reset(); });
    case ending::silence:
    case ending::stopped: return;
    case ending::never_joins:
      if (is_polling(cell_)) client_->send_get();  // else the close packet waits for one
      return;
    case ending::broken_tls: return break_tls();
    case ending::broken_http: return break_http();
    case ending::broken_frame: return break_websocket();
    case ending::bad_packet: return say_last("9");
    case ending::bad_message: return send_bad_message();
    case ending::too_large: return send_too_much();
    case ending::disconnected: be_disconnected(false); return go();
    case ending::closed:
      be_disconnected(true);
      return is_polling(cell_) ? poll_to_the_end() : expect_closed(client_->wire());
    case ending::too_slow: return be_flooded();
  }
}

bool visitor::was_closed_by_server() {
  bool all = true;
  each([&](scripted_peer& one) { all = one.is_closed_by_server() && all; });
  return all;
}

void visitor::each(const std::function<void(scripted_peer&)>& act) {
  if (raw_) act(*raw_);
  if (probe_) act(*probe_);
  if (!client_) return;
  act(client_->wire());
  if (client_->has_posts()) act(client_->posts());
}

scripted_peer& visitor::websocket() {
  return probe_ ? *probe_ : client_->wire();
}

// The connection that the server expects something from.
scripted_peer& visitor::active() {
  if (raw_) return *raw_;
  return cell_.at == stage::in_post ? client_->posts() : client_->wire();
}

void visitor::expect_closed(scripted_peer& one) {
  if (!one.is_closed_by_server()) throw std::runtime_error{"the server did not close the connection"};
}

// The polite end of a client that has left its namespace.
void visitor::go() {
  if (is_polling(cell_))
    (void)client_->post(client_->payload({"1"}));
  else
    client_->wire().close();
}

void visitor::say(std::string_view packet) {
  if (is_on_websocket(cell_))
    client_->send(packet);
  else if (cell_.at == stage::in_post)
    finish_post(packet);
  else
    (void)client_->post(client_->payload({std::string{packet}}));
}

void visitor::say_last(std::string_view packet) {
  say(packet);
  if (is_on_websocket(cell_)) expect_closed(client_->wire());
}

// A session that the server closes waits for the GET that takes its last packets.
void visitor::poll_to_the_end() {
  if (cell_.at == stage::get_pending || cell_.at == stage::blocked) (void)client_->read_get();
  while (client_->receive() != "ended") {
  }
}

void visitor::break_tls() {
  constexpr std::string_view header{"\x17\x03\x03\x00\x20", 5};
  active().send_around_tls(std::string{header} + std::string(1000, 'x'));
  expect_closed(active());
}

void visitor::break_http() {
  if (raw_) {
    raw_->send("no request at all\r\n\r\n");
    return expect_closed(*raw_);
  }
  client_->posts().send(cell_.at == stage::in_post ? "no size\r\n" : "no request at all\r\n\r\n");
  expect_closed(client_->posts());
}

void visitor::break_websocket() {
  if (cell_.at == stage::in_frame)
    client_->wire().send(std::string(100, '\xff'));  // the rest is no UTF-8
  else
    websocket().send("\x81\x01z");  // not masked
  expect_closed(websocket());
}

void visitor::send_bad_message() {
  if (cell_.at == stage::in_message) {
    client_->wire().send_frame(websocket::opcode::continuation, "{]");
    return expect_closed(client_->wire());
  }
  say_last("42{}");
  if (is_polling(cell_) && cell_.at != stage::closing) poll_to_the_end();
}

void visitor::send_too_much() {
  if (raw_) {
    const std::string begin = cell_.at == stage::in_head ? "alhost\r\n" : "GET / HTTP/1.1\r\nHost: localhost\r\n";
    raw_->send(begin + "X-Long: " + too_much + "\r\n\r\n");
    return expect_closed(*raw_);
  }
  if (is_on_websocket(cell_)) {
    const bool is_rest = cell_.at == stage::in_message;
    client_->wire().send_frame(is_rest ? websocket::opcode::continuation : websocket::opcode::text, too_much);
    return expect_closed(client_->wire());
  }
  if (cell_.at == stage::in_post)
    finish_post("4" + too_much);
  else
    (void)client_->post("4" + too_much);
  expect_closed(client_->posts());
}

void visitor::be_disconnected(bool close) {
  const auto before = server_.count(reason::server_namespace_disconnect);
  server_.disconnect(key_, close);
  if (!server_.reaches(reason::server_namespace_disconnect, before + 1))
    throw std::runtime_error{"the server did not disconnect it"};
}

void visitor::be_flooded() {
  const auto before = server_.count(reason::slow_reader);
  server_.flood(key_);
  if (!server_.reaches(reason::slow_reader, before + 1)) throw std::runtime_error{"it was not too slow"};
  if (is_on_websocket(cell_)) expect_closed(client_->wire());
}

}  // namespace encke::test::matrix
