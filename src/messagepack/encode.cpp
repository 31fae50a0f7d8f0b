// SPDX-License-Identifier: MIT
// Two walks over checked text, neither of which recurs: the first counts what each array and object holds, which
// MessagePack says before the elements, and finds the placeholders; the second writes.
#include <algorithm>
#include <bit>
#include <charconv>
#include <cmath>
#include <limits>
#include <messagepack/encode.hpp>
#include <messagepack/library.hpp>
#include <socketio/json_read.hpp>
#include <socketio/json_text.hpp>
#include <stdexcept>
#include <vector>

namespace encke::messagepack {

namespace {

constexpr std::size_t deepest = 512;
constexpr std::size_t none = std::numeric_limits<std::size_t>::max();

/// The tokens of checked JSON text, one by one; what separates them is passed over.
class tokens {
 public:
  explicit tokens(std::string_view checked) : text_{checked} {}

  /// "{", "}", "[", "]", a string with its quotes, a number or a word; "" at the end.
  std::string_view next() {
    const auto from = text_.find_first_not_of(" \n\r\t,:", at_);
    if (from == text_.npos) return {};
    const char c = text_[from];
    if (c == '"')
      at_ = behind_string(from);
    else if (c == '{' || c == '[' || c == '}' || c == ']')
      at_ = from + 1;
    else
      at_ = std::min(text_.find_first_of(" \n\r\t,]}", from), text_.size());
    return text_.substr(from, at_ - from);
  }
  [[nodiscard]] std::size_t at() const { return at_; }
  void go_to(std::size_t at) { at_ = at; }

 private:
  [[nodiscard]] std::size_t behind_string(std::size_t from) const {
    std::size_t at = from + 1;
    while (text_[at = text_.find_first_of("\"\\", at)] == '\\') at += 2;
    return at + 1;
  }

  std::string_view text_;
  std::size_t at_ = 0;
};

std::string unquoted(std::string_view string) {
  const auto inner = string.substr(1, string.size() - 2);
  return inner.find('\\') == inner.npos ? std::string{inner} : socketio::unescape(inner);
}

/// An array or object.
struct shape {
  std::uint32_t count = 0;        // elements or members
  std::size_t attachment = none;  // that it is the placeholder of
  std::size_t end = 0;            // of a placeholder: where the text goes on
  std::size_t next = 0;           // and which shape is the first behind it
};

/// The shapes of a text in the order in which they open.
class shapes {
 public:
  shapes(std::string_view checked, std::size_t attachments) : attachments_{attachments}, used_(attachments) {
    tokens all{checked};
    for (auto token = all.next(); !token.empty(); token = all.next()) {
      const char c = token.front();
      if (c == '}' || c == ']') {
        close(all.at());
        continue;
      }
      note(token);
      if (c == '{' || c == '[') {
        open_.push_back({found_.size(), c == '{'});
        found_.emplace_back();
      }
    }
  }
  [[nodiscard]] const shape& operator[](std::size_t i) const { return found_[i]; }

 private:
  struct level {
    std::size_t self;
    bool is_map;
    bool is_placeholder = false;
    bool has_key = false;
    std::size_t num = none;
    std::string key{};
  };

  void note(std::string_view token) {
    if (open_.empty()) return;
    auto& in = open_.back();
    if (!in.is_map || !in.has_key) ++found_[in.self].count;
    if (!in.is_map) return;
    in.has_key = !in.has_key;
    if (in.has_key) {
      if (attachments_ != 0) in.key = unquoted(token);
      return;
    }
    if (attachments_ == 0) return;
    if (in.key == "_placeholder") in.is_placeholder = token == "true";
    if (in.key == "num") in.num = index(token);
  }
  static std::size_t index(std::string_view token) {
    std::size_t value = none;
    const auto read = std::from_chars(token.data(), token.data() + token.size(), value);
    return read.ec == std::errc{} && read.ptr == token.data() + token.size() ? value : none;
  }
  void close(std::size_t end) {
    const auto& in = open_.back();
    // Once each: whoever repeats a placeholder must not make a large packet of a small one.
    if (in.is_placeholder && in.num < attachments_ && !used_[in.num]) {
      found_[in.self] = {found_[in.self].count, in.num, end, found_.size()};
      used_[in.num] = true;
    }
    open_.pop_back();
  }

  std::size_t attachments_;
  std::vector<bool> used_;
  std::vector<shape> found_;
  std::vector<level> open_;
};

class writer {
 public:
  writer(std::string& out) : out_{out}, packer_{*this} {}

