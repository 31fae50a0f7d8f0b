// SPDX-License-Identifier: MIT
// Values to JSON text, as JSON.stringify would write them, with what is binary put aside as attachments.
#pragma once

#include <encke/export.hpp>
#include <encke/kind.hpp>
#include <encke/read.hpp>

namespace encke::detail {

// Where an argument is written to.
struct sink {
  std::string& text;
  std::vector<std::string>& attachments;
};

ENCKE_API void write_text(std::string& to, std::string_view text);
ENCKE_API void write_json(std::string& to, const json& value);
ENCKE_API void write_number(std::string& to, double value);
ENCKE_API void write_number(std::string& to, std::int64_t value);
ENCKE_API void write_number(std::string& to, std::uint64_t value);
ENCKE_API void write_bytes(sink to, std::string data);

template <class T>
void write(sink to, const T& value);

template <class T>
void write_integer(std::string& to, T value) {
  if constexpr (std::is_signed_v<T>)
    write_number(to, static_cast<std::int64_t>(value));
  else
    write_number(to, static_cast<std::uint64_t>(value));
}

template <class T>
void write_own(sink to, const T& value) {
  const attachment_scope scope{to.attachments};
  json made;
  tag_invoke(boost::json::value_from_tag{}, made, value);
  write_json(to.text, made);
}

template <class T>
void write_string(std::string& to, const T& value) {
  if constexpr (std::is_convertible_v<const T&, std::string_view>) {
    write_text(to, std::string_view{value});
  } else if constexpr (boost::json::is_string_like<T>::value) {
    const boost::json::string_view text = value;
    write_text(to, {text.data(), text.size()});
  } else {
    write_text(to, static_cast<std::string>(value));
  }
}

template <class T>
void write_list(sink to, const T& value) {
  to.text += '[';
  bool is_first = true;
  for (auto&& one : value) {
    if (!std::exchange(is_first, false)) to.text += ',';
    write<element<const T>>(to, one);
  }
  to.text += ']';
}

template <class T>
void write_map(sink to, const T& value) {
  to.text += '{';
  bool is_first = true;
  for (const auto& [key, one] : value) {
    if (!std::exchange(is_first, false)) to.text += ',';
    write_string(to.text, key);
    to.text += ':';
    write(to, one);
  }
  to.text += '}';
}

template <class T, std::size_t... I>
void write_tuple(sink to, const T& value, std::index_sequence<I...>) {
  using std::get;
  to.text += '[';
  ((to.text += I == 0 ? "" : ",", write(to, get<I>(value))), ...);
  to.text += ']';
}

template <class T, template <class...> class L, class... D>
void write_structure(sink to, const T& value, L<D...>*) {
  to.text += '{';
  [[maybe_unused]] std::string_view before = "\"";
  ((to.text += std::exchange(before, ",\""), to.text += D::name, to.text += "\":", write(to, value.*D::pointer)), ...);
  to.text += '}';
}

template <class T, template <class...> class L, class... D>
void write_enumeration(std::string& to, T value, L<D...>*) {
  if (((value == D::value && (write_text(to, D::name), true)) || ...)) return;
  write_integer(to, static_cast<std::underlying_type_t<T>>(value));  // one without a name
}

template <class T>
void write(sink to, const T& value) {
  constexpr auto is = kind_written<T>;
  if constexpr (is == kind::json || is == kind::object) {
    write_json(to.text, value);
  } else if constexpr (is == kind::raw_json) {
    to.text += value.text;
  } else if constexpr (std::is_same_v<T, bytes>) {
    write_bytes(to, value.data);
  } else if constexpr (is == kind::binary) {
    write_bytes(to, {reinterpret_cast<const char*>(value.data()), value.size()});
  } else if constexpr (is == kind::null) {
    to.text += "null";
  } else if constexpr (is == kind::boolean) {
    to.text += value ? "true" : "false";
  } else if constexpr (is == kind::integer) {
    write_integer(to.text, value);
  } else if constexpr (is == kind::floating) {
    write_number(to.text, static_cast<double>(value));
  } else if constexpr (is == kind::optional) {
    if (value)
      write(to, *value);
    else
      to.text += "null";
  } else if constexpr (is == kind::variant) {
    std::visit([&](const auto& one) { write(to, one); }, value);
  } else if constexpr (is == kind::own) {
    write_own(to, value);
  } else if constexpr (is == kind::text) {
    write_string(to.text, value);
  } else if constexpr (is == kind::map) {
    write_map(to, value);
  } else if constexpr (is == kind::list) {
    write_list(to, value);
  } else if constexpr (is == kind::tuple) {
    write_tuple(to, value, std::make_index_sequence<std::tuple_size_v<T>>{});
  } else if constexpr (is == kind::structure) {
    write_structure(to, value, static_cast<members_of<T>*>(nullptr));
  } else if constexpr (is == kind::enumeration) {
    write_enumeration(to.text, value, static_cast<boost::describe::describe_enumerators<T>*>(nullptr));
  } else {
    does_not_travel<T>();
  }
}

}  // namespace encke::detail
