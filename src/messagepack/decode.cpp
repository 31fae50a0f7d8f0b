// SPDX-License-Identifier: MIT
#include <limits>
#include <messagepack/decode.hpp>
#include <messagepack/json_sink.hpp>
#include <messagepack/library.hpp>

namespace encke::messagepack {

namespace {

enum class field : std::uint8_t { type, nsp, id, data, other };

field field_of(std::string_view name) {
  if (name == "type") return field::type;
  if (name == "nsp") return field::nsp;
  if (name == "id") return field::id;
  if (name == "data") return field::data;
  return field::other;
}

std::int64_t big_endian(std::string_view eight) {
  std::uint64_t value = 0;
  for (const char c : eight) value = value << 8 | static_cast<unsigned char>(c);
  return static_cast<std::int64_t>(value);
}

/// Takes the parts of a message as msgpack-cxx finds them. The outermost map is the packet: `level_` 1.
class packet_visitor : public ::msgpack::null_visitor {
 public:
  packet_visitor(const char* begin, const packet_limits& limits) : begin_{begin}, limits_{limits}, data_{limits} {}

  bool visit_nil() {
    return scalar([&] { data_.word("null"); }, [&] { return in_ == field::id || in_ == field::other; });
  }
  bool visit_boolean(bool value) {
    return scalar([&] { data_.word(value ? "true" : "false"); });
  }
  bool visit_positive_integer(std::uint64_t value) {
    return scalar([&] { data_.number(value); },
                  [&] {
                    if (in_ == field::type && value <= static_cast<std::uint64_t>(packet::kind::connect_error)) {
                      found_.type = static_cast<packet::kind>(value);
                      return true;
                    }
                    if (in_ == field::id) found_.id = value;
                    return in_ == field::id || in_ == field::other;
                  });
  }
  bool visit_negative_integer(std::int64_t value) {
    return scalar([&] { data_.number(value); });
  }
  bool visit_float32(float value) { return visit_float64(value); }
  bool visit_float64(double value) {
    return scalar([&] { data_.number(value); });
  }
  bool visit_str(const char* text, std::uint32_t size) {
    const std::string_view value{size == 0 ? "" : text, size};
    if (in_key_) return on_key(value);
    return scalar([&] { data_.string(value); },
                  [&] {
                    if (in_ == field::nsp) found_.nsp = value;
                    return in_ == field::nsp || in_ == field::other;
                  });
  }
  bool visit_bin(const char* bytes, std::uint32_t size) {
    return scalar([&] { return data_.bytes({size == 0 ? "" : bytes, size}); });
  }

  // notepack.io's extensions are of type 0. Only the byte before the type tells a Date and an undefined, which have a
  // fixed size, from an ArrayBuffer of the same size.
  bool visit_ext(const char* type_and_bytes, std::uint32_t size) {
    constexpr char fixed_one = '\xd4', fixed_eight = '\xd7';
    if (size == 0 || *type_and_bytes != 0) return fail("an extension of unknown type");
    const std::string_view bytes{type_and_bytes + 1, size - 1};
    const char before = type_and_bytes == begin_ ? '\0' : type_and_bytes[-1];
    if (before == fixed_one && bytes.size() == 1)
      return scalar([&] { data_.undefined(); }, [&] { return in_ == field::id || in_ == field::other; });
    if (before == fixed_eight && bytes.size() == 8) return scalar([&] { data_.date(big_endian(bytes)); });
    return scalar([&] { return data_.bytes(bytes); });
  }

  bool start_array(std::uint32_t) { return open(false); }
  bool end_array() { return close(); }
  bool start_map(std::uint32_t) { return open(true); }
  bool end_map() { return close(); }
  bool start_map_key() {
    in_key_ = true;
    return true;
  }
  bool end_map_key() {
    in_key_ = false;
    return true;
  }

  [[nodiscard]] const char* failure() const { return failure_; }
  /// Once the message has been read.
  result<packet, std::string> packet_read() {
    if (!has(field::type) || !has(field::nsp)) return std::string{"no type, or no namespace"};
    found_.data = data_.take_text();
    found_.attachments = data_.take_attachments();
    const bool is_list = found_.type == packet::kind::event || found_.type == packet::kind::ack;
    if (is_list) {
      if (!found_.data.starts_with('[')) return std::string{"data that are no array"};
      found_.data.pop_back();
      found_.data.erase(0, 1);
    } else if (found_.data == "null") {
      found_.data.clear();  // as others than notepack.io write what is not there
    }
    return std::move(found_);
  }

 private:
  bool fail(const char* why) {
    failure_ = why;
    return false;
  }
  [[nodiscard]] bool has(field one) const { return (seen_ & 1U << static_cast<unsigned>(one)) != 0; }

  bool on_key(std::string_view name) {
    if (level_ > 1) {
      if (in_ == field::data) data_.key(name);
      return true;
    }
    in_ = field_of(name);
    if (in_ != field::other && has(in_)) return fail("a field that comes twice");
    seen_ |= 1U << static_cast<unsigned>(in_);
    return true;
  }

  /// A value that is no container: `put` it into the data. Where it is a field itself, `take` says whether it may be.
  template <class Put, class Take>
  bool scalar(Put put, Take take) {
    if (in_key_) return fail("a key that is no string");
    if (level_ == 0) return fail("no map");
    if (in_ == field::data) {
      if constexpr (std::is_void_v<decltype(put())>) {
        put();
      } else if (const char* why = put()) {
        return fail(why);
      }
      return true;
    }
    return level_ > 1 || take() || fail("a field of a wrong type");
  }
  template <class Put>
  bool scalar(Put put) {
    return scalar(put, [this] { return in_ == field::other; });
  }

  bool open(bool is_map) {
    if (in_key_) return fail("a key that is no string");
    if (level_ == 0 && !is_map) return fail("no map");
    if (level_ > limits_.depth) return fail("too deep");  // also of what is passed over
    if (level_ == 1 && in_ != field::data && in_ != field::other) return fail("a field of a wrong type");
    if (level_ > 0 && in_ == field::data)
      if (const char* why = data_.open(is_map)) return fail(why);
    ++level_;
    return true;
  }
  bool close() {
    --level_;
    if (level_ > 0 && in_ == field::data) data_.close();
    return true;
  }

  const char* begin_;
  const packet_limits& limits_;
  json_sink data_;
  packet found_;
  const char* failure_ = nullptr;
  std::size_t level_ = 0;
  unsigned seen_ = 0;
  field in_ = field::other;
  bool in_key_ = false;
};

}  // namespace

result<packet, std::string> decode(std::string_view message, const packet_limits& limits) {
  packet_visitor visitor{message.data(), limits};
  std::size_t end = 0;
  const bool is_whole = ::msgpack::parse(message.data(), message.size(), end, visitor);
  if (visitor.failure()) return std::string{visitor.failure()};
  if (!is_whole) return std::string{"not MessagePack, or cut short"};
  if (end != message.size()) return std::string{"bytes behind the packet"};
  return visitor.packet_read();
}

}  // namespace encke::messagepack
