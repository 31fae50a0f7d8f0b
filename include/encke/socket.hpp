// SPDX-License-Identifier: MIT
// A handle to one client in one namespace. Copy it, keep it, use it from any thread; after the client has left its
// calls do nothing. `data`, `handshake` and `rooms` are for the socket's own worker, where its handlers run.
#pragma once

#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <chrono>
#include <encke/error.hpp>
#include <encke/export.hpp>
#include <encke/handshake.hpp>
#include <encke/ledger.hpp>
#include <encke/memory.hpp>
#include <encke/reason.hpp>
#include <encke/target.hpp>
#include <encke/task.hpp>
#include <encke/transport.hpp>
#include <encke/value.hpp>
#include <memory>
#include <string>
#include <string_view>
#include <typeinfo>
#include <utility>
#include <vector>

namespace encke::hub {
struct socket_state;
ENCKE_API void intrusive_ptr_add_ref(const socket_state*) noexcept;
ENCKE_API void intrusive_ptr_release(const socket_state*) noexcept;
using socket_ptr = boost::intrusive_ptr<socket_state>;
}  // namespace encke::hub

namespace encke {

namespace detail {

// Per-socket state of the user's own type.
struct data_holder {
  virtual ~data_holder() = default;
  [[nodiscard]] virtual std::size_t size() const noexcept = 0;
  virtual void* get(const std::type_info&) noexcept = 0;  // nullptr if it holds another type
};

template <class T>
struct data_of final : data_holder, ledger::charged<ledger::purpose::socket> {
  T value{};
  [[nodiscard]] std::size_t size() const noexcept override { return ledger::set_aside(sizeof(*this)); }
  void* get(const std::type_info& type) noexcept override { return type == typeid(T) ? &value : nullptr; }
};

}  // namespace detail

class timed_socket;
class socket_sender;

/// One client in one namespace: a small handle to copy and keep, good on any thread unless said otherwise. Once the
/// client has left its calls do nothing.
class ENCKE_API socket {
 public:
  /// A handle to nobody.
  socket() = default;

  /// Unique per namespace and connection; "" for a handle to nobody.
  [[nodiscard]] std::string_view id() const;
  /// The namespace's name, e.g. "/chat".
  [[nodiscard]] std::string_view nsp() const;
  /// "polling" or "websocket" at this moment; "" once it has left. Own worker only.
  [[nodiscard]] std::string_view transport() const;
  /// What is known about it; once it has left, only its id. Own worker only.
  [[nodiscard]] socket_info info() const;
  /// False before a middleware has admitted it and after it has left.
  [[nodiscard]] bool is_connected() const;
  /// What the client sent when it connected. Empty once dropped (options::keep_handshake). Own worker only; the
  /// reference holds until the socket has left, which may be while a coroutine waits.
  [[nodiscard]] const encke::handshake& handshake() const;
  /// Who it is, for a middleware to set: kept as long as the handshake. Own worker only.
  void set_identity(std::any identity) const;

  /// State of a type of yours, made on first use and charged to the ledger by its size. One type per socket: another
  /// throws std::logic_error. Own worker only; the reference holds until the socket has left, which may be while a
  /// coroutine waits.
  template <class T>
  [[nodiscard]] T& data() const {
    auto& holder = data_slot();
    if (!holder) holder = std::make_unique<detail::data_of<T>>();
    void* value = holder->get(typeid(T));
    if (!value) wrong_data_type();
    return *static_cast<T*>(value);
  }

  /// Joins or leaves a room. At once on the socket's own worker, posted from elsewhere. Does nothing before the socket
  /// is connected: join in the connect handler, not in a middleware.
  void join(std::string_view room) const;
  void leave(std::string_view room) const;
  /// The rooms it is in, in no particular order; its own id is not among them. Own worker only.
  [[nodiscard]] std::vector<std::string> rooms() const;

  /// Sends an event to this client. Throws std::invalid_argument for one of the reserved names.
  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    arguments list;
    list.add_text(event);
    (list.add(args), ...);
    send(event, std::move(list), {});
  }
  /// The next `emit` is skipped if this client has something queued or, when polling, no request pending.
  [[nodiscard]] socket_sender lossy() const;
  /// What waits for this client under the same key in this namespace is replaced (target::latest).
  [[nodiscard]] socket_sender latest(std::string_view key) const;
  /// false: not compressed on a WebSocket, whatever options::deflate says.
  [[nodiscard]] socket_sender compress(bool) const;
  /// For `emit_with_ack`: how long to wait for the answer.
  [[nodiscard]] timed_socket timeout(std::chrono::milliseconds) const;

