// SPDX-License-Identifier: MIT
// Engine client: one Engine.IO session of revision 3 or 4, by polling, JSONP or WebSocket, with or without TLS, for
// tests that say the same thing to all of them. A poller uses two connections: one for GETs, one for POSTs.
#pragma once

#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>
#include <cctype>
#include <deque>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include <encke/base64.hpp>
#include "engineio/packet.hpp"
#include "engineio/payload.hpp"
#include "support/scripted_peer.hpp"

namespace encke::test {

enum class carrier { polling, websocket };

/// What kind of client.
struct way {
  carrier by = carrier::polling;
  unsigned eio = 4;
  bool tls = false;
  bool jsonp = false;  ///< answers to polls are scripts, POSTs are forms

  friend bool operator==(const way&, const way&) = default;
  [[nodiscard]] std::string name() const {
    const std::string carrier = by == carrier::websocket ? "websocket" : jsonp ? "jsonp" : "polling";
    return carrier + "_eio" + std::to_string(eio) + (tls ? "_tls" : "");
  }
};

inline constexpr way polling{};
inline constexpr way websocket_way{.by = carrier::websocket};

class engine_client {
 public:
  /// Opens the session. `query`: more parameters, e.g. "&b64=1". Throws if it is refused.
  engine_client(std::uint16_t port, way how, std::string_view query = {}, std::string_view headers = {})
      : port_{port}, how_{how}, query_{query} {
    if (how_.by == carrier::polling)
      open_polling(headers);
    else
      open_websocket(headers);
  }

  engine_client(engine_client&&) = default;
  engine_client& operator=(engine_client&&) = delete;
  /// A poller says goodbye, so that its session does not wait for it; a WebSocket just closes.
  ~engine_client() {
    if (!wire_ || how_.by == carrier::websocket || vanishes_) return;
    try {
      (void)post(payload({"1"}));
    } catch (const std::runtime_error&) {
    }
  }
  /// At its end the client is silent, as one that lost its network.
  void vanish() { vanishes_ = true; }

  [[nodiscard]] const std::string& sid() const { return sid_; }
  [[nodiscard]] const std::string& open_packet() const { return open_packet_; }
  [[nodiscard]] std::string target(std::string_view transport = "polling") const {
    auto text = "/socket.io/?EIO=" + std::to_string(how_.eio) + "&transport=" + std::string{transport} + query_;
    if (how_.jsonp && transport == "polling") text += "&j=0";
    return sid_.empty() ? text : text + "&sid=" + sid_;
  }

  // --- packets: the text of one, type first; a binary message is "b" and its bytes ---

  void send(std::string_view packet) { send_all({std::string{packet}}); }
  /// Several at once: one POST, or one write.
  void send_all(const std::vector<std::string>& packets) {
    if (how_.by == carrier::polling) {
      if (const auto said = post(payload(packets)); said.status != 200 || said.body != "ok")
        throw std::runtime_error{"POST: " + std::to_string(said.status) + " " + said.body};
      return;
    }
    std::string bytes;
    for (const auto& one : packets) {
      const bool binary = one.starts_with('b');
      std::string data{binary && how_.eio == 3 ? "\x04" : ""};
      data += binary ? one.substr(1) : one;
      websocket::append_masked_frame(bytes, binary ? websocket::opcode::binary : websocket::opcode::text, data,
                                     0x01020304);
    }
    wire().send(bytes);
  }
  /// The next packet. "ended" if there will be none: the WebSocket closed, or a GET was not answered 200.
  std::string receive() {
    while (arrived_.empty()) {
      if (how_.by == carrier::websocket) return receive_websocket();
      send_get();
      const auto answer = read_get();
      if (answer.status != 200) return "ended";
    }
    return take();
  }
  /// The next that is not a heartbeat; pings are answered.
  std::string receive_message() {
    for (;;) {
      auto packet = receive();
      if (packet == "2") {
        send("3");
        continue;
      }
      if (packet != "3" && packet != "6") return packet;
    }
  }

  /// Joins a namespace; the answer, e.g. `40{"sid":"..."}`. Clients of EIO 3 are in "/" without asking.
  std::string join(std::string_view nsp = "/", std::string_view auth = {}) {
    if (how_.eio == 4 || nsp != "/")
      send("40" + (nsp == "/" ? std::string{} : std::string{nsp} + ",") + std::string{auth});
    return receive_message();
  }

  // --- the connections, for those who want to break something ---

