// SPDX-License-Identifier: MIT
// Parsers: another form of packets on the wire than the built-in one, for clients that were given the same parser
// (`io(url, { parser })`). A parser turns packets into messages and back, and nothing else: limits, reserved names and
// what may follow what are checked by the server, whatever a parser lets pass. See options::parser.
#pragma once

#include <cstddef>
#include <cstdint>
#include <encke/error.hpp>
#include <encke/export.hpp>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace encke {

/// One packet of the Socket.IO protocol (v5), free of its form on the wire.
struct packet {
  enum class kind : std::uint8_t { connect, disconnect, event, ack, connect_error };  // in the protocol's order

  kind type = kind::event;
  std::string nsp = "/";            ///< begins with "/", has no comma
  std::optional<std::uint64_t> id;  ///< of an ack, and of an event that asks for one
  /// JSON text. Events and acks: the contents of the array without its brackets, an event's name first. Connect: an
  /// object or "". Connect error: an object or a string. Disconnect: "".
  std::string data;
  /// Of events and acks; `{"_placeholder":true,"num":k}` in `data` stands for the one with the number k, each in one
  /// place.
  std::vector<std::string> attachments;

  friend bool operator==(const packet&, const packet&) = default;
};

/// A packet on the wire: at most one text message, then any number of binary ones.
struct encoded {
  std::string text{};  ///< "": none
  std::vector<std::string> binary{};
};

/// What a decoder has to keep to while it decodes; the server checks the packet again.
struct packet_limits {
  std::size_t attachments = 10;              ///< of one packet
  std::size_t attachment_bytes = 1'000'000;  ///< of one packet's attachments together
  std::size_t depth = 64;                    ///< of arrays and objects in the data, the array of arguments included
};

/// Shared by all sessions and threads.
class ENCKE_API parser {
 public:
  /// One per session, fed by its worker.
  class ENCKE_API decoder {
   public:
    virtual ~decoder() = default;
    /// Takes a message. Gives a packet, or nothing if more messages have to come, or says what is wrong: that, like an
    /// exception, ends the session. The view is gone after the call.
    virtual result<std::optional<packet>, std::string> add(std::string_view message, bool is_binary) = 0;
    /// Bytes held between messages.
    [[nodiscard]] virtual std::size_t held() const { return 0; }
  };

  virtual ~parser() = default;
  /// Any thread. Called once per packet, however many clients get it. An exception goes to whoever emits.
  [[nodiscard]] virtual encoded encode(const packet&) const = 0;
  [[nodiscard]] virtual std::unique_ptr<decoder> make_decoder(const packet_limits&) const = 0;
};

/// MessagePack, as the npm package socket.io-msgpack-parser (3.x) speaks it: every packet is one binary message. Only
/// in builds that found the headers of msgpack-cxx.
///
/// A client's Date arrives as the string it has in JSON, undefined as null or as no member at all; Buffer, ArrayBuffer
/// and typed arrays arrive as bytes. Integers are sent as such, all other numbers as 64-bit floats.
[[nodiscard]] ENCKE_API std::shared_ptr<const parser> msgpack_parser();

}  // namespace encke
