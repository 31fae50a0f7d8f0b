// SPDX-License-Identifier: MIT
#include <algorithm>
#include <base/utf8.hpp>
#include <encke/ledger.hpp>
#include <socketio/decoder.hpp>
#include <socketio/json_read.hpp>
#include <socketio/json_text.hpp>
#include <string>
#include <utility>

namespace encke::socketio {

struct decoder::half_packet : ledger::charged<ledger::purpose::client> {
  packet head;  // its views point into head.kept
  std::size_t expected = 0;
  std::size_t bytes = 0;  // of the attachments so far
};

namespace {

bool is_digit(char c) {
  return c >= '0' && c <= '9';
}

/// Takes the run of digits at the front of `text`; values past `most` come back as `most` + 1.
std::uint64_t take_digits(std::string_view& text, std::uint64_t most) {
  constexpr std::size_t never_too_many = 18;  // digits fit into 64 bits
  std::uint64_t value = 0;
  std::size_t i = 0;
  for (; i < text.size() && is_digit(text[i]); ++i) {
    const auto digit = static_cast<std::uint64_t>(text[i] - '0');
    value = i < never_too_many ? value * 10 + digit : most + 1;
  }
  text.remove_prefix(i);
  return std::min(value, most + 1);
}

/// Reads what follows the type and the attachment count into a packet. Each step takes its part off the front.
class body_reader {
 public:
  body_reader(std::string_view text, dialect d, const limits& l, packet& p)
      : text_{text}, dialect_{d}, limits_{l}, packet_{p} {}

  std::optional<error> read() {
    if (const auto e = read_nsp()) return e;
    if (const auto e = read_id()) return e;
    return read_payload();
  }

 private:
  std::optional<error> read_nsp() {
    if (text_.empty() || text_.front() != '/') return std::nullopt;
    // The comma may be missing when nothing follows; some native clients leave it out.
    std::string_view nsp = text_.substr(0, text_.find(','));
    if (nsp.size() > limits_.nsp || !utf8::is_valid(nsp)) return error::bad_namespace;
    text_.remove_prefix(std::min(nsp.size() + 1, text_.size()));
    const std::size_t query = dialect_ == dialect::v4 ? nsp.find('?') : nsp.npos;
    packet_.nsp = nsp.substr(0, query);
    if (query != nsp.npos) packet_.nsp_query = nsp.substr(query + 1);
    return std::nullopt;
  }

  std::optional<error> read_id() {
    if (text_.empty() || !is_digit(text_.front())) return std::nullopt;
    constexpr std::uint64_t most = (std::uint64_t{1} << 53) - 1;  // ids are JavaScript numbers
    const std::uint64_t id = take_digits(text_, most);
    if (id > most) return error::bad_ack_id;
    packet_.id = id;
    return std::nullopt;
  }

  std::optional<error> read_payload() {
    switch (packet_.type) {
      case packet_type::connect: return read_connect();
      case packet_type::disconnect: return text_.empty() ? std::nullopt : std::optional{error::invalid_payload};
      case packet_type::event:
      case packet_type::binary_event: return read_event();
      case packet_type::ack:
      case packet_type::binary_ack: return read_ack();
      case packet_type::connect_error: return read_connect_error();
    }
    return error::unknown_packet_type;
  }

  std::optional<error> read_connect() {
    if (text_.empty()) return std::nullopt;
    if (const auto e = read_json()) return e;
    if (kind_of(packet_.json) != json_kind::object) return error::invalid_payload;
    return std::nullopt;
  }

  std::optional<error> read_connect_error() {
    if (text_.empty()) return std::nullopt;
    if (const auto e = read_json()) return e;
    const json_kind kind = kind_of(packet_.json);
    if (dialect_ == dialect::v4 || kind == json_kind::string || kind == json_kind::object) return std::nullopt;
    return error::invalid_payload;
  }

  std::optional<error> read_event() {
    if (text_.empty()) return error::invalid_payload;
    const auto array = read_array();
    if (!array) return array.error();
    if (array->count == 0) return error::invalid_payload;
    packet_.json = array->text;
    packet_.args = array->rest;
    packet_.arg_count = array->count - 1;
    if (packet_.arg_count > limits_.args) return error::too_many_arguments;
    return read_event_name(array->first);
  }

  std::optional<error> read_event_name(std::string_view name) {
    const json_kind kind = kind_of(name);
    packet_.event = name;
    if (kind == json_kind::number) return std::nullopt;
    if (kind != json_kind::string) return error::invalid_payload;
    packet_.event = name.substr(1, name.size() - 2);
    if (packet_.event.find('\\') != packet_.event.npos) {
      if (!packet_.kept) packet_.kept = std::make_unique<packet::storage>();
      packet_.kept->event = unescape(packet_.event);
      packet_.event = packet_.kept->event;
    }
    if (is_reserved_event(packet_.event)) return error::reserved_event;
    return std::nullopt;
  }

