// SPDX-License-Identifier: MIT
// z_streams per thread, one to inflate and one for each window to deflate with, over raw DEFLATE. Their memory belongs
// to no client and is not in the ledger.
#include "websocket/deflate.hpp"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <limits>
#include <memory>
#include <new>
#include <utility>
#include <vector>

#include "http/text.hpp"

namespace encke::websocket {
namespace {

// RFC 7692 7.2.1: the sender takes these bytes off the end, the receiver puts them back.
constexpr std::string_view tail{"\0\0\xff\xff", 4};
constexpr int largest_window = 15;

Bytef* bytes_of(std::string_view data) noexcept {
  return const_cast<Bytef*>(reinterpret_cast<const Bytef*>(data.data()));  // zlib reads them only
}

// --- negotiation ----------------------------------------------------------------------------------------------------

constexpr int smallest_window = 9;  // that zlib can deflate with, without a header

// RFC 7692 7.1.2: decimal, 8 to 15, without leading zeros.
std::optional<int> window_bits_in(std::string_view value) noexcept {
  if (value.size() == 1 && value[0] >= '8' && value[0] <= '9') return value[0] - '0';
  if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5') return 10 + value[1] - '0';
  return std::nullopt;
}

// RFC 7692 7.1: what an offer may ask for.
struct parameters {
  bool server_no_takeover = false, client_no_takeover = false, client_bits = false;
  std::optional<int> server_bits;

  /// False: unknown, given twice, or out of range.
  bool take(std::string_view name, const std::optional<std::string>& value) {
    if (name == "server_no_context_takeover") return !value && !std::exchange(server_no_takeover, true);
    if (name == "client_no_context_takeover") return !value && !std::exchange(client_no_takeover, true);
    if (name == "client_max_window_bits")
      return (!value || window_bits_in(*value)) && !std::exchange(client_bits, true);
    if (name != "server_max_window_bits" || !value || server_bits) return false;
    server_bits = window_bits_in(*value);
    return server_bits.has_value();
  }
};

// Reads the list of extensions (RFC 6455 9.1). What is not one is an error, not an end.
class offer_reader {
 public:
  explicit offer_reader(std::string_view text) noexcept : rest_{text} {}

  /// The next extension's name; nothing at the end. Empty elements are passed over (RFC 9110 5.6.1).
  std::optional<std::string_view> name() {
    while (takes(',')) {
    }
    if (rest_.empty()) return std::nullopt;
    return token();
  }
  /// The next parameter's name; nothing at the end of the extension.
  std::optional<std::string_view> parameter() {
    if (!takes(';')) return std::nullopt;
    return token();
  }
  std::optional<std::string> value() {
    if (!takes('=')) return std::nullopt;
    return takes('"') ? quoted() : std::string{token()};
  }
  /// The extension ends here.
  [[nodiscard]] bool is_between() {
    skip_blanks();
    return rest_.empty() || rest_[0] == ',';
  }
  [[nodiscard]] bool is_wrong() const noexcept { return is_wrong_; }

 private:
  void skip_blanks() { rest_.remove_prefix(std::min(rest_.find_first_not_of(" \t"), rest_.size())); }

  bool takes(char c) {
    skip_blanks();
    if (!rest_.starts_with(c)) return false;
    rest_.remove_prefix(1);
    return true;
  }
  std::string_view token() {
    skip_blanks();
    std::size_t size = 0;
    while (size < rest_.size() && http::is_token(rest_.substr(size, 1))) ++size;
    is_wrong_ = is_wrong_ || size == 0;
    const auto found = rest_.substr(0, size);
    rest_.remove_prefix(size);
    return found;
  }
  // RFC 6455 9.1: without its quotes and backslashes it has to be a token.
  std::string quoted() {
    std::string plain;
    for (std::size_t i = 0; i < rest_.size(); ++i) {
      if (rest_[i] == '"') {
        rest_.remove_prefix(i + 1);
        is_wrong_ = is_wrong_ || !http::is_token(plain);
        return plain;
      }
      if (rest_[i] == '\\' && i + 1 < rest_.size()) ++i;
      plain += rest_[i];
    }
    is_wrong_ = true;
    return plain;
  }

  std::string_view rest_;
  bool is_wrong_ = false;
};

std::optional<deflate_agreement> agree(const parameters& asked, const deflate_settings& ours) {
  if (asked.server_bits && *asked.server_bits < smallest_window) return std::nullopt;
  const auto window = std::min(ours.window_bits, asked.server_bits.value_or(largest_window));
  std::string answer = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  if (asked.server_bits) answer += "; server_max_window_bits=" + std::to_string(window);
  return deflate_agreement{std::move(answer), window};
}

// --- inflating ------------------------------------------------------------------------------------------------------

class inflater {
 public:
  inflater() {
    if (::inflateInit2(&stream_, -largest_window) != Z_OK) throw std::bad_alloc{};
  }
  inflater(const inflater&) = delete;
  inflater& operator=(const inflater&) = delete;
  ~inflater() { ::inflateEnd(&stream_); }

