// SPDX-License-Identifier: MIT
// Who gets a message: a value that is built once, kept, copied and reused. Emitting through it encodes once, however
// many get it. Usable from any thread; two emits from one thread reach a socket in that order.
#pragma once

#include <chrono>
#include <cstdint>
#include <encke/error.hpp>
#include <encke/export.hpp>
#include <encke/memory.hpp>
#include <encke/task.hpp>
#include <encke/value.hpp>
#include <functional>
#include <memory>
#include <optional>
#include <string>
#include <string_view>
#include <type_traits>
#include <utility>
#include <vector>

namespace encke::hub {
class delivery_count;
class nsp_core;
struct selection;

/// Holds a namespace that came by its parent, and points to any other, which lives as long as its server: letting go of
/// that touches nothing, so that it may happen later.
class ENCKE_API nsp_ptr {
 public:
  nsp_ptr() = default;
  nsp_ptr(nsp_core*);  // NOLINT: a pointer is one
  nsp_ptr(const nsp_ptr& other) noexcept : core_{other.core_}, is_child_{other.is_child_} { hold(); }
  nsp_ptr(nsp_ptr&& other) noexcept
      : core_{std::exchange(other.core_, nullptr)}, is_child_{std::exchange(other.is_child_, false)} {}
  nsp_ptr& operator=(nsp_ptr other) noexcept {
    std::swap(core_, other.core_);
    std::swap(is_child_, other.is_child_);
    return *this;
  }
  ~nsp_ptr() {
    if (is_child_) let_go();
  }
  /// Takes over what the caller holds already.
  static nsp_ptr adopt(nsp_core* held) noexcept;

  /// Leaves it to the caller to let go.
  void detach() noexcept { is_child_ = false; }

  [[nodiscard]] nsp_core* get() const { return core_; }
  nsp_core* operator->() const { return core_; }
  nsp_core& operator*() const { return *core_; }
  explicit operator bool() const { return core_ != nullptr; }
  friend bool operator==(const nsp_ptr& a, const nsp_ptr& b) { return a.core_ == b.core_; }

 private:
  void hold() noexcept;
  void let_go() noexcept;

  nsp_core* core_ = nullptr;
  bool is_child_ = false;
};
}  // namespace encke::hub

namespace encke {

class socket;
struct socket_info;
class timed_target;

/// The answer of one socket to a broadcast.
struct answer {
  std::string socket;  ///< its id
  arguments args;
};

/// What came back of a broadcast that asked for acks.
struct answers {
  std::vector<answer> received;
  std::vector<std::string> missing;  ///< ids of the sockets that got the event and did not answer in time, or left
  [[nodiscard]] bool complete() const { return missing.empty(); }
  [[nodiscard]] std::size_t expected() const { return received.size() + missing.size(); }
};

/// The same with the first argument of each answer as a T, or as many as it has elements if T is a std::tuple. Answers
/// that do not convert count as missing.
template <class T>
struct typed_answers {
  std::vector<T> values;
  std::size_t expected = 0;
  [[nodiscard]] bool complete() const { return values.size() == expected; }
};

namespace detail {

// What one worker brings back of `target::collect`.
struct harvest {
  virtual ~harvest() = default;
  /// True if something of this socket was taken.
  virtual bool look(const socket&) = 0;
};
using harvests = std::vector<std::unique_ptr<harvest>>;
using harvest_maker = std::function<std::unique_ptr<harvest>()>;

template <class T>
struct without_optional {
  using type = T;
};
template <class T>
struct without_optional<std::optional<T>> {
  using type = T;
};
// What a function that looks at sockets finds: T, where it gives a T or a std::optional<T>.
template <class F>
using found_by = typename without_optional<std::decay_t<std::invoke_result_t<const F&, const socket&>>>::type;

// By a function that all workers share.
template <class T, class F>
struct harvest_of final : harvest {
  explicit harvest_of(std::shared_ptr<const F> look) : by{std::move(look)} {}
  bool look(const socket& from) override {
    auto found = std::invoke(*by, from);
    if constexpr (std::is_same_v<decltype(found), std::optional<T>>) {
      if (!found) return false;
      values.push_back(std::move(*found));
    } else {
      values.push_back(std::move(found));
    }
    return true;
  }

