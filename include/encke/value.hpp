// SPDX-License-Identifier: MIT
// Values on their way to and from the wire: JSON, binary, and the argument lists of events and acks.
// Below the API a packet is checked JSON text with its attachments beside it; typed values exist only where user code
// asks for them. `bytes` may stand alone or inside any struct or container that Boost.JSON converts.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/value.hpp>
#include <boost/json/value_from.hpp>
#include <boost/json/value_to.hpp>
#include <concepts>
#include <cstddef>
#include <encke/export.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <vector>

namespace encke {

using json = boost::json::value;

/// Binary data; travels as an attachment, not as JSON.
struct bytes {
  std::string data;
  friend bool operator==(const bytes&, const bytes&) = default;
};

/// JSON text that is passed on as it is. The caller vouches that it is one valid JSON value.
struct raw_json {
  std::string text;
};

/// The last parameter of a handler: all arguments from there on, none included, each as a T.
template <class T>
struct rest : std::vector<T> {
  using std::vector<T>::vector;
};

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

  /// Adds one argument. Any type that Boost.JSON converts, `bytes`, `raw_json`, or another `arguments` (all of it).
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

namespace detail {

/// While one is alive on this thread, `bytes` inside JSON values are put into or found in its attachments.
class ENCKE_API attachment_scope {
 public:
  explicit attachment_scope(std::vector<std::string>& collect);
  explicit attachment_scope(std::span<const std::string> given);
  attachment_scope(const attachment_scope&) = delete;
  attachment_scope& operator=(const attachment_scope&) = delete;
  ~attachment_scope();

 private:
  std::vector<std::string>* outer_collect_;
  std::span<const std::string> outer_given_;
};

ENCKE_API json bytes_to_json(const bytes&);
ENCKE_API std::optional<bytes> bytes_from_json(const json&);

template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_rest = false;
template <class T>
inline constexpr bool is_rest<rest<T>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;

/// One argument from its JSON value: nothing if it does not convert. A missing argument is given as nullptr.
template <class T>
std::optional<T> convert(const json* value) {
  if constexpr (is_optional<T>) {
    if (!value || value->is_null()) return std::make_optional<T>();
    auto inner = convert<typename T::value_type>(value);
    if (!inner) return std::nullopt;
    return std::make_optional<T>(std::move(inner));
  } else {
    if (!value) return std::nullopt;
    if constexpr (std::is_same_v<T, json>) {
      return *value;
    } else if constexpr (std::is_same_v<T, bytes>) {
      return bytes_from_json(*value);
    } else {
      auto converted = boost::json::try_value_to<T>(*value);
      if (!converted) return std::nullopt;
      return std::move(*converted);
    }
  }
}

/// The parameter P from the arguments, of which it is number `at`: nothing if it does not convert.
template <class P>
std::optional<P> convert_at(const boost::json::array& values, std::size_t at) {
  if constexpr (is_rest<P>) {
    P all;
    for (; at < values.size(); ++at) {
      auto one = convert<typename P::value_type>(&values[at]);
      if (!one) return std::nullopt;
      all.push_back(std::move(*one));
    }
    return all;
  } else {
    return convert<P>(at < values.size() ? &values[at] : nullptr);
  }
}

}  // namespace detail

// How Boost.JSON finds `bytes` inside other types.
inline void tag_invoke(boost::json::value_from_tag, json& out, const bytes& value) {
  out = detail::bytes_to_json(value);
}
inline boost::json::result<bytes> tag_invoke(boost::json::try_value_to_tag<bytes>, const json& value) {
  if (auto found = detail::bytes_from_json(value)) return std::move(*found);
  return boost::json::make_error_code(boost::json::error::exhausted_variants);
}

template <class T>
void arguments::add(const T& value) {
  if constexpr (std::is_same_v<T, bytes>) {
    add_bytes(value.data);
  } else if constexpr (std::is_same_v<T, raw_json>) {
    add_raw(value.text);
  } else if constexpr (std::is_same_v<T, arguments>) {
    add_all(value);
  } else if constexpr (std::is_same_v<T, json>) {
    add_json(value);
  } else if constexpr (std::is_same_v<T, bool>) {
    add_raw(value ? "true" : "false");
  } else if constexpr (std::is_same_v<T, std::nullptr_t>) {
    add_raw("null");
  } else if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    add_text(std::string_view{value});
  } else if constexpr (std::signed_integral<T>) {
    add_integer(static_cast<std::int64_t>(value));
  } else if constexpr (std::unsigned_integral<T>) {
    add_integer(static_cast<std::uint64_t>(value));
  } else if constexpr (std::floating_point<T>) {
    add_number(static_cast<double>(value));
  } else if constexpr (detail::is_optional<T>) {
    value ? add(*value) : add_raw("null");
  } else {
    detail::attachment_scope scope{attachments_};
    add_json(boost::json::value_from(value));
  }
}

}  // namespace encke
