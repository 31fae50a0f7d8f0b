// SPDX-License-Identifier: MIT
// The ledger: every byte that outlives a function call on behalf of a client is charged to a purpose.
// A charge belongs to the object that holds the memory and goes with it: containers charge through `allocator`,
// classes through the `charged` base, memory of other libraries through `charge`. Nothing has to be called by hand.
// Each thread keeps its own totals (a charge may be released by another thread: then one total is negative and the
// sum still right). Taking a snapshot is safe from any thread.
#pragma once

#include <array>
#include <cstddef>
#include <cstdint>
#include <encke/export.hpp>
#include <memory>
#include <new>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

namespace encke::ledger {

/// What a byte is held for.
enum class purpose : std::uint8_t {
  connection,  ///< a TCP connection and its partial input
  request,     ///< an HTTP request being read or answered, with its body
  response,    ///< bytes of HTTP answers and WebSocket control frames not yet written
  websocket,   ///< a WebSocket message being put together
  tls,         ///< the TLS state of a connection
  session,     ///< an Engine.IO session
  outbox,      ///< places in the queues of sessions
  frame,       ///< encoded messages waiting in queues
  handshake,   ///< what a client sent when it connected
  client,      ///< the Socket.IO side of a session, and packets being put together
  socket,      ///< a socket of a namespace, its id and its state
  room,        ///< rooms and memberships
  ack,         ///< answers that are waited for
  identity,    ///< who a client is: user id and claims
  presence,    ///< users who are online
  timer,       ///< deadlines

  worker,   ///< buffers of a worker, used for whoever is served; from here on: for the server itself, not for clients
  cache,    ///< free blocks and texts kept for their next use
  history,  ///< what the server remembers of itself for its operators
};
inline constexpr std::size_t purposes = static_cast<std::size_t>(purpose::history) + 1;

/// False for what the server holds for itself, whoever is connected.
constexpr bool is_for_clients(purpose p) noexcept {
  return p < purpose::worker;
}

/// The name of a purpose as shown to operators, e.g. "session".
ENCKE_API std::string_view to_string(purpose) noexcept;

/// Adds `bytes` held by one more object to this thread's totals. Prefer `allocator`, `charged` and `charge`.
ENCKE_API void add(purpose, std::size_t bytes) noexcept;
/// Takes away what `add` added; the thread may be another one.
ENCKE_API void remove(purpose, std::size_t bytes) noexcept;

/// What the allocator sets aside when it is asked for `size` bytes: as many, until `use_size_classes` tells better.
[[nodiscard]] std::size_t set_aside(std::size_t size) noexcept;
/// Charges what is allocated from now on as what the allocator sets aside for it: `class_of` gives that for a size. At
/// most once, before anything is charged and before there is a second thread.
ENCKE_API void use_size_classes(std::size_t (*class_of)(std::size_t size));

/// Bytes and allocations held for one purpose.
struct entry {
  std::int64_t bytes = 0;
  std::int64_t objects = 0;
};

/// Totals by purpose, of one thread or of all.
struct ENCKE_API totals {
  std::array<entry, purposes> by_purpose{};

  [[nodiscard]] const entry& operator[](purpose p) const { return by_purpose[static_cast<std::size_t>(p)]; }
  /// All that is held for clients: nothing when nobody is there.
  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] std::int64_t objects() const;
  /// All that the server holds for itself.
  [[nodiscard]] std::int64_t server_bytes() const;
};

/// Names the calling thread's totals in `report` ("worker 0"). At most once per thread.
ENCKE_API void name_thread(std::string name);

/// The sum over all threads, those that ended included.
[[nodiscard]] ENCKE_API totals snapshot();

/// One line per live thread that was named, then "others" for the rest. The lines add up to `snapshot()`.
[[nodiscard]] ENCKE_API std::vector<std::pair<std::string, totals>> report();

namespace detail {
inline constexpr std::size_t size_step = 16, largest_small = 4096;
// What is set aside for a size, by steps of 16 bytes; null until told.
extern ENCKE_API const std::uint16_t* small_classes;
extern ENCKE_API std::size_t (*large_class)(std::size_t);
}  // namespace detail

inline std::size_t set_aside(std::size_t size) noexcept {
  if (detail::small_classes == nullptr) return size;
  if (size > detail::largest_small) return detail::large_class(size);
  return detail::small_classes[(size + detail::size_step - 1) / detail::size_step];
}

/// An allocator that charges what it hands out to purpose P. Stateless.
template <class T, purpose P>
struct allocator {
  using value_type = T;
  template <class U>
  struct rebind {
    using other = allocator<U, P>;
  };

  allocator() noexcept = default;
  template <class U>
  allocator(const allocator<U, P>&) noexcept {}

  T* allocate(std::size_t n) {
    T* memory = std::allocator<T>{}.allocate(n);
    add(P, set_aside(n * sizeof(T)));
    return memory;
  }
  void deallocate(T* memory, std::size_t n) noexcept {
    remove(P, set_aside(n * sizeof(T)));
    std::allocator<T>{}.deallocate(memory, n);
  }
  friend bool operator==(const allocator&, const allocator&) noexcept { return true; }
};

template <class T, purpose P>
using vector = std::vector<T, allocator<T, P>>;
template <purpose P>
using string = std::basic_string<char, std::char_traits<char>, allocator<char, P>>;

/// Base of classes whose objects are charged to P when made with `new`.
template <purpose P>
struct charged {
  static void* operator new(std::size_t size) {
    void* memory = ::operator new(size);
    add(P, set_aside(size));
    return memory;
  }
  static void operator delete(void* memory, std::size_t size) noexcept {
    remove(P, set_aside(size));
    ::operator delete(memory);
  }
};

/// A shared_ptr whose object and control block are charged to P.
template <class T, purpose P, class... Args>
[[nodiscard]] std::shared_ptr<T> make_shared(Args&&... args) {
  return std::allocate_shared<T>(allocator<T, P>{}, std::forward<Args>(args)...);
}

/// Holds a charge for memory that another library allocated. Movable; releases when it dies.
class charge {
 public:
  charge() noexcept = default;
  charge(purpose p, std::size_t bytes) noexcept : bytes_{bytes}, purpose_{p} {
    if (bytes != 0) add(p, bytes);
  }
  charge(charge&& other) noexcept : bytes_{std::exchange(other.bytes_, 0)}, purpose_{other.purpose_} {}
  charge& operator=(charge&& other) noexcept {
    if (this == &other) return *this;
    reset();
    bytes_ = std::exchange(other.bytes_, 0);
    purpose_ = other.purpose_;
    return *this;
  }
  ~charge() { reset(); }

  void reset() noexcept {
    if (bytes_ != 0) remove(purpose_, std::exchange(bytes_, 0));
  }
  /// Holds `bytes` from now on, under the same purpose.
  void resize(std::size_t bytes) noexcept {
    if (bytes != bytes_) *this = charge{purpose_, bytes};
  }
  [[nodiscard]] std::size_t bytes() const noexcept { return bytes_; }

 private:
  std::size_t bytes_ = 0;
  purpose purpose_ = purpose::connection;
};

}  // namespace encke::ledger