  std::shared_ptr<const F> by;
  std::vector<T> values;
};

}  // namespace detail

/// How an event is sent; set by `lossy`, `latest` and `compress` of target and socket.
struct emit_flags {
  bool lossy = false;
  bool compress = true;
  std::string latest{};  ///< "": nothing is replaced
  friend bool operator==(const emit_flags&, const emit_flags&) = default;
};

/// Counts the sockets that events are handed to, on all workers, over any number of emits:
///
///     encke::delivered count;
///     io.of("/").to("room").counted(count).emit("news", 1);
///     auto counting = count.total();
///     const std::size_t sockets = co_await std::move(counting);
///
/// A socket counts once for each event that went into its queue. What `lossy` or the rules for slow readers kept out of
/// it does not count; nor is anything said of arrival, for which there are acks. Any thread.
class ENCKE_API delivered {
 public:
  delivered();

  /// The number, as soon as every worker has handed out what was sent with this count before. Once; the emits come
  /// first. Never ends if the server has stopped meanwhile.
  [[nodiscard]] task<std::size_t> total() const;

 private:
  friend class target;
  std::shared_ptr<hub::delivery_count> count_;
};

/// Who gets a message: a value to build once, keep and copy, good on any thread.
class ENCKE_API target {
 public:
  /// Made by `server::of(...)`'s `to`, `in`, `except`, and by `socket::to`, `broadcast`.
  explicit target(hub::nsp_core& nsp) : nsp_{&nsp} {}
  /// For the library.
  target(hub::nsp_core& nsp, std::shared_ptr<const hub::selection> who) : nsp_{&nsp}, who_{std::move(who)} {}

  /// Rooms add up: a socket in any of them gets the message once. No room at all means everybody in the namespace.
  [[nodiscard]] target to(std::string_view room) const&;
  [[nodiscard]] target to(std::string_view room) &&;
  [[nodiscard]] target in(std::string_view room) const { return to(room); }
  /// A socket in any of these rooms does not get it. A socket's id is a room too.
  [[nodiscard]] target except(std::string_view room) const&;
  [[nodiscard]] target except(std::string_view room) &&;
  /// Skipped for whoever has something queued or, when polling, no request pending. Order is kept.
  [[nodiscard]] target lossy() const;
  /// Of what waits in a client's queue under this key in this namespace, only the newest stays. A key of more than some
  /// 200 bytes replaces nothing. See slow.hpp for the same by configuration.
  [[nodiscard]] target latest(std::string_view key) const;
  /// false: not compressed on WebSockets, whatever options::deflate says.
  [[nodiscard]] target compress(bool) const;
  /// What is sent is counted there.
  [[nodiscard]] target counted(const delivered&) const;
  /// For `emit_with_ack`: how long to wait for the answers.
  [[nodiscard]] timed_target timeout(std::chrono::milliseconds) const;

  /// Sends an event. Throws std::invalid_argument for one of the reserved names (connect, disconnect, ...).
  template <class... Args>
  void emit(std::string_view event, const Args&... args) const {
    arguments list;
    list.add_text(event);
    (list.add(args), ...);
    send(event, std::move(list));
  }

