// SPDX-License-Identifier: MIT
// Payload: the body of a polling request or answer, which is a sequence of packets (Engine.IO v4 payload; v3 text and
// binary payloads), and JSONP around it. The HTTP side of a connection decodes whole POST bodies and encodes answers
// to GETs from the outbox. A body is borrowed and bounded by the caller's body limit.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "encke/error.hpp"
#include "engineio/packet.hpp"

namespace encke::engineio {

inline constexpr std::string_view text_content_type = "text/plain; charset=UTF-8";
inline constexpr std::string_view jsonp_content_type = "text/javascript; charset=UTF-8";
inline constexpr std::string_view binary_content_type = "application/octet-stream";

/// How a body is written. v4 knows only text.
enum class payload_form : std::uint8_t { text, binary };

/// The form of a GET's answer: binary only for v3, when the client takes binary (no `b64`, no `j`) and a packet is
/// binary.
[[nodiscard]] constexpr payload_form form_of_answer(revision rev, bool base64, bool has_binary) noexcept {
  return rev == revision::v3 && !base64 && has_binary ? payload_form::binary : payload_form::text;
}

struct payload_limits {
  std::size_t packets = 65'536;
};

/// Packets out of one complete body, in order. An error is final; packets before it count.
class payload_decoder {
 public:
  /// `body` outlives the decoder. Text that is not UTF-8 has U+FFFD where it is invalid.
  payload_decoder(revision, payload_form, std::string_view body, payload_limits = {});
  payload_decoder(const payload_decoder&) = delete;
  payload_decoder& operator=(const payload_decoder&) = delete;

  /// The next packet, nothing at the end. Its data live until the next call. An empty body is `empty_packet`.
  [[nodiscard]] result<std::optional<packet>, error> next();

 private:
  result<packet, error> next_packet();
  result<packet, error> next_v4();
  result<packet, error> next_v3_text();
  result<packet, error> next_v3_binary();

  std::string replaced_;   // the body, when it was not valid UTF-8
  std::string scratch_;    // what the last packet borrows from, when it was decoded or repaired
  std::string_view rest_;  // not yet read
  std::size_t left_;       // packets still allowed
  std::optional<error> failed_;
  revision revision_;
  payload_form form_;
  bool at_end_ = false;
};

/// Appends packets to a body. Add at least one: an empty body is an error for the client.
class payload_encoder {
 public:
  /// Appends to `out`, which outlives the encoder and must be empty or hold only what this encoder's like wrote.
  payload_encoder(revision rev, payload_form form, std::string& out) : out_{out}, revision_{rev}, form_{form} {}

  void add_text(packet_type, std::string_view data);
  /// A text packet whose first character is its type digit already. Valid UTF-8.
  void add_text_raw(std::string_view packet_with_type);
  /// A binary message; as base64 in the text form.
  void add_binary(std::string_view data);

 private:
  std::string& out_;
  revision revision_;
  payload_form form_;
};

/// Answers to a GET that carry only control packets.
enum class poll_answer : std::uint8_t {
  noop,        ///< `6`: poll again, or stop polling and upgrade
  close,       ///< `1`: the session is over
  noop_close,  ///< `6` and `1`: the end of an orderly close
};

/// The text payload of a control answer, without JSONP around it.
[[nodiscard]] std::string_view control_payload(revision, poll_answer) noexcept;

/// `___eio[<digits of j>]("<payload as a JSON string>");`
[[nodiscard]] std::string jsonp_wrap(std::string_view j, std::string_view payload);

/// The payload in a JSONP POST: parameter `d` of the form, with the client's newline escaping undone.
/// Nothing if there is no `d`: such a POST is refused, and changes nothing.
[[nodiscard]] std::optional<std::string> jsonp_unwrap(std::string_view form_body);

}  // namespace encke::engineio