  /// Where GETs, or the WebSocket, are.
  scripted_peer& wire() { return *wire_; }
  /// Where POSTs are.
  scripted_peer& posts() {
    if (!posts_) posts_ = connect();
    return *posts_;
  }
  [[nodiscard]] bool has_posts() const { return posts_ != nullptr; }
  std::unique_ptr<scripted_peer> connect() const {
    auto made = std::make_unique<scripted_peer>(port_);
    if (how_.tls && !made->start_tls()) throw std::runtime_error{"no TLS"};
    return made;
  }
  void send_get() { wire().send_request("GET", target()); }
  /// The answer to a GET; its packets are received next.
  http_answer read_get() {
    auto answer = wire().read_answer();
    if (answer.status == 200) store(answer.body, answer.header("content-type") == engineio::binary_content_type);
    return answer;
  }
  /// The last packet of the answer to the GET that is pending; "ended" if it is not answered 200.
  std::string receive_pending() {
    const auto answer = read_get();
    if (answer.status != 200 || arrived_.empty()) return "ended";
    auto last = std::move(arrived_.back());
    arrived_.clear();
    return last;
  }
  http_answer post(std::string_view body) {
    if (!how_.jsonp) return posts().request("POST", target(), body);
    return posts().request("POST", target(), "d=" + percent_encoded(body), form_header);
  }
  static constexpr std::string_view form_header = "Content-Type: application/x-www-form-urlencoded\r\n";
  [[nodiscard]] static std::string percent_encoded(std::string_view text) {
    std::string out;
    for (const unsigned char c : text) {
      constexpr std::string_view digits = "0123456789ABCDEF";
      if (std::isalnum(c) != 0)
        out += static_cast<char>(c);
      else
        out.append({'%', digits[c >> 4], digits[c & 15]});
    }
    return out;
  }
  [[nodiscard]] std::string payload(const std::vector<std::string>& packets) const {
    std::string body;
    engineio::payload_encoder encoder{revision(), engineio::payload_form::text, body};
    for (const auto& one : packets) {
      if (one.starts_with('b'))
        encoder.add_binary(std::string_view{one}.substr(1));
      else
        encoder.add_text_raw(one);
    }
    return body;
  }
  /// The upgrade up to `3probe`, on a new connection; nullptr if the probe was refused.
  std::unique_ptr<scripted_peer> probe() {
    auto made = connect();
    if (made->upgrade(target("websocket")).status != 101) return nullptr;
    made->send_text("2probe");
    return made->read_text() == "3probe" ? std::move(made) : nullptr;
  }
  /// From polling to WebSocket. A pending GET is read to its end.
  void upgrade(bool has_get = false) {
    auto made = probe();
    if (!made) throw std::runtime_error{"no upgrade"};
    if (has_get) (void)read_get();
    made->send_text("5");
    wire_ = std::move(made);
    posts_.reset();
    how_.by = carrier::websocket;
  }

 private:
  [[nodiscard]] engineio::revision revision() const {
    return how_.eio == 3 ? engineio::revision::v3 : engineio::revision::v4;
  }

  void open_polling(std::string_view headers) {
    wire_ = connect();
    wire().send_request("GET", target(), {}, headers);
    if (const auto answer = read_get(); answer.status != 200)
      throw std::runtime_error{"handshake: " + std::to_string(answer.status) + " " + answer.body};
    note_open(take());
  }
  void open_websocket(std::string_view headers) {
    wire_ = connect();
    if (const auto answer = wire().upgrade(target("websocket"), headers); answer.status != 101)
      throw std::runtime_error{"upgrade: " + std::to_string(answer.status) + " " + answer.body};
    note_open(receive_websocket());
  }
  void note_open(std::string packet) {
    open_packet_ = std::move(packet);
    const auto at = open_packet_.find("\"sid\":\"");
    if (at == std::string::npos) throw std::runtime_error{"no open packet: " + open_packet_};
    sid_ = open_packet_.substr(at + 7, 20);
  }

  std::string receive_websocket() {
    const auto next = wire().read_message();
    if (next.ended || next.kind == websocket::opcode::close) return "ended";
    if (next.kind == websocket::opcode::binary) return "b" + next.payload.substr(how_.eio == 3 ? 1 : 0);
    if (next.payload.starts_with('b')) {
      std::string packet{"b"};
      return base64::decode(std::string_view{next.payload}.substr(how_.eio == 3 ? 2 : 1), packet) ? packet
                                                                                                  : "bad base64";
    }
    return next.payload;
  }
  // ___eio[0]("...");
  static std::string out_of_script(std::string_view script) {
    const auto begin = script.find('"'), end = script.rfind('"');
    if (begin == std::string::npos) throw std::runtime_error{"no script from the server"};
    return std::string{boost::json::parse(script.substr(begin, end - begin + 1)).as_string()};
  }
  void store(std::string_view body, bool binary) {
    std::string unwrapped;
    if (how_.jsonp) body = unwrapped = out_of_script(body);
    engineio::payload_decoder decoder{revision(),
                                      binary ? engineio::payload_form::binary : engineio::payload_form::text, body};
    for (;;) {
      const auto next = decoder.next();
      if (!next) throw std::runtime_error{"bad payload from the server: " + std::string{body}};
      if (!*next) return;
      std::string packet{(*next)->binary ? 'b' : static_cast<char>('0' + static_cast<int>((*next)->type))};
      arrived_.push_back(packet += (*next)->data);
    }
  }
  std::string take() {
    auto first = std::move(arrived_.front());
    arrived_.pop_front();
    return first;
  }

  std::uint16_t port_;
  way how_;
  std::string query_;
  std::string sid_;
  std::string open_packet_;
  std::unique_ptr<scripted_peer> wire_;
  std::unique_ptr<scripted_peer> posts_;
  std::deque<std::string> arrived_;
  bool vanishes_ = false;
};

}  // namespace encke::test
