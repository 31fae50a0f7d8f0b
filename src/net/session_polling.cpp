// SPDX-License-Identifier: MIT
#include <net/session_polling.hpp>

#include <algorithm>
#include <engineio/legacy_text.hpp>
#include <engineio/payload.hpp>
#include <net/http_exchange.hpp>
#include <net/worker.hpp>
#include <socketio/json_write.hpp>

namespace encke::net {

using engineio::packet_type;
using engineio::revision;

namespace {

// The JSON of a Socket.IO packet with escapes for what is beyond ASCII, which any client reads.
std::string in_ascii(std::string_view packet) {
  const auto json = std::min(packet.find_first_of("[{\""), packet.size());
  std::string text{packet.substr(0, json)};
  socketio::append_ascii(text, packet.substr(json));
  return text;
}

}  // namespace

void session::open_polling(http_exchange& handshake) {
  std::string payload;
  engineio::payload_encoder encoder{engine_.rev(), engineio::payload_form::text, payload};
  encoder.add_text(packet_type::open,
                   engineio::open_packet_json(sid(), engineio::transport::polling, home_.shared().engine));
  const auto& jsonp = on_polling().jsonp;
  if (jsonp) payload = engineio::jsonp_wrap(*jsonp, payload);
  handshake.answer_handshake(payload, jsonp.has_value(), sid());
  receiver_->on_open();
  arm();
}

// --- requests -----------------------------------------------------------------------------------------------------

session::verdict session::on_get(http_exchange& from) {
  const auto said = engine_.on_poll(!outbox_.empty(), home_.now());
  if (said == engineio::session::poll_verdict::wait) on_polling().get = &from;
  drive();
  return said == engineio::session::poll_verdict::wait ? verdict::taken : verdict::overlap;
}

session::verdict session::on_post_begin(http_exchange& from, bool octet_stream) {
  using post_verdict = engineio::session::post_verdict;
  const auto said = engine_.on_post_begin(octet_stream);
  auto& post = on_polling().post;
  if (said == post_verdict::overlap && post) std::exchange(post, nullptr)->drop();
  if (said == post_verdict::read) post = &from;
  drive();
  return said == post_verdict::read ? verdict::taken : verdict::overlap;
}

bool session::on_post(std::string_view body, bool octet_stream) {
  on_polling().post = nullptr;
  if (!engine_.on_post_end()) return true;
  std::optional<std::string> unwrapped;
  if (on_polling().jsonp) {
    unwrapped = engineio::jsonp_unwrap(body);
    if (!unwrapped) {
      note_unreadable("a form without d");
      return false;
    }
    body = *unwrapped;
  }
  engineio::payload_decoder decoder{engine_.rev(),
                                    octet_stream ? engineio::payload_form::binary : engineio::payload_form::text, body};
  for (;;) {
    const auto next = decoder.next();
    if (!next) {
      note_unreadable(to_string(next.error()));
      engine_.on_parse_error();
    } else if (*next) {
      take_posted(**next, octet_stream);
    }
    drive();
    if (!next || !*next) return next.has_value();
  }
}

void session::take_posted(engineio::packet posted, bool octet_stream) {
  std::optional<std::string> once;
  if (may_be_1x() && !octet_stream && !posted.binary) once = engineio::undo_double_encoding(posted.data);
  if (once) posted.data = *once;
  engine_.on_packet(posted, home_.now());
  drive();
}

// Text beyond ASCII is encoded twice by pollers of Socket.IO 1.x, which cannot be told from 2.x (legacy_text.hpp).
bool session::may_be_1x() const {
  return engine_.rev() == revision::v3 && home_.shared().text_is_json;
}

void session::on_post_too_large() {
  on_polling().post = nullptr;
  static_cast<void>(engine_.on_post_end());
  drive();
}

void session::on_gone(http_exchange& gone) {
  auto& requests = on_polling();
  if (requests.get == &gone) {
    requests.get = nullptr;
    engine_.on_poll_gone();
  }
  if (requests.post == &gone) {
    requests.post = nullptr;
    engine_.on_post_aborted();
  }
  drive();
}

// --- answers ------------------------------------------------------------------------------------------------------

void session::flush_poll() {
  if (home_.shared().slow.has_ages()) expire_queue();
  bool has_binary = false;
  outbox_.for_each([&](const hub::frame& one) { has_binary = has_binary || one.attachment_count() > 0; });
  const auto form = engineio::form_of_answer(engine_.rev(), base64_, has_binary);
  std::string payload;
  if (outbox_.empty()) {
    payload = engineio::control_payload(engine_.rev(), engineio::poll_answer::noop);
  } else {
    engineio::payload_encoder encoder{engine_.rev(), form, payload};
    outbox_.for_each([&](const hub::frame& one) {
      if (!one.text().empty()) add_text(encoder, one.text());
      for (std::size_t i = 0; i < one.attachment_count(); ++i) encoder.add_binary(one.attachment(i));
    });
    outbox_.clear();
  }
  answer_poll(payload, form == engineio::payload_form::binary);
}

void session::add_text(engineio::payload_encoder& encoder, std::string_view packet) const {
  if (may_be_1x())
    encoder.add_text_raw(in_ascii(packet));
  else
    encoder.add_text_raw(packet);
}

void session::answer_poll(std::string_view payload, bool binary) {
  auto* pending = std::exchange(on_polling().get, nullptr);
  if (!pending) return;
  const auto& jsonp = on_polling().jsonp;
  if (!jsonp) return pending->answer_polling(payload, binary ? http::polling_binary : http::polling_text);
  pending->answer_polling(engineio::jsonp_wrap(*jsonp, payload), http::polling_script);
}

}  // namespace encke::net
