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
};
inline constexpr std::size_t purposes = static_cast<std::size_t>(purpose::timer) + 1;

/// The name of a purpose as shown to operators, e.g. "session".
std::string_view to_string(purpose) noexcept;

/// Adds `bytes` held by one more object to this thread's totals. Prefer `allocator`, `charged` and `charge`.
void add(purpose, std::size_t bytes) noexcept;
/// Takes away what `add` added; the thread may be another one.
void remove(purpose, std::size_t bytes) noexcept;

/// Bytes and allocations held for one purpose.
struct entry {
  std::int64_t bytes = 0;
  std::int64_t objects = 0;
};

/// Totals by purpose, of one thread or of all.
struct totals {
  std::array<entry, purposes> by_purpose{};

  [[nodiscard]] const entry& operator[](purpose p) const { return by_purpose[static_cast<std::size_t>(p)]; }
  [[nodiscard]] std::int64_t bytes() const;
  [[nodiscard]] std::int64_t objects() const;
};

/// Names the calling thread's totals in `report` ("worker 0"). At most once per thread.
void name_thread(std::string name);

/// The sum over all threads, those that ended included.
[[nodiscard]] totals snapshot();

/// One line per live thread that was named, then "others" for the rest. The lines add up to `snapshot()`.
[[nodiscard]] std::vector<std::pair<std::string, totals>> report();

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
    add(P, n * sizeof(T));
    return memory;
  }
  void deallocate(T* memory, std::size_t n) noexcept {
    remove(P, n * sizeof(T));
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
    add(P, size);
    return memory;
  }
  static void operator delete(void* memory, std::size_t size) noexcept {
    remove(P, size);
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