  std::optional<error> read_ack() {
    if (text_.empty()) return std::nullopt;
    const auto array = read_array();
    if (!array) return array.error();
    packet_.json = array->text;
    packet_.args = array->inner;
    packet_.arg_count = array->count;
    if (packet_.arg_count > limits_.args) return error::too_many_arguments;
    return std::nullopt;
  }

  std::optional<error> read_json() {
    // Whitespace around JSON is legal, but in front it would stand where the id is.
    if (static_cast<unsigned char>(text_.front()) <= ' ') return error::invalid_json;
    const auto value = check_json(text_, limits_.depth);
    if (!value) return value.error();
    packet_.json = *value;
    return std::nullopt;
  }

  result<json_array, error> read_array() {
    if (text_.front() == '[') return check_json_array(text_, limits_.depth);
    return read_json().value_or(error::invalid_payload);
  }

  std::string_view text_;
  dialect dialect_;
  const limits& limits_;
  packet& packet_;
};

}  // namespace

decoder::decoder(dialect d, const limits& l) noexcept : limits_{&l}, dialect_{d} {}
decoder::decoder(decoder&&) noexcept = default;
decoder& decoder::operator=(decoder&&) noexcept = default;
decoder::~decoder() = default;

std::size_t decoder::held() const noexcept {
  return waiting_ ? ledger::set_aside(sizeof *waiting_) + waiting_->head.kept->text.capacity() + waiting_->bytes : 0;
}

void decoder::stop() noexcept {
  waiting_.reset();
  stopped_ = true;
}

result<std::optional<packet>, error> decoder::feed_text(std::string_view message) {
  if (stopped_) return std::nullopt;
  if (is_waiting()) {
    waiting_.reset();
    return error::unexpected_text;
  }
  if (message.empty()) return error::empty_packet;
  if (message.front() < '0' || message.front() > '6') {
    if (dialect_ == dialect::v4) return std::nullopt;
    return error::unknown_packet_type;
  }
  const auto type = static_cast<packet_type>(message.front() - '0');
  message.remove_prefix(1);
  if (type == packet_type::binary_event || type == packet_type::binary_ack) return begin_binary(type, message);

  return whole_packet(type, message);
}

result<std::optional<packet>, error> decoder::whole_packet(packet_type type, std::string_view message) const {
  result<std::optional<packet>, error> read{boost::system::in_place_value, std::in_place};  // filled where it lies
  packet& whole = **read;
  whole.type = type;
  if (const auto e = body_reader{message, dialect_, *limits_, whole}.read()) read = *e;
  return read;
}

result<std::optional<packet>, error> decoder::begin_binary(packet_type type, std::string_view message) {
  const std::size_t dash = message.find_first_not_of("0123456789");
  if (dash == 0 || dash == message.npos || message[dash] != '-') return error::bad_attachment_count;
  const std::uint64_t expected = take_digits(message, std::min<std::uint64_t>(limits_->attachments, UINT32_MAX));
  if (expected == 0) return error::bad_attachment_count;
  if (expected > limits_->attachments) return error::too_many_attachments;

  auto half = std::make_unique<half_packet>();
  half->expected = expected;
  packet& p = half->head;
  p.type = type == packet_type::binary_event ? packet_type::event : packet_type::ack;
  p.kept = std::make_unique<packet::storage>();
  p.kept->text = message.substr(1);
  if (const auto e = body_reader{p.kept->text, dialect_, *limits_, p}.read()) return *e;
  if (!placeholders_are_legal(p.json, expected)) return error::illegal_placeholder;
  waiting_ = std::move(half);
  return std::nullopt;
}

result<std::optional<packet>, error> decoder::feed_binary(std::string_view message) {
  if (stopped_) return std::nullopt;
  if (!is_waiting()) return error::unexpected_binary;
  half_packet& half = *waiting_;
  packet::storage& kept = *half.head.kept;
  if (message.size() > limits_->attachment_bytes - half.bytes) {
    waiting_.reset();
    return error::attachments_too_large;
  }
  half.bytes += message.size();
  kept.attachments.emplace_back(message);
  kept.attachments_charge = ledger::charge{ledger::purpose::client, half.bytes};
  if (kept.attachments.size() < half.expected) return std::nullopt;

  packet whole = std::move(half.head);
  whole.attachments = kept.attachments;
  waiting_.reset();
  return whole;
}

}  // namespace encke::socketio
