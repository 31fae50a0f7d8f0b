// SPDX-License-Identifier: MIT
#include <net/polling.hpp>

#include <algorithm>
#include <net/connection.hpp>
#include <net/http_exchange.hpp>
#include <net/websocket_transport.hpp>
#include <socketio/json_write.hpp>

namespace encke::net {

using engineio::packet_type;

namespace {

// The JSON of a Socket.IO packet with escapes for what is beyond ASCII, which any client reads.
std::string in_ascii(std::string_view packet) {
  const auto json = std::min(packet.find_first_of("[{\""), packet.size());
  std::string text{packet.substr(0, json)};
  socketio::append_ascii(text, packet.substr(json));
  return text;
}

}  // namespace

// --- who is there -------------------------------------------------------------------------------------------------

void polling::abort_post() {
  if (post_) std::exchange(post_, nullptr)->abort();
}

void polling::probe(websocket_transport& newcomer, bool base64) {
  probing_ = &newcomer;
  probe_base64_ = base64;
}

void polling::end() {
  if (get_) std::exchange(get_, nullptr)->forget_session();
  if (post_) std::exchange(post_, nullptr)->forget_session();
  if (probing_) std::exchange(probing_, nullptr)->abort();
}

std::size_t polling::held() const {
  auto sum = ledger::set_aside(sizeof *this);
  if (get_) sum += get_->over().held();
  if (post_) sum += post_->over().held();
  if (probing_) sum += probing_->over().held();
  return sum;
}

std::size_t polling::unfinished() const {
  return (post_ ? post_->unfinished() : 0) + (probing_ ? probing_->unfinished() : 0);
}

// --- what is posted -----------------------------------------------------------------------------------------------

std::optional<std::string_view> polling::body_of(std::string_view received, std::string& scratch) const {
  if (!jsonp_) return received;
  auto unwrapped = engineio::jsonp_unwrap(received);
  if (!unwrapped) return std::nullopt;
  scratch = std::move(*unwrapped);
  return scratch;
}

posted polling::packets_of(std::string_view body, bool octet_stream) const {
  const auto form = octet_stream ? engineio::payload_form::binary : engineio::payload_form::text;
  return {rev_, form, body, may_be_1x_ && !octet_stream};
}

result<std::optional<engineio::packet>, engineio::error> posted::next() {
  auto next = packets_.next();
  if (!next || !*next || !may_be_1x_ || (*next)->binary) return next;
  if (auto once = engineio::undo_double_encoding((*next)->data)) {
    decoded_ = std::move(*once);
    (*next)->data = decoded_;
  }
  return next;
}

// --- answers ------------------------------------------------------------------------------------------------------

void polling::open(http_exchange& handshake, std::string_view sid, std::string_view data) const {
  std::string payload;
  engineio::payload_encoder encoder{rev_, engineio::payload_form::text, payload};
  encoder.add_text(packet_type::open, data);
  if (jsonp_) payload = engineio::jsonp_wrap(*jsonp_, payload);
  handshake.answer_handshake(payload, jsonp_.has_value(), sid);
}

void polling::answer(std::string_view payload, bool binary) {
  auto* pending = std::exchange(get_, nullptr);
  if (!pending) return;
  if (!jsonp_) return pending->answer_polling(payload, binary ? http::polling_binary : http::polling_text);
  pending->answer_polling(engineio::jsonp_wrap(*jsonp_, payload), http::polling_script);
}

void polling::flush(outbox& queue, bool base64) {
  if (queue.empty()) return answer(engineio::control_payload(rev_, engineio::poll_answer::noop));
  bool has_binary = false;
  queue.for_each([&](const hub::frame& one) { has_binary = has_binary || one.attachment_count() > 0; });
  const auto form = engineio::form_of_answer(rev_, base64, has_binary);
  std::string payload;
  engineio::payload_encoder encoder{rev_, form, payload};
  queue.for_each([&](const hub::frame& one) {
    if (!one.text().empty()) add_text(encoder, one.text());
    for (std::size_t i = 0; i < one.attachment_count(); ++i) encoder.add_binary(one.attachment(i));
  });
  queue.clear();
  answer(payload, form == engineio::payload_form::binary);
}

void polling::add_text(engineio::payload_encoder& encoder, std::string_view packet) const {
  if (may_be_1x_)
    encoder.add_text_raw(in_ascii(packet));
  else
    encoder.add_text_raw(packet);
}

}  // namespace encke::net
