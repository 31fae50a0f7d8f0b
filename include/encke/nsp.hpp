// SPDX-License-Identifier: MIT
// A namespace: its middleware and handlers, registered once and shared by all its sockets, and targets in it.
// Everything is registered before `server::run`; later it throws std::logic_error.
#pragma once

#include <encke/admission.hpp>
#include <encke/export.hpp>
#include <encke/handler.hpp>
#include <encke/handshake.hpp>
#include <encke/reason.hpp>
#include <encke/socket.hpp>
#include <encke/target.hpp>
#include <encke/task.hpp>
#include <functional>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace encke {

/// Decides whether a socket may connect, with or without waiting. At any time exactly one of the two is set.
struct middleware {
  std::function<admission(const socket&)> now;
  std::function<task<admission>(socket)> later;
};

/// Decides whether a client may open a session, with or without waiting. One of the two is set, or none.
struct request_check {
  std::function<admission(handshake&)> now;
  std::function<task<admission>(handshake&)> later;
};

/// An event before its handler is called.
struct event {
  std::string name;
  arguments args;
};

/// Decides whether an event reaches its handler. At any time exactly one of the two is set.
struct event_middleware {
  std::function<admission(const socket&, const event&)> now;
  std::function<task<admission>(socket, event)> later;
};

namespace detail {

// Whether a callable, given `Args`, answers with a T, now or by a coroutine. Nothing is made of anything but a task.
template <class T, class F, class... Args>
inline constexpr bool answers_with = [] {
  if constexpr (std::is_invocable_v<F, Args...>) {
    using result = std::invoke_result_t<F, Args...>;
    return std::is_convertible_v<result, T> || std::is_same_v<result, task<T>> ||
           (std::is_void_v<T> && !is_task<result>);
  }
  return false;
}();

}  // namespace detail

/// Makes a middleware of a callable `admission(socket)` or `task<admission>(socket)`.
template <class F>
[[nodiscard]] middleware make_middleware(F check) {
  constexpr bool is_good = detail::answers_with<admission, F, socket>;
  static_assert(is_good, "a middleware takes encke::socket and returns encke::admission, or encke::task of it");
  if constexpr (!is_good)
    return {};
  else if constexpr (detail::is_task<std::invoke_result_t<F, socket>>)
    return {.now = {}, .later = std::move(check)};
  else
    return {.now = std::move(check), .later = {}};
}

/// Whether a client may have a namespace of this name, with what it sent when it connected.
using namespace_predicate = std::function<bool(std::string_view name, const handshake&)>;

/// Sees an event and its arguments. The name is valid during the call only.
using any_handler = std::function<void(const socket&, std::string_view event, const arguments&)>;

/// What happened to a room. Views are valid during the call only.
struct room_event {
  std::string_view nsp, room;
  encke::socket socket{};  ///< who joined or left; a handle to nobody when a room is created or deleted
};
using room_handler = std::function<void(const room_event&)>;

/// An event on its way out. Views and references are valid during the call only.
struct outgoing {
  std::string_view nsp, event;
  const arguments& args;
  std::string_view socket{};             ///< the id of its one receiver; "" for a target
  std::span<const std::string> rooms{};  ///< of a target; none: everybody
};

/// A namespace: its middleware, its hooks, its handlers, and everybody in it. All is registered before the server runs.
class ENCKE_API nsp {
 public:
  explicit nsp(hub::nsp_core& core) : core_{core} {}

