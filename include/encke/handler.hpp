// SPDX-License-Identifier: MIT
// Turns a callable into an entry of a namespace's handler table: reads its signature, decodes the arguments by type,
// and makes its return value the ack. Used by nsp.hpp only.
#pragma once

#include <boost/json/array.hpp>
#include <cstdint>
#include <encke/error.hpp>
#include <encke/export.hpp>
#include <encke/reason.hpp>
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

/// Gives the first argument that does not fit its parameter; then the handler was not called.
using event_handler = std::function<std::optional<misfit>(const event_call&)>;

ENCKE_API boost::json::array parse_arguments(std::string_view args);
ENCKE_API void send_ack(const socket&, std::uint64_t id, const arguments&);
/// Starts a coroutine on the socket's worker. What it throws is reported as `handler`'s.
ENCKE_API void spawn(const socket&, std::string handler, task<void>);

template <class T>
inline constexpr bool is_task = false;
template <class T>
inline constexpr bool is_task<task<T>> = true;

// Nothing for what has no signature, or several.
template <class F>
struct signature {};
template <class F>
requires requires {
  &F::operator();
}
struct signature<F> : signature<decltype(&F::operator())> {};
template <class R, class... P>
struct signature<R (*)(P...)> {
  using result = std::remove_cvref_t<R>;
  using parameters = std::tuple<std::decay_t<P>...>;
  static constexpr bool is_mutable = false;
  static constexpr bool takes_values =
      ((!std::is_lvalue_reference_v<P> || std::is_const_v<std::remove_reference_t<P>>)&&...);
};
template <class C, class R, class... P>
struct signature<R (C::*)(P...) const> : signature<R (*)(P...)> {};
template <class C, class R, class... P>
struct signature<R (C::*)(P...)> : signature<R (*)(P...)> {
  static constexpr bool is_mutable = true;
};
template <class C, class R, class... P>
struct signature<R (C::*)(P...) const noexcept> : signature<R (*)(P...)> {};
template <class C, class R, class... P>
struct signature<R (C::*)(P...) noexcept> : signature<R (C::*)(P...)> {};
template <class R, class... P>
struct signature<R (*)(P...) noexcept> : signature<R (*)(P...)> {};

template <class T>
inline constexpr bool is_callback = false;
template <class R, class... P>
inline constexpr bool is_callback<std::function<R(P...)>> = true;

// What a handler answers with: a value, or what its coroutine returns.
template <class T>
struct answer_of {
  using type = T;
};
template <class T>
struct answer_of<task<T>> {
  using type = T;
};

template <class T>
consteval bool is_answer() {
  if constexpr (std::is_void_v<T> || std::is_same_v<T, arguments> || is_tuple<T>)
    return true;
  else
    return kind_written<T> != kind::none;
}

// Whether the parameters behind the socket are a handler's; what is not is said in one sentence.
template <class... P>
consteval bool has_parameters(std::tuple<socket, P...>*) {
  constexpr bool has_callback = (is_callback<P> || ...), has_reason = (std::is_same_v<P, reason> || ...);
  constexpr bool has_arguments = sizeof...(P) > 1 && (std::is_same_v<P, arguments> || ...);
  static_assert(!has_callback, "what a handler returns is the ack: it is given no callback");
  static_assert(!has_reason, "the reason of a disconnect is told to `on_disconnect`, not to a handler of an event");
  static_assert(!has_arguments, "`arguments` stands alone behind the socket; see encke::rest");
  return !has_callback && !has_reason && !has_arguments;
}
template <class... P>
consteval bool has_parameters(std::tuple<P...>*) {
  static_assert(never<P...>, "a handler's first parameter is encke::socket");
  return false;
}

template <class Signature>
consteval bool has_result() {
  using answer = typename answer_of<typename Signature::result>::type;
  static_assert(is_answer<answer>(),
                "a handler returns its ack, or nothing: this type is not described yet; describe "
                "it: BOOST_DESCRIBE_STRUCT(T, (), (members))");
  return is_answer<answer>();
}