  /// Every socket of the target joins or leaves a room, on its own worker.
  void join(std::string_view room) const;
  void leave(std::string_view room) const;
  /// Disconnects every socket of the target from the namespace; with `close`, ends its whole connection.
  void disconnect(bool close = false) const;
  /// What is known about every socket of the target, on all workers: `collect` of `socket::info`, without a limit.
  [[nodiscard]] task<std::vector<socket_info>> fetch() const;
  /// What a function finds: `look(socket)` is called for every socket of the target on that socket's own worker, where
  /// its data, rooms and handshake may be read, and gives a T, or a std::optional<T> to leave the socket out. At most
  /// `limit` values come back, in no particular order; each worker stops looking when it has as many.
  ///
  ///     auto collecting = io.of("/").to("room").collect(100, [](const encke::socket& s) { return s.data<user>().name;
  ///     }); const std::vector<std::string> names = co_await std::move(collecting);
  ///
  /// Workers call the function at the same time, and look at a thousand sockets before others get their turn: who comes
  /// or goes meanwhile may be missed, who stays is looked at once. What it throws is reported as a fault of "collect",
  /// and that socket left out.
  template <class F>
  [[nodiscard]] auto collect(std::size_t limit, F look) const {
    constexpr bool is_good = std::is_invocable_v<const F&, const socket&>;
    static_assert(is_good, "what collects takes encke::socket, and is not mutable: workers call it at the same time");
    if constexpr (is_good) {
      using found = detail::found_by<F>;
      static_assert(!std::is_void_v<found>, "what collects returns a value, or std::optional of one");
      return bring_back<found, F>(*this, limit, std::make_shared<const F>(std::move(look)));
    }
  }
  /// How many sockets there are in the target, on all workers.
  [[nodiscard]] task<std::size_t> count() const;
  /// The sockets, at most `limit`, for whose clients the most is held, the heaviest first. Looks at every socket, a
  /// thousand at a time; who comes or goes meanwhile may be missed.
  [[nodiscard]] task<std::vector<socket_info>> heaviest(std::size_t limit, heaviest_by) const;

 private:
  friend class timed_target;
  void send(std::string_view event, arguments list) const;
  [[nodiscard]] hub::selection selected() const;
  void select(hub::selection);
  [[nodiscard]] task<detail::harvests> harvest(std::size_t limit, detail::harvest_maker) const;
  static task<std::vector<socket_info>> find_heaviest(target from, std::size_t limit, heaviest_by);
  template <class T, class F>
  static task<std::vector<T>> bring_back(target from, std::size_t limit, std::shared_ptr<const F> look) {
    detail::harvest_maker make = [look] { return std::make_unique<detail::harvest_of<T, F>>(look); };
    auto parts = co_await from.harvest(limit, std::move(make));
    std::vector<T> all;
    for (auto& part : parts)
      for (auto&& one : static_cast<detail::harvest_of<T, F>&>(*part).values)  // of a vector<bool> no references
        if (all.size() < limit) all.push_back(std::move(one));
    co_return all;
  }

  hub::nsp_ptr nsp_;
  std::shared_ptr<const hub::selection> who_;  // none: everybody
  emit_flags flags_;
  std::shared_ptr<hub::delivery_count> count_;
};

/// A target with a time-out, to ask all its sockets something.
class ENCKE_API timed_target {
 public:
  timed_target(target to, std::chrono::milliseconds timeout) : target_{std::move(to)}, timeout_{timeout} {}

  /// Sends the event to all and waits until everyone answered, left, or the time is over.
  template <class... Args>
  [[nodiscard]] task<answers> ask(std::string_view event, const Args&... args) const {
    arguments list;
    list.add_text(event);
    (list.add(args), ...);
    return send(event, std::move(list));
  }

  /// As `ask`, with the first argument of each answer as a T, or as many as it has elements if T is a std::tuple.
  template <class T, class... Args>
  [[nodiscard]] task<typed_answers<T>> emit_with_ack(std::string_view event, const Args&... args) const {
    return typed<T>(ask(event, args...));
  }

 private:
  [[nodiscard]] task<answers> send(std::string_view event, arguments list) const;
  template <class T>
  static task<typed_answers<T>> typed(task<answers> asking) {
    auto all = co_await std::move(asking);
    typed_answers<T> result;
    result.expected = all.expected();
    for (const auto& one : all.received) {
      auto value = detail::read_ack<T>(one.args);
      if (value) result.values.push_back(std::move(*value));
    }
    co_return result;
  }

  target target_;
  std::chrono::milliseconds timeout_;
};

}  // namespace encke