  /// Everybody in a room but this client.
  [[nodiscard]] target to(std::string_view room) const;
  [[nodiscard]] target in(std::string_view room) const { return to(room); }
  /// Everybody in the namespace but this client and those in a room.
  [[nodiscard]] target except(std::string_view room) const;
  /// Everybody in the namespace but this client.
  [[nodiscard]] target broadcast() const;
  /// Sends DISCONNECT for this namespace; with `close`, ends the whole connection.
  void disconnect(bool close = false) const;

  /// Does not compile: handlers are registered once, with the namespace (`nsp::on`), not with each socket.
  template <class F>
  void on(std::string_view, const F&) const {
    static_assert(detail::never<F>,
                  "handlers belong to the namespace: io.of(\"/\").on(event, handler), before the server runs");
  }

  friend bool operator==(const socket&, const socket&) = default;

  /// For the library.
  explicit socket(hub::socket_ptr state) : state_{std::move(state)} {}
  [[nodiscard]] const hub::socket_ptr& state() const { return state_; }

 private:
  friend class timed_socket;
  friend class socket_sender;
  void send(std::string_view event, arguments list, const emit_flags&) const;
  [[nodiscard]] std::unique_ptr<detail::data_holder>& data_slot() const;
  [[noreturn]] static void wrong_data_type();

  // Mutable and shared on purpose: the state is changed only on its worker, handles elsewhere only post to it.
  hub::socket_ptr state_;
};

/// A socket with a way of sending to it.
class ENCKE_API socket_sender {
 public:
  socket_sender(socket to, emit_flags flags) : socket_{std::move(to)}, flags_{std::move(flags)} {}

  [[nodiscard]] socket_sender lossy() const;
  [[nodiscard]] socket_sender latest(std::string_view key) const;
  [[nodiscard]] socket_sender compress(bool) const;

  /// As socket::emit.
  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    arguments list;
    list.add_text(event);
    (list.add(args), ...);
    socket_.send(event, std::move(list), flags_);
  }

 private:
  socket socket_;
  emit_flags flags_;
};

/// A socket with a time-out, to ask it something.
class ENCKE_API timed_socket {
 public:
  timed_socket(socket to, std::chrono::milliseconds timeout) : socket_{std::move(to)}, timeout_{timeout} {}

  /// Sends the event and waits for the client's ack. errc::timed_out, errc::not_connected when it left, errc::stopped.
  template <class... Args>
  [[nodiscard]] task<result<arguments>> ask(std::string_view event, const Args&... args) const {
    arguments list;
    list.add_text(event);
    (list.add(args), ...);
    return wait(socket_, timeout_, std::string{event}, std::move(list));
  }

  /// As `ask`, with the first argument of the ack as a T, or with as many as it has elements if T is a std::tuple;
  /// errc::wrong_type if they do not convert. More arguments than asked for are dropped.
  template <class T, class... Args>
  [[nodiscard]] task<result<T>> emit_with_ack(std::string_view event, const Args&... args) const {
    return typed<T>(ask(event, args...));
  }

 private:
  static task<result<arguments>> wait(socket to, std::chrono::milliseconds timeout, std::string event, arguments list);
  template <class T>
  static task<result<T>> typed(task<result<arguments>> asking) {
    auto answered = co_await std::move(asking);
    if (!answered) co_return answered.error();
    auto value = detail::read_ack<T>(*answered);
    if (!value) co_return errc::wrong_type;
    co_return std::move(*value);
  }

  socket socket_;
  std::chrono::milliseconds timeout_;
};

/// What is known about a socket, taken on its worker.
struct socket_info {
  socket handle;
  std::string id;
  std::vector<std::string> rooms;
  std::string address;
  encke::transport transport = encke::transport::polling;  ///< at this moment
  unsigned protocol = 4;                                   ///< Engine.IO revision of the client
  bool secure = false;
  std::chrono::system_clock::time_point issued{};
  encke::weight weight{};  ///< of its client, with all its sockets
};

/// A room of a namespace.
struct room_info {
  std::string name;
  std::size_t size = 0;
  std::size_t bytes = 0;  ///< held for the room and its list of members
};

}  // namespace encke