template <class F>
consteval bool is_handler() {
  constexpr bool has_signature = requires {
    typename signature<F>::parameters;
  };
  static_assert(has_signature, "a handler has one signature, with types: (encke::socket, arguments...), not `auto`");
  if constexpr (has_signature) {
    using declared = signature<F>;
    static_assert(!declared::is_mutable, "a handler is not `mutable`: workers share it");
    static_assert(declared::takes_values, "a handler takes its parameters by value or by reference to const");
    return has_parameters(static_cast<typename declared::parameters*>(nullptr)) && has_result<declared>() &&
           declared::takes_values && !declared::is_mutable;
  }
  return false;
}

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

inline arguments all_of(const event_call& call) {
  return {std::string{call.args}, {call.attachments.begin(), call.attachments.end()}};
}

// The parameters after the socket, or the first argument that does not convert. Decodes nothing when there is none, or
// when the handler takes `arguments` as they are.
template <class... P, std::size_t... I>
result<std::tuple<socket, P...>, misfit> decode_call(const event_call& call, std::tuple<socket, P...>*,
                                                     std::index_sequence<I...>) {
  if constexpr (sizeof...(P) == 0) {
    return std::tuple<socket>{call.who};
  } else if constexpr (std::is_same_v<std::tuple<P...>, std::tuple<arguments>>) {
    return std::tuple<socket, arguments>{call.who, all_of(call)};
  } else {
    static_assert(((!is_rest<P> || I + 1 == sizeof...(P)) && ...), "`rest` is the last parameter");
    const auto values = parse_arguments(call.args);
    const attachment_scope scope{call.attachments};
    reading at;
    std::tuple<std::optional<P>...> decoded{read_argument<P>(values, I, at)...};
    if (at.has_failed) return std::move(at.bad);
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
std::optional<misfit> call_handler(const F& handler, const event_call& call) {
  using parameters = typename signature<F>::parameters;
  using result = typename signature<F>::result;
  constexpr bool takes_all = std::is_same_v<parameters, std::tuple<socket, arguments>>;
  if constexpr (takes_all && std::is_same_v<result, arguments>) {  // passed on as they are: by the shortest way
    const arguments answer = handler(call.who, all_of(call));
    if (call.ack_id) send_ack(call.who, *call.ack_id, answer);
    return std::nullopt;
  }
  auto given = decode<parameters>(call);
  if (!given) return given.error();
  if constexpr (is_task<result>) {
    spawn(call.who, std::string{call.event}, run_and_ack(&handler, std::move(*given), call.ack_id));
  } else if constexpr (std::is_void_v<result>) {
    std::apply(handler, std::move(*given));
  } else {
    result answer = std::apply(handler, std::move(*given));
    if (call.ack_id) send_ack(call.who, *call.ack_id, as_arguments(std::move(answer)));
  }
  return std::nullopt;
}

// What is given to a handler of whatever has none of its own.
using unhandled_parameters = std::tuple<socket, std::string, arguments>;

template <class F>
consteval bool is_catch_all() {
  constexpr bool is_callable = std::is_invocable_v<const F&, socket, std::string, arguments>;
  static_assert(is_callable,
                "a handler of unhandled events takes encke::socket, the event's name and encke::arguments, and is not "
                "`mutable`: workers share it");
  if constexpr (is_callable) return has_result<signature<F>>();
  return false;
}

template <class F>
void call_catch_all(const F& handler, const event_call& call) {
  using result = typename signature<F>::result;
  unhandled_parameters given{call.who, call.event, all_of(call)};
  if constexpr (is_task<result>) {
    spawn(call.who, std::string{call.event}, run_and_ack(&handler, std::move(given), call.ack_id));
  } else if constexpr (std::is_void_v<result>) {
    std::apply(handler, std::move(given));
  } else {
    result answer = std::apply(handler, std::move(given));
    if (call.ack_id) send_ack(call.who, *call.ack_id, as_arguments(std::move(answer)));
  }
}

template <class F>
event_handler make_catch_all(F handler) {
  if constexpr (is_catch_all<F>())
    return [handler = std::move(handler)](const event_call& call) -> std::optional<misfit> {
      call_catch_all(handler, call);
      return std::nullopt;
    };
  return {};
}

template <class F>
event_handler make_event_handler(F handler) {
  if constexpr (is_handler<F>())
    return [handler = std::move(handler)](const event_call& call) { return call_handler(handler, call); };
  return {};
}

}  // namespace encke::detail
