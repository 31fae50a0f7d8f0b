// SPDX-License-Identifier: MIT
// What travels: JSON, binary, and how a type of the user's is told apart from the others. The traits of Boost.JSON
// decide what is a list or a map, and `tag_invoke` what a type says of itself; the rest is read.hpp's and write.hpp's.
#pragma once

#include <array>
#include <boost/describe/enumerators.hpp>
#include <boost/describe/members.hpp>
#include <boost/json/conversion.hpp>
#include <boost/json/value.hpp>
#include <cstddef>
#include <cstdint>
#include <iterator>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>
#include <variant>
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

namespace detail {

// How a type travels, in the order in which it is asked.
enum class kind : std::uint8_t {
  json,
  raw_json,
  binary,  // bytes, and what is_byte_list says
  null,
  boolean,
  integer,
  floating,
  optional,
  variant,
  own,  // a tag_invoke for it
  object,
  text,
  map,
  list,
  tuple,
  structure,    // BOOST_DESCRIBE_STRUCT
  enumeration,  // BOOST_DESCRIBE_ENUM
  none,
};

template <class...>
inline constexpr bool never = false;
template <class T>
inline constexpr bool is_optional = false;
template <class T>
inline constexpr bool is_optional<std::optional<T>> = true;
template <class T>
inline constexpr bool is_variant = false;
template <class... T>
inline constexpr bool is_variant<std::variant<T...>> = true;
template <class T>
inline constexpr bool is_rest = false;
template <class T>
inline constexpr bool is_rest<rest<T>> = true;
template <class T>
inline constexpr bool is_tuple = false;
template <class... T>
inline constexpr bool is_tuple<std::tuple<T...>> = true;

template <class T>
inline constexpr bool is_byte =
    std::is_same_v<T, std::byte> || std::is_same_v<T, unsigned char> || std::is_same_v<T, char>;
template <class T>
inline constexpr bool is_byte_list = false;
template <class B, class A>
inline constexpr bool is_byte_list<std::vector<B, A>> = is_byte<B>;
template <class B, std::size_t N>
inline constexpr bool is_byte_list<std::array<B, N>> = is_byte<B>;
template <class B, std::size_t N>
inline constexpr bool is_byte_list<std::span<B, N>> = is_byte<std::remove_const_t<B>>;

template <class T>
concept writes_itself = requires(json& out, const T& value) {
  tag_invoke(boost::json::value_from_tag{}, out, value);
};
template <class T>
concept reads_itself = requires(const json& value) {
  tag_invoke(boost::json::value_to_tag<T>{}, value);
};
template <class T>
concept tries_to_read_itself = requires(const json& value) {
  tag_invoke(boost::json::try_value_to_tag<T>{}, value);
};

template <class T>
inline constexpr bool is_text =
    boost::json::is_string_like<T>::value || std::is_convertible_v<const T&, std::string_view> ||
    std::is_convertible_v<const T&, std::string>;

template <class T>
using element = typename std::iterator_traits<decltype(std::begin(std::declval<T&>()))>::value_type;

// A described class whose members are all for everybody; those of its bases are its own.
template <class T>
consteval bool is_structure() {
  if constexpr (boost::describe::has_describe_members<T>::value && !std::is_union_v<T>) {
    using namespace boost::describe;
    using hidden = describe_members<T, mod_private | mod_protected | mod_inherited>;
    return []<template <class...> class L, class... D>(L<D...>*) {
      return sizeof...(D) == 0;
    }(static_cast<hidden*>(nullptr));
  }
  return false;
}

template <class T>
using members_of = boost::describe::describe_members<T, boost::describe::mod_public | boost::describe::mod_inherited>;

// Of the types that C++ itself knows: kind::none if it is another.
template <class T>
consteval kind plain_kind() {
  if constexpr (std::is_same_v<T, json>)
    return kind::json;
  else if constexpr (std::is_same_v<T, raw_json>)
    return kind::raw_json;
  else if constexpr (std::is_same_v<T, bytes> || is_byte_list<T>)
    return kind::binary;
  else if constexpr (boost::json::is_null_like<T>::value)
    return kind::null;
  else if constexpr (std::is_same_v<T, bool>)
    return kind::boolean;
  else if constexpr (std::is_integral_v<T>)
    return kind::integer;
  else if constexpr (std::is_floating_point_v<T>)
    return kind::floating;
  else if constexpr (is_optional<T>)
    return kind::optional;
  else if constexpr (is_variant<T>)
    return kind::variant;
  else
    return kind::none;
}

template <class T>
consteval kind made_kind() {
  if constexpr (std::is_same_v<T, boost::json::object> || std::is_same_v<T, boost::json::array>) {
    return kind::object;
  } else if constexpr (is_text<T>) {
    return kind::text;
  } else if constexpr (boost::json::is_map_like<T>::value) {
    return kind::map;
  } else if constexpr (boost::json::is_sequence_like<T>::value) {
    return std::is_same_v<element<T>, T> ? kind::none : kind::list;
  } else if constexpr (boost::json::is_tuple_like<T>::value) {
    return kind::tuple;
  } else if constexpr (is_structure<T>()) {
    return kind::structure;
  } else if constexpr (boost::describe::has_describe_enumerators<T>::value) {
    return kind::enumeration;
  } else {
    return kind::none;
  }
}

template <class T, bool has_own>
consteval kind kind_of() {
  if constexpr (plain_kind<T>() != kind::none)
    return plain_kind<T>();
  else if constexpr (has_own)
    return kind::own;
  else
    return made_kind<T>();
}

template <class T>
inline constexpr kind kind_written = kind_of<T, writes_itself<T>>();
template <class T>
inline constexpr kind kind_read = kind_of<T, reads_itself<T> || tries_to_read_itself<T>>();

// The sentence for a type that does not travel.
template <class T>
consteval void does_not_travel() {
  constexpr bool is_described = boost::describe::has_describe_members<T>::value;
  static_assert(!std::is_pointer_v<T>, "a pointer does not travel: give the value itself");
  static_assert(!std::is_enum_v<T>, "this enum is not described yet; describe it: BOOST_DESCRIBE_ENUM(T, values...)");
  static_assert(!is_described, "this class is described with members that are not public: give it a tag_invoke");
  static_assert(std::is_pointer_v<T> || std::is_enum_v<T> || is_described,
                "this type is not described yet; describe it: BOOST_DESCRIBE_STRUCT(T, (), (members))");
}

}  // namespace detail

}  // namespace encke