  std::optional<error> run(std::string_view compressed, std::size_t limit, message_bytes& out) {
    if (compressed.empty())
      return std::nullopt;  // to the letter one zero byte (RFC 7692 7.2.3.6), but it can mean nothing else
    ::inflateReset(&stream_);
    ended_ = false;
    if (const auto wrong = feed(compressed, limit, out)) return wrong;
    if (ended_) return std::nullopt;  // nothing was taken off such a message
    if (const auto wrong = feed(tail, limit, out)) return wrong;
    // A message ends between two blocks, at a whole byte: anything else was cut off.
    constexpr int between_blocks = 128, unused_bits = 7;
    const bool complete =
        ended_ || ((stream_.data_type & between_blocks) != 0 && (stream_.data_type & unused_bits) == 0);
    return complete ? std::nullopt : std::optional{error::bad_compression};
  }

 private:
  std::optional<error> feed(std::string_view piece, std::size_t limit, message_bytes& out) {
    stream_.next_in = bytes_of(piece);
    stream_.avail_in = static_cast<uInt>(piece.size());
    do {
      // RFC 7692 7.2.3.4: a block may say that it is the last one and yet be followed by more.
      if (ended_ && stream_.avail_in > 0) {
        ::inflateReset(&stream_);
        ended_ = false;
      }
      stream_.next_out = chunk_.data();
      stream_.avail_out = static_cast<uInt>(chunk_.size());
      const auto said = ::inflate(&stream_, Z_SYNC_FLUSH);
      if (said == Z_MEM_ERROR) throw std::bad_alloc{};
      if (said != Z_OK && said != Z_STREAM_END && said != Z_BUF_ERROR) return error::bad_compression;
      ended_ = said == Z_STREAM_END;
      const auto got = chunk_.size() - stream_.avail_out;
      if (got > limit - out.size()) return error::message_too_big;
      const auto* const first = reinterpret_cast<const char*>(chunk_.data());
      out.insert(out.end(), first, first + got);
      // A full chunk may have left some output inside of zlib.
    } while (stream_.avail_in > 0 || (stream_.avail_out == 0 && !ended_));
    return std::nullopt;
  }

  z_stream stream_{};
  bool ended_ = false;  // behind a block that says that it is the last one
  std::array<Bytef, 16 * 1024> chunk_;
};

// --- deflating ------------------------------------------------------------------------------------------------------

class deflater {
 public:
  explicit deflater(const deflate_settings& s) : settings_{s} {
    if (::deflateInit2(&stream_, s.level, Z_DEFLATED, -s.window_bits, s.memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc{};
  }
  deflater(const deflater&) = delete;
  deflater& operator=(const deflater&) = delete;
  ~deflater() { ::deflateEnd(&stream_); }

  [[nodiscard]] bool serves(const deflate_settings& s) const noexcept { return s == settings_; }

  std::optional<std::string_view> run(std::string_view payload, std::vector<Bytef>& room) {
    ::deflateReset(&stream_);
    stream_.next_in = bytes_of(payload);
    stream_.avail_in = static_cast<uInt>(payload.size());
    // What needs more room than the message itself is of no use.
    room.resize(std::max(room.size(), payload.size() + tail.size()));
    stream_.next_out = room.data();
    stream_.avail_out = static_cast<uInt>(payload.size() + tail.size());
    // RFC 7692 7.2.1: the flush ends in an empty block, whose last four bytes are not sent.
    const auto said = ::deflate(&stream_, Z_SYNC_FLUSH);
    const std::string_view made{reinterpret_cast<const char*>(room.data()), stream_.total_out};
    if (said != Z_OK || stream_.avail_out == 0 || !made.ends_with(tail)) return std::nullopt;
    return made.substr(0, made.size() - tail.size());
  }

 private:
  deflate_settings settings_;
  z_stream stream_{};
};

// Those of a thread: one for each window that was asked for, and the room for what they make.
class deflaters {
 public:
  std::optional<std::string_view> run(std::string_view payload, const deflate_settings& settings) {
    auto& one = by_window_[static_cast<std::size_t>(settings.window_bits - smallest_window)];
    if (!one || !one->serves(settings)) one = std::make_unique<deflater>(settings);
    // A large message does not keep its room for ever.
    constexpr std::size_t usual = 64 * 1024;
    if (room_.size() > usual) room_ = std::vector<Bytef>(usual);
    return one->run(payload, room_);
  }

 private:
  std::array<std::unique_ptr<deflater>, largest_window - smallest_window + 1> by_window_;
  std::vector<Bytef> room_;
};

}  // namespace

result<std::optional<deflate_agreement>, handshake_error> agree_on_deflate(std::string_view offers,
                                                                           const deflate_settings& ours) {
  std::optional<deflate_agreement> agreed;
  offer_reader list{offers};
  while (const auto name = list.name()) {
    const bool is_deflate = *name == "permessage-deflate";
    parameters asked;
    bool is_good = true;
    while (const auto parameter = list.parameter()) {
      const auto value = list.value();
      is_good = is_good && (!is_deflate || asked.take(*parameter, value));
    }
    if (!is_good || list.is_wrong() || !list.is_between()) return handshake_error::bad_extensions;
    if (is_deflate && !agreed) agreed = agree(asked, ours);
  }
  return agreed;
}

std::optional<error> inflate(std::string_view compressed, std::size_t limit, message_bytes& out) {
  thread_local inflater shared;
  return shared.run(compressed, limit, out);
}

std::optional<std::string_view> deflate(std::string_view payload, const deflate_settings& settings) {
  if (payload.size() > std::numeric_limits<uInt>::max() / 2) return std::nullopt;
  thread_local deflaters shared;
  return shared.run(payload, settings);
}

}  // namespace encke::websocket
