// SPDX-License-Identifier: MIT
#include <net/session.hpp>

#include <algorithm>
#include <base/random.hpp>
#include <net/http_exchange.hpp>
#include <net/websocket_transport.hpp>
#include <net/worker.hpp>

namespace encke::net {

using engineio::packet_type;
using engineio::revision;

namespace {

constexpr std::size_t most_unsent_pongs = 64;  // packets in the outbox
constexpr std::size_t usual_receiver_size = 128;

std::array<char, random::id_size> new_sid(const worker& home) {
  std::array<char, random::id_size> sid;
  random::id(home.number()).copy(sid.data(), sid.size());
  return sid;
}

}  // namespace

session::session(worker& home, opening begin)
    : home_{home},
      sid_{new_sid(home)},
      peer_{begin.peer},
      base64_{begin.request.base64},
      secure_{begin.secure},
      own_pages_only_{begin.sent.own_pages_only},
      engine_{home.shared().engine, begin.request.rev, begin.request.to, home.now()},
      opened_at_{home.now()},
      receiver_{home.shared().make_receiver(home.shard(), *this, begin.request.rev, std::move(begin.sent))} {
  if (begin.request.to == engineio::transport::polling)
    polling_ = std::make_unique<polling>(begin.request.rev, home.shared().text_is_json, std::move(begin.request.jsonp));
}

session::~session() = default;

// A session that began on a WebSocket is not polled; whoever tries all the same is told so by the state machine.
polling& session::on_polling() {
  if (!polling_) polling_ = std::make_unique<polling>(engine_.rev(), home_.shared().text_is_json);
  return *polling_;
}

// --- opening ------------------------------------------------------------------------------------------------------

std::string session::open_packet(engineio::transport on) const {
  return engineio::open_packet_json(sid(), on, home_.shared().engine);
}

void session::open_polling(http_exchange& handshake) {
  on_polling().open(handshake, sid(), open_packet(engineio::transport::polling));
  receiver_->on_open();
  arm();
}

void session::open_websocket(websocket_transport& first) {
  current_ = &first;
  std::string packet;
  engineio::append_text_packet(packet, packet_type::open, open_packet(engineio::transport::websocket));
  outbox_.push(hub::frame::make(packet), home_.now_stamp());
  flush_websocket();
  receiver_->on_open();
  arm();
}

// --- polling ------------------------------------------------------------------------------------------------------

session::verdict session::on_get(http_exchange& from) {
  const auto said = engine_.on_poll(!outbox_.empty(), home_.now());
  const bool waits = said == engineio::session::poll_verdict::wait;
  if (waits) on_polling().wait(from);
  drive();
  return waits ? verdict::taken : verdict::overlap;
}

session::verdict session::on_post_begin(http_exchange& from, bool octet_stream) {
  using post_verdict = engineio::session::post_verdict;
  const auto said = engine_.on_post_begin(octet_stream);
  if (said == post_verdict::overlap) on_polling().abort_post();
  if (said == post_verdict::read) on_polling().read(from);
  drive();
  return said == post_verdict::read ? verdict::taken : verdict::overlap;
}

bool session::on_post(std::string_view received, bool octet_stream) {
  auto& requests = on_polling();
  requests.forget_post();
  if (!engine_.on_post_end()) return true;
  std::string scratch;
  const auto body = requests.body_of(received, scratch);
  if (!body) {
    note_unreadable("a form without d");
    return false;
  }
  auto packets = requests.packets_of(*body, octet_stream);
  for (;;) {
    const auto next = packets.next();
    if (!next) {
      note_unreadable(to_string(next.error()));
      engine_.on_parse_error();
    } else if (*next) {
      engine_.on_packet(**next, home_.now());
    }
    drive();
    if (!next || !*next) return next.has_value();
  }
}

void session::on_post_too_large() {
  on_polling().forget_post();
  static_cast<void>(engine_.on_post_end());
  drive();
}

void session::on_gone(http_exchange& gone) {
  auto& requests = on_polling();
  if (requests.forget_get(gone)) engine_.on_poll_gone();
  if (requests.forget_post(gone)) engine_.on_post_aborted();
  drive();
}

// --- WebSocket ----------------------------------------------------------------------------------------------------

bool session::on_probe(websocket_transport& newcomer, bool base64) {
  if (!engine_.on_probe(home_.now())) return false;
  on_polling().probe(newcomer, base64);
  arm();
  return true;
}

void session::on_message(websocket_transport& from, const websocket::message& received) {
  std::string scratch;
  const auto packet = received.kind == websocket::opcode::text
                          ? engineio::decode_text(engine_.rev(), received.payload, scratch)
                          : engineio::decode_binary(engine_.rev(), received.payload);
  const bool is_probe = &from == probing();
  if (packet && !is_probe && !driving_ && engine_.on_message(*packet, home_.now())) {
    deliver(*packet);
    if (!engine_.has_action()) return;  // a sign of life only moves deadlines back, which alarms find out by themselves
    return drive();
  }
  if (!packet) note_unreadable(to_string(packet.error()));
  if (!packet)
    is_probe ? engine_.on_probe_parse_error() : engine_.on_parse_error();
  else if (is_probe)
    engine_.on_probe_packet(*packet, home_.now());
  else
    engine_.on_packet(*packet, home_.now());
  drive();
}

void session::note_unreadable(std::string_view why) const {
  home_.count(counter::payloads_invalid);
  home_.shared().hub->log(log_level::debug, "invalid payload", {{"session", sid().substr(0, 8)}, {"error", why}});
}

// What a handler causes meanwhile waits for `drive`, as behind any other action.
void session::deliver(const engineio::packet& message) {
  driving_ = true;
  message.binary ? receiver_->on_binary(message.data) : receiver_->on_text(message.data);
  driving_ = false;
}

void session::warm_receiver(unsigned step) const {
  if (step == 0) return prefetch(receiver_.get(), usual_receiver_size);
  receiver_->warm();
}

void session::on_gone(websocket_transport& gone, engineio::close_reason why) {
  if (probing() == &gone) {
    polling_->forget_probing();
    engine_.on_probe_gone();
  } else if (current_ == &gone) {
    current_ = nullptr;
    engine_.on_websocket_gone(why);
  }
  drive();
}

// --- the hub's link -----------------------------------------------------------------------------------------------

bool session::send(const hub::frame_ptr& what, bool lossy) {
  if (!engine_.is_open()) return false;
  if (lossy && home_.shared().sheds(shedding::lossy)) return home_.count(counter::dropped_pressure), false;
  if (lossy && (!outbox_.empty() || !engine_.is_writable())) return home_.count(counter::dropped_lossy), false;
  if (!outbox_.empty() && !make_room(what->labelled(), what->size())) return false;
  outbox_.push(what, home_.now_stamp());
  home_.count(counter::frames_sent);
  if (engine_.current() == engineio::transport::websocket)
    flush_websocket();
  else
    put_off();
  return true;
}

void session::send_text(std::span<const std::string_view> packet) {
  if (!current_ || current_->deflates()) return link::send_text(packet);
  if (!engine_.is_open()) return;
  std::size_t size = 0;
  for (const auto piece : packet) size += piece.size();
  if (!make_room({}, size)) return;
  outbox_.push_text(packet, home_.now_stamp());
  home_.count(counter::frames_sent);
  flush_websocket();
}

bool session::make_room(hub::label as, std::size_t bytes) {
  const auto& rules = home_.shared().slow;
  if (rules.has_room(outbox_, as, bytes)) return true;
  const auto made = rules.make_room(outbox_, as, bytes, home_.now_stamp());
  if (made.replaced != 0) home_.count(counter::dropped_replaced, made.replaced);
  if (made.oldest != 0) home_.count(counter::dropped_oldest, made.oldest);
  if (made.expired != 0) home_.count(counter::dropped_expired, made.expired);
  if (made.cut != too_much::nothing)
    cut(made.cut);
  else if (!made.fits)
    home_.count(counter::dropped_newest);
  return made.fits;
}

void session::expire_queue() {
  const auto expired = home_.shared().slow.expire(outbox_, home_.now_stamp());
  if (expired != 0) home_.count(counter::dropped_expired, expired);
}

void session::cut(too_much why) {
  if (cut_ != too_much::nothing || !engine_.is_open()) return;
  cut_ = why;
  put_off();
}

void session::close(reason why) {
  if (!engine_.is_open()) return;
  decided_ = why;
  engine_.close(!outbox_.empty(), home_.now());
  drive();
}

void session::on_joined() {
  if (std::exchange(joined_, true)) return;
  for (auto* one : {current_, probing()})
    if (one) one->limit_messages(most_payload());
}

std::size_t session::most_payload() const {
  const auto& with = home_.shared().options;
  return joined_ ? with.max_payload : std::min(with.max_payload, with.max_unjoined_payload);
}

void session::warm(unsigned step) const {
  if (!current_) return;
  if (step == 0) return prefetch(current_);
  current_->warm_connection();
}

hub::link_facts session::facts() const {
  using std::chrono::system_clock;
  const auto age = std::chrono::duration_cast<system_clock::duration>(home_.now() - opened_at_);
  return {.address = peer_.to_string(),
          .opened = system_clock::now() - age,
          .protocol = engine_.rev() == revision::v3 ? 3U : 4U,
          .transport = engine_.current(),
          .secure = secure_};
}

encke::weight session::weight() const {
  encke::weight sum{.bytes = ledger::set_aside(sizeof *this) + outbox_.held() + receiver_->held(),
                    .queued_bytes = outbox_.bytes(),
                    .queued_messages = outbox_.size()};
  if (!outbox_.empty()) sum.waiting = std::chrono::milliseconds{home_.now_stamp() - outbox_.oldest()};
  if (current_) sum.bytes += current_->over().held();
  if (polling_) sum.bytes += polling_->held();
  return sum;
}

std::size_t session::unfinished() const {
  return receiver_->unfinished() + (current_ ? current_->unfinished() : 0) + (polling_ ? polling_->unfinished() : 0);
}

// --- ends ---------------------------------------------------------------------------------------------------------

void session::on_stop() {
  if (engine_.is_closed()) return;
  engine_.shutdown();
  drive();
}

void session::put_off() {
  if (std::exchange(put_off_, true)) return;
  home_.at_turn_end(*this);
}

void session::on_turn_end() {
  put_off_ = false;
  if (cut_ != too_much::nothing && engine_.is_open()) return cut_now();
  if (!outbox_.empty() && engine_.is_open()) engine_.on_queued();
  drive();
}

// What waits is given up at once; a WebSocket gets to know why, if it reads once more within a few seconds.
void session::cut_now() {
  decided_ = reason::slow_reader;
  home_.note_cut(*this, cut_);
  if (auto* stuck = std::exchange(current_, nullptr)) {
    const auto code =
        is_for_memory(cut_) ? websocket::close_code::try_again_later : websocket::close_code::policy_violation;
    stuck->close(outbox_.begun(), form(), websocket::close_payload(code, to_string(cut_)));
  }
  outbox_.clear();
  engine_.shutdown();
  drive();
}

void session::look_at_time(time_point now) {
  if (!joined_ && engine_.is_open() && now >= connect_deadline()) return close(reason::connect_timeout);
  engine_.on_time(now);
  drive();
}

time_point session::connect_deadline() const {
  return after(opened_at_, home_.shared().options.connect_timeout);
}

void session::arm() {
  auto next = engine_.next_deadline();
  if (!joined_ && engine_.is_open() && (!next || connect_deadline() < *next)) next = connect_deadline();
  if (!next) return home_.wheel().cancel(*this);
  // An alarm that comes too early only looks and arms again: cheaper than moving it with every packet.
  if (is_armed() && deadline() <= *next) return;
  home_.wheel().arm(*this, *next);
}

// --- doing what the state machine says ----------------------------------------------------------------------------

// Handlers run inside of `act` and may come back here: then the outer call goes on with what they caused.
void session::drive() {
  if (std::exchange(driving_, true)) return;
  while (const auto next = engine_.take_action()) act(*next);
  driving_ = false;
  if (current_ && polling_ && polling_->is_idle()) polling_.reset();  // nobody asks for it any more
  if (!engine_.is_closed()) arm();
}

void session::act(const engineio::action& next) {
  using kind = engineio::action::kind;
  switch (next.what) {
    case kind::send:
      // A v3 client that only pings and does not read is not answered for ever.
      if (next.data.type == packet_type::pong && outbox_.size() > most_unsent_pongs) return;
      outbox_.push(home_.control_frame(next.data.type), home_.now_stamp());
      if (current_) return flush_websocket();
      return put_off();
    case kind::deliver:
      return next.data.binary ? receiver_->on_binary(next.data.data) : receiver_->on_text(next.data.data);
    case kind::flush_poll:
      if (home_.shared().slow.has_ages()) expire_queue();
      return on_polling().flush(outbox_, base64_);
    case kind::answer_poll: return on_polling().answer(engineio::control_payload(engine_.rev(), next.answer));
    case kind::probe_pong:
      if (auto* probe = probing()) probe->send_text("3probe");
      return;
    case kind::switch_to_websocket:
      current_ = on_polling().forget_probing();
      base64_ = on_polling().probe_base64();
      home_.count(counter::upgrades);
      flush_websocket();
      return receiver_->on_upgrade();
    case kind::close_probe:
      if (auto* probe = on_polling().forget_probing()) probe->close();
      return;
    case kind::close_websocket:
      if (auto* last = std::exchange(current_, nullptr)) last->close(std::exchange(outbox_, {}), form());
      return;
    case kind::closing: return receiver_->on_closed(reason_of(next.reason));
    case kind::ended: return on_ended();
  }
}

void session::on_ended() {
  if (polling_) polling_->end();
  if (current_) std::exchange(current_, nullptr)->abort();
  home_.doom(*this);
}

void session::flush_websocket() {
  if (current_) current_->flush_later();
}

reason session::reason_of(engineio::close_reason why) const {
  if (decided_) return *decided_;
  switch (why) {
    case engineio::close_reason::transport_error: return reason::transport_error;
    case engineio::close_reason::transport_close: return reason::transport_close;
    case engineio::close_reason::ping_timeout: return reason::ping_timeout;
    case engineio::close_reason::parse_error: return reason::parse_error;
    case engineio::close_reason::forced_close: return reason::forced_close;
    case engineio::close_reason::server_shutdown: return reason::server_shutting_down;
  }
  return reason::transport_error;
}

}  // namespace encke::net
