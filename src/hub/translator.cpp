// SPDX-License-Identifier: MIT
#include <hub/shard.hpp>
#include <hub/translator.hpp>
#include <limits>
#include <stdexcept>

namespace encke::hub {

frame_ptr translated(const parser& with, const packet& what, label as, bool compress) {
  const auto made = with.encode(what);
  if (made.text.empty() && made.binary.empty()) throw std::logic_error{"a parser encoded a packet as nothing"};
  if (made.binary.size() > std::numeric_limits<std::uint16_t>::max())
    throw std::logic_error{"a parser encoded a packet as too many messages"};
  if (made.text.empty()) return frame::make({}, made.binary, as, compress);
  const std::string_view text[]{"4", made.text};
  return frame::make(text, made.binary, as, compress);
}

std::optional<std::string> built_in_text(const packet& from) {
  const bool is_list = from.type == packet::kind::event || from.type == packet::kind::ack;
  if (from.type > packet::kind::connect_error) return std::nullopt;
  if (!from.nsp.starts_with('/') || from.nsp.find(',') != std::string::npos) return std::nullopt;
  if (!is_list && (from.id || !from.attachments.empty())) return std::nullopt;
  // Only the data of these stands where an id could.
  if (!is_list && !from.data.empty() && from.data.front() != '{' && from.data.front() != '"') return std::nullopt;

  auto digit = static_cast<char>('0' + static_cast<int>(from.type));
  if (!from.attachments.empty()) digit = from.type == packet::kind::event ? '5' : '6';
  std::string text(1, digit);
  text.reserve(from.nsp.size() + from.data.size() + 64);
  if (!from.attachments.empty()) text.append(std::to_string(from.attachments.size())).append(1, '-');
  text.append(from.nsp).append(1, ',');
  if (from.id) text += std::to_string(*from.id);
  if (is_list) return text.append(1, '[').append(from.data).append(1, ']');
  return text += from.data;
}

translator::translator(shard& home, hub::link& to, handshake opened)
    : home_{home}, link_{to}, client_{home, to, socketio::dialect::v5, std::move(opened)} {
  const auto& with = home.owner().with();
  decoder_ = with.parser->make_decoder({with.packets.attachments, with.packets.attachment_bytes, with.packets.depth});
  if (!decoder_) throw std::logic_error{"a parser made no decoder"};
}

std::size_t translator::held() const {
  return ledger::set_aside(sizeof *this) - sizeof client_ + client_.held() + decoder_charge_.bytes();
}

void translator::on_closed(reason why) {
  decoder_.reset();
  decoder_charge_.reset();
  client_.on_closed(why);
}

void translator::take(std::string_view message, bool is_binary) {
  if (!decoder_) return;
  std::optional<packet> whole;
  try {
    auto decoded = decoder_->add(message, is_binary);
    if (!decoded) return refuse(decoded.error());
    whole = std::move(*decoded);
    decoder_charge_.resize(decoder_->held());
  } catch (...) {
    return refuse(words_of(std::current_exception()));
  }
  if (whole) replay(*whole);
}

void translator::replay(const packet& whole) {
  const auto text = built_in_text(whole);
  if (!text) return refuse("a packet that cannot be");
  client_.on_text(*text);
  for (const auto& one : whole.attachments) {
    if (!client_.is_waiting()) return;  // the text was refused, or closed the session
    client_.on_binary(one);
  }
}

// As the client does with a packet that is invalid in the built-in protocol.
void translator::refuse(std::string_view what) {
  decoder_.reset();
  decoder_charge_.reset();
  home_.env().count(counter::packets_invalid);
  home_.owner().log(log_level::debug, "invalid packet", {{"session", link_.sid().substr(0, 8)}, {"error", what}});
  home_.deliver_pending();
  link_.close(reason::forced_close);
}

}  // namespace encke::hub