  void write(const char* bytes, std::size_t size) { out_.append(bytes, size); }  // called by the packer

  void map(std::uint32_t members) { packer_.pack_map(members); }
  void string(std::string_view text) {
    packer_.pack_str(size_of(text));
    packer_.pack_str_body(text.data(), size_of(text));
  }
  template <class Integer>
  void integer(Integer value) {
    packer_.pack(value);
  }
  /// Checked JSON text.
  void value(std::string_view checked, const std::vector<std::string>& attachments) {
    const shapes known{checked, attachments.size()};
    tokens all{checked};
    std::size_t at = 0;
    for (auto token = all.next(); !token.empty(); token = all.next()) {
      const char c = token.front();
      if (c == '}' || c == ']') continue;
      if (c != '{' && c != '[') {
        scalar(token);
        continue;
      }
      const auto& here = known[at++];
      if (here.attachment == none) {
        c == '{' ? packer_.pack_map(here.count) : packer_.pack_array(here.count);
        continue;
      }
      const auto& bytes = attachments[here.attachment];
      packer_.pack_bin(size_of(bytes));
      packer_.pack_bin_body(bytes.data(), size_of(bytes));
      all.go_to(here.end);
      at = here.next;
    }
  }

 private:
  static std::uint32_t size_of(std::string_view text) {
    if (text.size() > std::numeric_limits<std::uint32_t>::max()) throw std::invalid_argument{"longer than 4 GiB"};
    return static_cast<std::uint32_t>(text.size());
  }

  void scalar(std::string_view token) {
    switch (socketio::kind_of(token)) {
      case socketio::json_kind::null: packer_.pack_nil(); return;
      case socketio::json_kind::boolean: token == "true" ? packer_.pack_true() : packer_.pack_false(); return;
      case socketio::json_kind::string: return string(unquoted(token));
      case socketio::json_kind::number: return number(token);
      case socketio::json_kind::array:
      case socketio::json_kind::object: return;
    }
  }

  void number(std::string_view token) {
    const char* const end = token.data() + token.size();
    std::int64_t whole = 0;
    if (const auto read = std::from_chars(token.data(), end, whole); read.ec == std::errc{} && read.ptr == end)
      return integer(whole);
    std::uint64_t large = 0;
    if (const auto read = std::from_chars(token.data(), end, large); read.ec == std::errc{} && read.ptr == end)
      return integer(large);
    double value = 0;
    if (std::from_chars(token.data(), end, value).ec == std::errc::result_out_of_range) value = out_of_range(token);
    constexpr double exact = 9007199254740992.0;  // 2^53
    if (std::fabs(value) < exact && value == std::trunc(value)) return integer(static_cast<std::int64_t>(value));
    float64(value);
  }
  // What JSON.parse makes of numbers that no double can be: nothing, or infinity.
  static double out_of_range(std::string_view token) {
    const bool is_negative = token.front() == '-';
    const auto exponent = token.find_first_of("eE");
    const bool is_small = exponent != token.npos ? token[exponent + 1] == '-' : token[is_negative ? 1 : 0] == '0';
    const double size = is_small ? 0.0 : std::numeric_limits<double>::infinity();
    return is_negative ? -size : size;
  }
  // msgpack-cxx would make integers of doubles beyond 2^53, too.
  void float64(double value) {
    const auto bits = std::bit_cast<std::uint64_t>(value);
    out_ += '\xcb';
    for (int shift = 56; shift >= 0; shift -= 8) out_ += static_cast<char>(bits >> shift & 0xFF);
  }

  std::string& out_;
  ::msgpack::packer<writer> packer_;
};

}  // namespace

std::string encode(const packet& from) {
  const bool is_list = from.type == packet::kind::event || from.type == packet::kind::ack;
  const std::string list = is_list ? "[" + from.data + "]" : std::string{};
  const std::string_view data = is_list ? list : from.data;
  if (!data.empty() && !socketio::check_json(data, deepest)) throw std::invalid_argument{"a packet's data are no JSON"};

  std::string out;
  out.reserve(data.size() + from.nsp.size() + 40);
  writer to{out};
  to.map(2U + !data.empty() + from.id.has_value());
  to.string("type");
  to.integer(static_cast<unsigned>(from.type));
  if (!data.empty()) {
    to.string("data");
    to.value(data, from.attachments);
  }
  to.string("nsp");
  to.string(from.nsp);
  if (from.id) {
    to.string("id");
    to.integer(*from.id);
  }
  return out;
}

}  // namespace encke::messagepack
