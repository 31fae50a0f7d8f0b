// SPDX-License-Identifier: MIT
// Turns a callable into an entry of a namespace's handler table: reads its signature, decodes the arguments by type,
// and makes its return value the ack. Used by nsp.hpp only.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <encke/error.hpp>
#include <encke/export.hpp>
#include <encke/socket.hpp>
#include <encke/task.hpp>
#include <encke/value.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <tuple>
#include <type_traits>
#include <utility>

namespace encke::detail {

/// An event on its way to a handler. Views are valid during the call only.
struct event_call {
  const socket& who;
  std::string_view event;
  std::string_view args;  // the JSON array's contents after the event's name
  std::span<const std::string> attachments;
  std::optional<std::uint64_t> ack_id;  // the client wants an ack
};

/// Gives the number of the first argument that does not fit its parameter; then the handler was not called.
using event_handler = std::function<std::optional<std::size_t>(const event_call&)>;

ENCKE_API boost::json::array parse_arguments(std::string_view args);
ENCKE_API void send_ack(const socket&, std::uint64_t id, const arguments&);
/// Starts a coroutine on the socket's worker. What it throws is reported as `handler`'s.
ENCKE_API void spawn(const socket&, std::string handler, task<void>);

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

template <class F>
struct signature : signature<decltype(&F::operator())> {};
template <class R, class... P>
struct signature<R (*)(P...)> {
  using result = R;
  using parameters = std::tuple<std::decay_t<P>...>;
};
template <class C, class R, class... P>
struct signature<R (C::*)(P...) const> : signature<R (*)(P...)> {};
template <class C, class R, class... P>
struct signature<R (C::*)(P...)> : signature<R (*)(P...)> {};
template <class C, class R, class... P>
struct signature<R (C::*)(P...) const noexcept> : signature<R (*)(P...)> {};
template <class R, class... P>
struct signature<R (*)(P...) noexcept> : signature<R (*)(P...)> {};

template <class T>
arguments as_arguments(T value) {
  if constexpr (std::is_same_v<T, arguments>) {
    return value;  // moved
  } else {
    arguments list;
    if constexpr (is_tuple<T>) {
      std::apply([&](const auto&... one) { (list.add(one), ...); }, value);
    } else {
      list.add(value);
    }
    return list;
  }
}

// The number of an argument that does not fit its parameter.
struct misfit {
  std::size_t argument;
};

inline arguments all_of(const event_call& call) {
  return {std::string{call.args}, {call.attachments.begin(), call.attachments.end()}};
}

// The parameters after the socket, or the number of the first that does not convert. Decodes nothing when there is
// none, or when the handler takes `arguments` as they are.
template <class... P, std::size_t... I>
result<std::tuple<socket, P...>, misfit> decode_call(const event_call& call, std::tuple<socket, P...>*,
                                                     std::index_sequence<I...>) {
  if constexpr (sizeof...(P) == 0) {
    return std::tuple<socket>{call.who};
  } else if constexpr (std::is_same_v<std::tuple<P...>, std::tuple<arguments>>) {
    return std::tuple<socket, arguments>{call.who, all_of(call)};
  } else {
    static_assert((!std::is_same_v<P, arguments> && ...),
                  "`arguments` stands alone behind the socket; see encke::rest");
    static_assert(((!is_rest<P> || I + 1 == sizeof...(P)) && ...), "`rest` is the last parameter");
    const auto values = parse_arguments(call.args);
    attachment_scope scope{call.attachments};
    std::tuple<std::optional<P>...> decoded{convert_at<P>(values, I)...};
    std::size_t good = 0;
    if (!((std::get<I>(decoded).has_value() && ++good) && ...)) return misfit{good};
    return std::tuple<socket, P...>{call.who, std::move(*std::get<I>(decoded))...};
  }
}

template <class Parameters>
auto decode(const event_call& call) {
  return decode_call(call, static_cast<Parameters*>(nullptr),
                     std::make_index_sequence<std::tuple_size_v<Parameters> - 1>{});
}

// The callable lives in the handler table, which outlives every coroutine it starts.
template <class F, class Parameters>
task<void> run_and_ack(const F* handler, Parameters parameters, std::optional<std::uint64_t> ack_id) {
  const socket who = std::get<0>(parameters);
  using value = typename signature<F>::result::value_type;
  auto running = std::apply(*handler, std::move(parameters));
  if constexpr (std::is_void_v<value>) {
    co_await std::move(running);
  } else {
    value answer = co_await std::move(running);
    if (ack_id) send_ack(who, *ack_id, as_arguments(std::move(answer)));
  }
}

template <class F>
event_handler make_event_handler(F handler) {
  using parameters = typename signature<F>::parameters;
  using result = typename signature<F>::result;
  static_assert(std::is_same_v<std::tuple_element_t<0, parameters>, socket>,
                "a handler's first parameter is encke::socket");
  return [handler = std::move(handler)](const event_call& call) -> std::optional<std::size_t> {
    constexpr bool takes_all = std::is_same_v<parameters, std::tuple<socket, arguments>>;
    if constexpr (takes_all && std::is_same_v<result, arguments>) {  // passed on as they are: by the shortest way
      const arguments answer = handler(call.who, all_of(call));
      if (call.ack_id) send_ack(call.who, *call.ack_id, answer);
      return std::nullopt;
    }
    auto given = decode<parameters>(call);
    if (!given) return given.error().argument;
    if constexpr (is_task<result>) {
      spawn(call.who, std::string{call.event}, run_and_ack(&handler, std::move(*given), call.ack_id));
    } else if constexpr (std::is_void_v<result>) {
      std::apply(handler, std::move(*given));
    } else {
      result answer = std::apply(handler, std::move(*given));
      if (call.ack_id) send_ack(call.who, *call.ack_id, as_arguments(std::move(answer)));
    }
    return std::nullopt;
  };
}

}  // namespace encke::detail