  /// Adds a check that runs before a socket is connected, in order of registration.
  template <class F>
  nsp& use(F check) {
    add_middleware(make_middleware(std::move(check)));
    return *this;
  }
  /// Adds a check that runs before the handler of each event, in order of registration: `admission(socket, event)`, or
  /// a coroutine, which later events may overtake. A refused event is counted and reported as a fault; its client is
  /// told nothing, and may ask for no ack of it.
  template <class F>
  nsp& use_event(F check) {
    constexpr bool is_good = detail::answers_with<admission, F, socket, event>;
    static_assert(is_good,
                  "a middleware of events takes encke::socket and encke::event and returns encke::admission, "
                  "or encke::task of it");
    if constexpr (!is_good)
      return *this;
    else if constexpr (detail::is_task<std::invoke_result_t<F, socket, event>>)
      add_event_middleware({.now = {}, .later = std::move(check)});
    else
      add_event_middleware({.now = std::move(check), .later = {}});
    return *this;
  }
  /// `handler(socket, args...)`: called for each event of this name whose arguments convert to its parameter types:
  /// what Boost.JSON converts, described structs, of which members that nobody asked for are dropped and std::optional
  /// ones may be missing, `bytes` and lists of bytes, `json`. Too few do not, unless the missing ones are
  /// std::optional; `rest<T>` as the last parameter takes all that follow; `arguments` alone takes everything as it is.
  /// What it returns is the ack, a std::tuple one of several arguments; a handler that returns nothing acks nothing. It
  /// may be a coroutine (encke::task). One handler per event: a second throws std::logic_error. Throws
  /// std::invalid_argument for names that are no event of a client, such as "connection": see `on_connect`.
  template <class F>
  nsp& on(std::string_view event, F handler) {
    add_handler(event, detail::make_event_handler(std::move(handler)));
    return *this;
  }
  /// Called for every event, before its middleware and its handler, in order of registration.
  nsp& on_any(any_handler handler);
  /// `handler(socket, event, arguments)`: called for events that have no handler of their own. What it returns is the
  /// ack, as with `on`: `arguments` for several of any types, nothing for none. It may be a coroutine: then it takes
  /// the name as std::string, or std::string_view, which is valid until it ends. One; a second throws std::logic_error.
  template <class F>
  nsp& on_unhandled(F handler) {
    add_unhandled(detail::make_catch_all(std::move(handler)));
    return *this;
  }
  /// `handler(socket)`, once the socket is connected and its client has been told. It may be a coroutine.
  template <class F>
  nsp& on_connect(F handler) {
    constexpr bool is_good = detail::answers_with<void, F, socket>;
    static_assert(is_good, "what is called on a connect takes encke::socket and returns nothing, or encke::task<void>");
    if constexpr (!is_good)
      return *this;
    else if constexpr (detail::is_task<std::invoke_result_t<F, socket>>)
      add_on_connect([handler = std::move(handler)](const socket& s) { detail::spawn(s, "connect", handler(s)); });
    else
      add_on_connect(std::move(handler));
    return *this;
  }
  /// `handler(socket, reason)`, when it leaves and is still in its rooms; nothing reaches it any more. Called only for
  /// sockets that were connected.
  nsp& on_disconnecting(std::function<void(const socket&, reason)> handler);
  /// The same, once it is out of its rooms. Its data is there until the last of these handlers returns.
  nsp& on_disconnect(std::function<void(const socket&, reason)> handler);

  /// `handler(socket)`: its client has moved from polling to a WebSocket.
  nsp& on_upgrade(std::function<void(const socket&)> handler);
  /// A room got its first socket on this server, or lost its last. Called on the first worker, in the order in which it
  /// hears of it; a socket's own id is no such room.
  nsp& on_create_room(room_handler handler);
  nsp& on_delete_room(room_handler handler);
  /// A socket joined a room or left it, on the socket's worker.
  nsp& on_join_room(room_handler handler);
  nsp& on_leave_room(room_handler handler);
  /// Called for every event that is sent, once for a broadcast, on the thread that sends it.
  nsp& on_any_outgoing(std::function<void(const outgoing&)> handler);

  /// Of a parent: its pattern, or "".
  [[nodiscard]] std::string_view name() const;

  /// Targets in this namespace; see target.hpp.
  [[nodiscard]] target to(std::string_view room) const { return everyone().to(room); }
  [[nodiscard]] target in(std::string_view room) const { return everyone().to(room); }
  [[nodiscard]] target except(std::string_view room) const { return everyone().except(room); }
  [[nodiscard]] target everyone() const { return target{core_}; }
  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    everyone().emit(event, args...);
  }

  /// The socket with this id, on whatever worker; a room of the same name is not looked at.
  [[nodiscard]] task<std::optional<socket_info>> find(std::string id) const;
  /// Rooms and their sizes over all workers, sorted by name: up to `limit` after `after` ("" = from the start).
  [[nodiscard]] task<std::vector<room_info>> rooms(std::string after, std::size_t limit) const;
  /// The rooms, at most `limit`, for which the most is held, the largest first.
  [[nodiscard]] task<std::vector<room_info>> largest_rooms(std::size_t limit) const;

 private:
  void add_middleware(middleware);
  void add_handler(std::string_view event, detail::event_handler);
  void add_unhandled(detail::event_handler);
  void add_event_middleware(event_middleware);
  void add_on_connect(std::function<void(const socket&)>);

  hub::nsp_core& core_;
};

}  // namespace encke
