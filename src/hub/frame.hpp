// SPDX-License-Identifier: MIT
// Frame: one Socket.IO (or Engine.IO control) packet, encoded once and shared by everyone who gets it.
// It holds the bytes an Engine.IO 4 client reads from its WebSocket: for a text-only packet those of Engine.IO 3, too.
// A poller takes the same bytes without the WebSocket headers. Immutable, so any thread may hold it; its twins in other
// forms are made when the first asks for them. One block of memory: this object, its list of attachments, its bytes,
// its key.
#pragma once

#include <atomic>
#include <base/holder_count.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <cstdint>
#include <encke/ledger.hpp>
#include <engineio/packet.hpp>
#include <span>
#include <string>
#include <string_view>
#include <websocket/deflate.hpp>
#include <websocket/frame.hpp>

namespace encke::hub {

class frame;
using frame_ptr = boost::intrusive_ptr<const frame>;

/// What a queue has to know of a message when it is full: the number of the rule that says which messages may be left
/// out, and what makes a later message a newer form of this one. Rule 0 is for the protocol's own packets.
struct label {
  static constexpr std::size_t longest_key = 255;  // bytes
  std::uint8_t rule = 0;
  std::string_view key{};  // "": no other takes its place
};

class frame {
 public:
  /// A packet whose Engine.IO text is `text` (type digit first) and whose attachments follow it.
  [[nodiscard]] static frame_ptr make(std::string_view text, std::span<const std::string> attachments = {});

  /// The same with the text in pieces; without any there are only attachments. Without `compress` it is its own
  /// compressed twin.
  [[nodiscard]] static frame_ptr make(std::span<const std::string_view> text,
                                      std::span<const std::string> attachments = {}, label = {}, bool compress = true);

  /// A binary message of Engine.IO alone: one attachment and no text packet before it.
  [[nodiscard]] static frame_ptr make_binary(std::string_view message);

  /// A short text packet that lives as long as the server: held for nobody, so charged to nobody.
  [[nodiscard]] static frame_ptr make_permanent(std::string_view text);
  /// Text packets of one client's own, already framed for its WebSocket. Nothing that a poller could get.
  [[nodiscard]] static frame_ptr make_run(std::string_view websocket_bytes, std::size_t packets);
  /// A WebSocket control frame: nothing that a poller could get.
  [[nodiscard]] static frame_ptr make_control(websocket::opcode, std::string_view payload);

  /// All WebSocket frames, headers included, in the form of Engine.IO 4.
  [[nodiscard]] std::string_view websocket_bytes() const { return {bytes(), size_}; }
  /// The text packet without its header; "" if there is none.
  [[nodiscard]] std::string_view text() const { return slice(text_); }
  [[nodiscard]] std::size_t attachment_count() const { return attachment_count_; }
  /// The raw bytes of one attachment.
  [[nodiscard]] std::string_view attachment(std::size_t i) const { return slice(attachments()[i]); }
  /// How many packets these are: one, but for a run.
  [[nodiscard]] std::size_t packet_count() const { return packet_count_; }
  /// Bytes on the wire, for the bound of a queue.
  [[nodiscard]] std::size_t size() const { return size_; }
  [[nodiscard]] label labelled() const { return {rule_, {bytes() + size_, key_size_}}; }
  /// The memory it takes, divided by those who hold it.
  [[nodiscard]] std::size_t share() const;

  /// For a session whose WebSocket needs other bytes: Engine.IO 3 marks binary, base64 clients take only text. With
  /// settings, compressed as well. The first who asks for a form makes the twin, all others share it, on any thread.
  [[nodiscard]] frame_ptr recoded(engineio::revision, bool base64, const websocket::deflate_settings* = nullptr,
                                  int window_bits = 15) const;
  /// False when `websocket_bytes` serves this kind of session as it is.
  [[nodiscard]] bool needs_recoding(engineio::revision rev, bool base64) const {
    return attachment_count_ != 0 && (base64 || rev == engineio::revision::v3);
  }

  /// For a session that agreed on permessage-deflate with a window of `window_bits`: this frame, or its twin with every
  /// message compressed for which that is worth it, shared likewise; all give the same settings. A twin's twin is
  /// itself.
  [[nodiscard]] frame_ptr deflated(const websocket::deflate_settings&, int window_bits = 15) const;

  frame(const frame&) = delete;
  frame& operator=(const frame&) = delete;

 private:
  struct piece {
    std::uint32_t offset = 0, size = 0;
  };
  class writer;

  frame(std::size_t size, std::size_t attachments, label as, bool charged) noexcept
      : size_{static_cast<std::uint32_t>(size)},
        attachment_count_{static_cast<std::uint16_t>(attachments)},
        rule_{as.rule},
        key_size_{static_cast<std::uint8_t>(as.key.size())},
        charged_{charged} {}
  [[nodiscard]] piece* attachments() { return reinterpret_cast<piece*>(this + 1); }
  [[nodiscard]] const piece* attachments() const { return reinterpret_cast<const piece*>(this + 1); }
  [[nodiscard]] const char* bytes() const {
    return reinterpret_cast<const char*>(this + 1) + attachment_count_ * sizeof(piece);
  }
  [[nodiscard]] std::string_view slice(piece p) const { return {bytes() + p.offset, p.size}; }
  [[nodiscard]] std::size_t footprint() const {
    return sizeof(frame) + attachment_count_ * sizeof(piece) + size_ + key_size_;
  }
  // A form of twins: what a socket's messages are recoded to, and the bits of the window they are compressed for.
  enum class recoding : std::uint8_t { none, v3_binary, v3_base64, v4_base64 };
  [[nodiscard]] static constexpr std::uint8_t form(recoding to, int window_bits) {
    return static_cast<std::uint8_t>(static_cast<int>(to) << 4 | window_bits);
  }
  [[nodiscard]] frame_ptr make_recoded(engineio::revision, bool base64) const;
  [[nodiscard]] frame_ptr make_deflated(const websocket::deflate_settings&) const;
  [[nodiscard]] frame_ptr deflated_as(recoding, const frame& plain, const websocket::deflate_settings&,
                                      int window_bits) const;
  template <class Make>
  [[nodiscard]] const frame* twin(std::uint8_t form, Make&& make) const;
  [[nodiscard]] static const frame* find_twin(const frame* first, std::uint8_t form);
  [[nodiscard]] const frame* next_twin() const;
  void destroy() const noexcept;

  friend void intrusive_ptr_add_ref(const frame* one) noexcept { one->holders_.add(); }
  friend void intrusive_ptr_release(const frame* one) noexcept {
    if (one->holders_.drop()) one->destroy();
  }

  holder_count holders_;
  std::uint32_t size_;  // of the bytes
  std::uint16_t attachment_count_;
  std::uint16_t packet_count_ = 1;
  std::uint8_t rule_;
  std::uint8_t key_size_;
  bool charged_ : 1;
  bool is_compressible_ : 1 = true;
  std::uint8_t form_ = 0;  // of a twin
  piece text_;
  // The first of the twins, and of a twin the next; of the last twin that is the twin itself.
  mutable std::atomic<const frame*> twins_{nullptr};
};

}  // namespace encke::hub
