// SPDX-License-Identifier: MIT
#include <base/block_pool.hpp>
#include <cstring>
#include <hub/frame.hpp>
#include <new>
#include <vector>

namespace encke::hub {

using websocket::opcode;

namespace {

std::size_t framed(std::string_view payload) {
  return websocket::header_size(payload.size()) + payload.size();
}

}  // namespace

// Makes a frame whose size is known, and fills it front to back.
class frame::writer {
 public:
  writer(std::size_t size, std::size_t attachments, bool charged = true) {
    const auto footprint = sizeof(frame) + attachments * sizeof(piece) + size;
    made_ = new (block_pool::take(footprint)) frame{size, attachments, charged};
    if (charged) ledger::add(ledger::purpose::frame, footprint);
  }

  void text(std::span<const std::string_view> pieces, std::size_t size) {
    char* to = header(opcode::text, size);
    made_->text_ = {static_cast<std::uint32_t>(end_), static_cast<std::uint32_t>(size)};
    for (const auto piece : pieces) {
      std::memcpy(to, piece.data(), piece.size());
      to += piece.size();
    }
    end_ += size;
  }
  void text(std::string_view payload) { made_->text_ = append(opcode::text, payload); }
  void attachment(std::string_view payload) { made_->attachments()[done_++] = append(opcode::binary, payload); }
  piece append(opcode kind, std::string_view payload) {
    std::memcpy(header(kind, payload.size()), payload.data(), payload.size());
    const piece where{static_cast<std::uint32_t>(end_), static_cast<std::uint32_t>(payload.size())};
    end_ += payload.size();
    return where;
  }
  frame_ptr done() { return frame_ptr{made_}; }

 private:
  // Returns where the payload goes.
  char* header(opcode kind, std::size_t payload) {
    char* to = const_cast<char*>(made_->bytes());  // nobody else has it yet
    end_ += websocket::write_header(to + end_, kind, payload);
    return to + end_;
  }

  frame* made_;
  std::size_t end_ = 0, done_ = 0;
};

void frame::destroy() const noexcept {
  const auto taken = footprint();
  if (charged_) ledger::remove(ledger::purpose::frame, taken);
  this->~frame();
  block_pool::give_back(const_cast<frame*>(this), taken);
}

frame_ptr frame::make(std::string_view text, std::span<const std::string> attachments) {
  return make(std::span{&text, 1}, attachments);
}

frame_ptr frame::make(std::span<const std::string_view> text, std::span<const std::string> attachments) {
  std::size_t text_size = 0;
  for (const auto piece : text) text_size += piece.size();
  auto size = websocket::header_size(text_size) + text_size;
  for (const auto& one : attachments) size += framed(one);
  writer to{size, attachments.size()};
  to.text(text, text_size);
  for (const auto& one : attachments) to.attachment(one);
  return to.done();
}

frame_ptr frame::make_binary(std::string_view message) {
  writer to{framed(message), 1};
  to.attachment(message);
  return to.done();
}

frame_ptr frame::make_permanent(std::string_view text) {
  writer to{framed(text), 0, false};
  to.text(text);
  return to.done();
}

frame_ptr frame::make_control(opcode kind, std::string_view payload) {
  writer to{framed(payload), 0};
  to.append(kind, payload);
  return to.done();
}

frame_ptr frame::recoded(engineio::revision rev, bool base64) const {
  std::vector<std::string> packets(attachment_count());
  auto size = text().empty() ? 0 : framed(text());
  for (std::size_t i = 0; i < packets.size(); ++i) {
    if (base64)
      engineio::append_base64_packet(packets[i], rev, attachment(i));
    else
      engineio::append_binary_packet(packets[i], rev, attachment(i));
    size += framed(packets[i]);
  }
  writer to{size, 0};  // no attachments of its own: its bytes are final
  if (!text().empty()) to.text(text());
  for (const auto& one : packets) to.append(base64 ? opcode::text : opcode::binary, one);
  return to.done();
}

}  // namespace encke::hub
