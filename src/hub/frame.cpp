// SPDX-License-Identifier: MIT
#include <hub/frame.hpp>

namespace encke::hub {

using websocket::opcode;

namespace {

std::shared_ptr<frame> make_empty() {
  return ledger::make_shared<frame, ledger::purpose::frame>();
}

}  // namespace

frame::piece frame::append(opcode kind, std::string_view payload) {
  char header[websocket::max_header_size];
  wire_.append(header, websocket::write_header(header, kind, payload.size()));
  const piece where{static_cast<std::uint32_t>(wire_.size()), static_cast<std::uint32_t>(payload.size())};
  wire_.append(payload);
  return where;
}

frame_ptr frame::make(std::string_view text, std::span<const std::string> attachments) {
  auto made = make_empty();
  std::size_t size = websocket::header_size(text.size()) + text.size();
  for (const auto& one : attachments) size += websocket::header_size(one.size()) + one.size();
  made->wire_.reserve(size);
  made->text_ = made->append(opcode::text, text);
  made->attachments_.reserve(attachments.size());
  for (const auto& one : attachments) made->attachments_.push_back(made->append(opcode::binary, one));
  return made;
}

frame_ptr frame::make_binary(std::string_view message) {
  auto made = make_empty();
  made->wire_.reserve(websocket::header_size(message.size()) + message.size());
  made->attachments_.push_back(made->append(opcode::binary, message));
  return made;
}

frame_ptr frame::make_permanent(std::string_view text) {
  auto made = std::make_shared<frame>();
  made->text_ = made->append(opcode::text, text);
  return made;
}

frame_ptr frame::make_control(opcode kind, std::string_view payload) {
  auto made = make_empty();
  made->append(kind, payload);
  return made;
}

frame_ptr frame::recoded(engineio::revision rev, bool base64) const {
  auto made = make_empty();
  if (!text().empty()) made->text_ = made->append(opcode::text, text());
  std::string packet;
  for (std::size_t i = 0; i < attachment_count(); ++i) {
    packet.clear();
    if (base64)
      engineio::append_base64_packet(packet, rev, attachment(i));
    else
      engineio::append_binary_packet(packet, rev, attachment(i));
    made->append(base64 ? opcode::text : opcode::binary, packet);
  }
  return made;  // no attachments of its own: its bytes are final
}

}  // namespace encke::hub
