// SPDX-License-Identifier: MIT
// Argument lists of events and acks, on their way to and from the wire.
// Below the API a packet is checked JSON text with its attachments beside it; typed values exist only where user code
// asks for them. kind.hpp says what types there are; binary may stand alone or inside any struct or container.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <encke/export.hpp>
#include <encke/kind.hpp>
#include <encke/read.hpp>
#include <encke/write.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace encke {

/// The arguments of an event or an ack, as they are on the wire: the contents of the JSON array without its brackets,
/// and the attachments its placeholders refer to. Take it as a handler's parameter to see everything, return it or
/// emit it to pass everything on without decoding.
class ENCKE_API arguments {
 public:
  arguments() = default;
  arguments(std::string text, std::vector<std::string> attachments)
      : text_{std::move(text)}, attachments_{std::move(attachments)} {}

  /// `1,{"a":2}`: the array's contents.
  [[nodiscard]] const std::string& text() const { return text_; }
  [[nodiscard]] const std::vector<std::string>& attachments() const { return attachments_; }
  [[nodiscard]] bool empty() const { return text_.empty(); }

  /// All arguments as a JSON array; binary ones are their placeholders `{"_placeholder":true,"num":k}`.
  [[nodiscard]] boost::json::array to_json() const;

  /// Adds one argument: what Boost.JSON converts, described structs and enums, `bytes`, std::vector, std::array or
  /// std::span of char, unsigned char or std::byte (binary), `raw_json`, or another `arguments` (all of it).
  template <class T>
  void add(const T& value);

  // The two ends of `add`, for the types the wire knows.
  void add_text(std::string_view text);      ///< a string, as a JSON string
  void add_json(const json& value);          ///< written as JSON.stringify would
  void add_raw(std::string_view json_text);  ///< valid JSON, unchecked
  void add_bytes(std::string data);          ///< one more attachment
  void add_all(const arguments& other);
  void add_number(double value);
  void add_integer(std::int64_t value);
  void add_integer(std::uint64_t value);

 private:
  void separate();
  std::string text_;
  std::vector<std::string> attachments_;
};

// How types with a conversion of their own find `bytes` inside of them.
inline void tag_invoke(boost::json::value_from_tag, json& out, const bytes& value) {
  out = detail::bytes_to_json(value);
}
inline boost::json::result<bytes> tag_invoke(boost::json::try_value_to_tag<bytes>, const json& value) {
  if (const auto* found = detail::find_attachment(value)) return bytes{*found};
  return boost::json::make_error_code(boost::json::error::exhausted_variants);
}

template <class T>
void arguments::add(const T& value) {
  if constexpr (std::is_same_v<T, arguments>) {
    add_all(value);
  } else {
    separate();
    detail::write({text_, attachments_}, value);
  }
}

namespace detail {

/// An ack as a T: its first argument, or all of them if T is a std::tuple or `arguments`. Nothing if it does not fit.
template <class T>
std::optional<T> read_ack(const arguments& answer) {
  if constexpr (std::is_same_v<T, arguments>) {
    return answer;
  } else {
    const auto values = answer.to_json();
    const attachment_scope scope{std::span<const std::string>{answer.attachments()}};
    reading at;
    if constexpr (is_tuple<T>) {
      return [&]<class... P, std::size_t... I>(std::tuple<P...>*, std::index_sequence<I...>) -> std::optional<T> {
        std::tuple<std::optional<P>...> parts{read_argument<P>(values, I, at)...};
        if (at.has_failed) return std::nullopt;
        return T(std::move(*std::get<I>(parts))...);
      }(static_cast<T*>(nullptr), std::make_index_sequence<std::tuple_size_v<T>>{});
    } else {
      return read_argument<T>(values, 0, at);
    }
  }
}

}  // namespace detail

}  // namespace encke
