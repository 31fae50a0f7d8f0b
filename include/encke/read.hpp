// SPDX-License-Identifier: MIT
// JSON to values, as the types of handlers and acks ask. A described struct takes the members it knows, lets others
// be, and leaves those that are std::optional as it makes them when they do not come. What does not fit is told with
// the path to it.
#pragma once

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <encke/export.hpp>
#include <encke/kind.hpp>
#include <exception>
#include <limits>

namespace encke::detail {

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
/// The attachment that a placeholder means, if it is one.
ENCKE_API const std::string* find_attachment(const json&);
/// The value as an object; nullptr if it is something else, a placeholder among it.
ENCKE_API const boost::json::object* find_object(const json&);

/// Where a value did not fit its type.
struct misfit {
  std::size_t argument = 0;
  std::string member;       // the path inside of it: `items[2].name`
  std::string_view found;   // what came there; "" for nothing at all
  std::string_view wanted;  // what the type takes
};

// One run through the arguments: what did not fit, if something did not, and how many members nobody asked for.
struct ENCKE_API reading {
  misfit bad;
  bool has_failed = false;
  std::size_t unknown = 0;

  std::nullopt_t refuse(const json& value, std::string_view wanted);
  std::nullopt_t lacks();
  // On the way back from a misfit: what it was a part of.
  void inside(std::string_view member);
  void inside(std::size_t index);
  void inside_key(std::string_view key);
};

ENCKE_API std::string_view integer_words(bool is_signed, std::size_t bytes);

template <class T>
std::optional<T> read(const json& value, reading& at);

template <class T>
std::optional<T> read_number(const json& value, reading& at) {
  boost::system::error_code failed;
  const auto number = value.to_number<T>(failed);
  if (!failed) return number;
  if constexpr (std::is_integral_v<T>)
    return at.refuse(value, integer_words(std::is_signed_v<T>, sizeof(T)));
  else
    return at.refuse(value, "a number");
}

template <class T>
std::optional<T> read_text(const json& value, reading& at) {
  static_assert(!std::is_trivially_copyable_v<T>, "a view would outlive what it looks at: take std::string");
  if constexpr (!std::is_trivially_copyable_v<T>) {
    if (const auto* text = value.if_string()) return T(std::string_view{text->data(), text->size()});
  }
  return at.refuse(value, "a string");
}

template <class T>
std::optional<T> read_binary(const json& value, reading& at) {
  const auto* data = find_attachment(value);
  if (!data) return at.refuse(value, "binary");
  if constexpr (std::is_same_v<T, bytes>) {
    return bytes{*data};
  } else {
    static_assert(!std::is_trivially_copyable_v<T> || boost::json::is_tuple_like<T>::value,
                  "a view would outlive what it looks at: take encke::bytes");
    const auto* first = reinterpret_cast<const typename T::value_type*>(data->data());
    if constexpr (!std::is_trivially_copyable_v<T>) {
      return T(first, first + data->size());
    } else if constexpr (boost::json::is_tuple_like<T>::value) {
      std::optional<T> made{std::in_place};
      if (data->size() != made->size()) return at.refuse(value, "binary of a fixed size");
      for (auto& byte : *made) byte = *first++;
      return made;
    }
  }
}

template <class T>
std::optional<T> read_optional(const json& value, reading& at) {
  if (value.is_null()) return std::make_optional<T>();
  auto inner = read<typename T::value_type>(value, at);
  if (!inner) return std::nullopt;
  return std::make_optional<T>(std::move(inner));
}

// What fits with the fewest members left over, and of several such the first.
template <class T, std::size_t... I>
std::optional<T> read_variant(const json& value, reading& at, std::index_sequence<I...>) {
  std::optional<T> best;
  auto least = std::numeric_limits<std::size_t>::max();
  const auto attempt = [&]<std::size_t N>(std::integral_constant<std::size_t, N>) {
    reading trial;
    auto one = read<std::variant_alternative_t<N, T>>(value, trial);
    if (!one || trial.unknown >= least) return;
    least = trial.unknown;
    best.emplace(std::in_place_index<N>, std::move(*one));
  };
  (attempt(std::integral_constant<std::size_t, I>{}), ...);
  if (!best) return at.refuse(value, "one of several types");
  at.unknown += least;
  return best;
}

template <class T>
std::optional<T> read_own(const json& value, reading& at) {
  if constexpr (tries_to_read_itself<T>) {
    auto made = tag_invoke(boost::json::try_value_to_tag<T>{}, value);
    if (made) return std::move(*made);
  } else {
    try {
      return tag_invoke(boost::json::value_to_tag<T>{}, value);
    } catch (const std::exception&) {  // its way to say no
    }
  }
  return at.refuse(value, "a type of its own");
}

template <class T>
std::optional<T> read_object(const json& value, reading& at) {
  if constexpr (std::is_same_v<T, boost::json::object>) {
    if (const auto* object = find_object(value)) return *object;
    return at.refuse(value, "an object");
  } else {
    if (const auto* array = value.if_array()) return *array;
    return at.refuse(value, "an array");
  }
}

template <class T>
std::optional<T> read_map(const json& value, reading& at) {
  const auto* object = find_object(value);
  if (!object) return at.refuse(value, "an object");
  std::optional<T> made{std::in_place};
  using key = std::remove_const_t<typename element<T>::first_type>;
  using mapped = typename element<T>::second_type;
  for (const auto& member : *object) {
    const std::string_view name{member.key().data(), member.key().size()};
    auto one = read<mapped>(member.value(), at);
    if (!one) {
      at.inside_key(name);
      return std::nullopt;
    }
    made->emplace(key(name), std::move(*one));
  }
  return made;
}

template <class T>
std::optional<T> read_list(const json& value, reading& at) {
  const auto* array = value.if_array();
  if (!array) return at.refuse(value, "an array");
  std::optional<T> made{std::in_place};
  constexpr bool is_fixed = boost::json::is_tuple_like<T>::value;
  if constexpr (is_fixed) {
    if (array->size() != made->size()) return at.refuse(value, "an array of a fixed length");
  }
  std::size_t index = 0;
  for (const auto& given : *array) {
    auto one = read<element<T>>(given, at);
    if (!one) {
      at.inside(index);
      return std::nullopt;
    }
    if constexpr (is_fixed)
      (*made)[index] = std::move(*one);
    else
      made->insert(made->end(), std::move(*one));
    ++index;
  }
  return made;
}

template <class T, std::size_t N>
std::optional<std::tuple_element_t<N, T>> read_element(const boost::json::array& values, reading& at) {
  if (at.has_failed) return std::nullopt;
  auto one = read<std::tuple_element_t<N, T>>(values[N], at);
  if (!one) at.inside(N);
  return one;
}

template <class T, std::size_t... I>
std::optional<T> read_tuple(const json& value, reading& at, std::index_sequence<I...>) {
  const auto* array = value.if_array();
  if (!array || array->size() != sizeof...(I)) return at.refuse(value, "an array of a fixed length");
  std::tuple<std::optional<std::tuple_element_t<I, T>>...> parts{read_element<T, I>(*array, at)...};
  if (at.has_failed) return std::nullopt;
  return T(std::move(*std::get<I>(parts))...);
}

template <class D, class T>
bool read_member(const boost::json::object& object, T& into, std::size_t& known, reading& at) {
  using member = std::remove_cvref_t<decltype(into.*D::pointer)>;
  const auto* value = object.if_contains(D::name);
  if (!value) {
    if constexpr (is_optional<member>) return true;
    at.lacks();
    at.inside(D::name);
    return false;
  }
  ++known;
  auto one = read<member>(*value, at);
  if (one)
    into.*D::pointer = std::move(*one);
  else
    at.inside(D::name);
  return one.has_value();
}

template <class T, template <class...> class L, class... D>
std::optional<T> read_structure(const json& value, reading& at, L<D...>*) {
  const auto* object = find_object(value);
  if (!object) return at.refuse(value, "an object");
  std::optional<T> made{std::in_place};
  std::size_t known = 0;
  if (!(read_member<D>(*object, *made, known, at) && ...)) return std::nullopt;
  at.unknown += object->size() - known;
  return made;
}

template <class T, template <class...> class L, class... D>
std::optional<T> read_enumeration(const json& value, reading& at, L<D...>*) {
  std::optional<T> found;
  if (const auto* text = value.if_string()) ((*text == D::name && (found = D::value, true)) || ...);
  if (!found) return at.refuse(value, "a name of an enum");
  return found;
}

/// A value as a T: nothing if it does not fit, and then `at` knows why.
template <class T>
std::optional<T> read(const json& value, reading& at) {
  constexpr auto is = kind_read<T>;
  if constexpr (is == kind::json) {
    return value;
  } else if constexpr (is == kind::binary) {
    return read_binary<T>(value, at);
  } else if constexpr (is == kind::null) {
    if (!value.is_null()) return at.refuse(value, "null");
    return T{};
  } else if constexpr (is == kind::boolean) {
    if (const auto* boolean = value.if_bool()) return *boolean;
    return at.refuse(value, "a boolean");
  } else if constexpr (is == kind::integer || is == kind::floating) {
    return read_number<T>(value, at);
  } else if constexpr (is == kind::optional) {
    return read_optional<T>(value, at);
  } else if constexpr (is == kind::variant) {
    return read_variant<T>(value, at, std::make_index_sequence<std::variant_size_v<T>>{});
  } else if constexpr (is == kind::own) {
    return read_own<T>(value, at);
  } else if constexpr (is == kind::object) {
    return read_object<T>(value, at);
  } else if constexpr (is == kind::text) {
    return read_text<T>(value, at);
  } else if constexpr (is == kind::map) {
    return read_map<T>(value, at);
  } else if constexpr (is == kind::list) {
    return read_list<T>(value, at);
  } else if constexpr (is == kind::tuple) {
    return read_tuple<T>(value, at, std::make_index_sequence<std::tuple_size_v<T>>{});
  } else if constexpr (is == kind::structure) {
    return read_structure<T>(value, at, static_cast<members_of<T>*>(nullptr));
  } else if constexpr (is == kind::enumeration) {
    return read_enumeration<T>(value, at, static_cast<boost::describe::describe_enumerators<T>*>(nullptr));
  } else {
    does_not_travel<T>();
    return std::nullopt;
  }
}

/// The argument number `index` as a P, or all from there on if it is `rest`. One that is missing fits std::optional.
template <class P>
std::optional<P> read_argument(const boost::json::array& values, std::size_t index, reading& at) {
  if (at.has_failed) return std::nullopt;
  if constexpr (is_rest<P>) {
    std::optional<P> all{std::in_place};
    for (; index < values.size(); ++index) {
      auto one = read_argument<typename P::value_type>(values, index, at);
      if (!one) return std::nullopt;
      all->push_back(std::move(*one));
    }
    return all;
  } else {
    at.bad.argument = index;
    if (index < values.size()) return read<P>(values[index], at);
    if constexpr (is_optional<P>)
      return std::make_optional<P>();
    else
      return at.lacks();
  }
}

}  // namespace encke::detail
