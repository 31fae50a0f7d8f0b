// SPDX-License-Identifier: MIT
// Presence: which users are online, and by how many connections each. Fed by the connect and disconnect handlers,
// on any worker at the same time; read by the HTTP API. Users are spread over stripes with a mutex each, so that two
// workers seldom wait for each other, and no lock is held for longer than one look or one page.
// Charged to the ledger (purpose `presence`); nothing is kept of a user who is not online.
#pragma once

#include <array>
#include <atomic>
#include <cstddef>
#include <encke/ledger.hpp>
#include <functional>
#include <map>
#include <mutex>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace encke::gateway {

class presence {
 public:
  presence() = default;
  presence(const presence&) = delete;
  presence& operator=(const presence&) = delete;

  /// One more connection of this user. True: it is the first, the user came online.
  bool connect(std::string_view user);
  /// One connection less. True: it was the last, the user went offline. Does nothing for a user who is not online.
  bool disconnect(std::string_view user);

  /// 0 for a user who is not online.
  [[nodiscard]] std::size_t connections_of(std::string_view user) const;
  /// Users online. Costs one look.
  [[nodiscard]] std::size_t users() const noexcept { return users_.load(std::memory_order_relaxed); }
  /// Their connections, all together. Costs one look.
  [[nodiscard]] std::size_t connections() const noexcept { return connections_.load(std::memory_order_relaxed); }

  struct entry {
    std::string user;
    std::size_t connections = 0;
  };
  struct listing {
    std::vector<entry> users;
    std::string cursor;  ///< where the next page begins; "" if this is the last one
  };
  /// Up to `limit` (at least 1) users from `cursor` on ("" = from the start), in an order that never changes: who is
  /// online from the first page to the last is listed exactly once, whoever comes and goes meanwhile. Costs as much
  /// as the page is long. Nothing for a cursor that did not come from this process.
  [[nodiscard]] std::optional<listing> list(std::size_t limit, std::string_view cursor = {}) const;
  /// The users, at most `limit`, with the most connections, those with the most first. Looks at everybody.
  [[nodiscard]] std::vector<entry> busiest(std::size_t limit) const;

  /// Sockets of a namespace: `socket_count("/chat")` is made before the server runs, and changed by its handlers.
  [[nodiscard]] std::atomic<std::size_t>& socket_count(std::string_view nsp) { return sockets_[std::string{nsp}]; }
  /// 0 for a namespace without a count.
  [[nodiscard]] std::size_t sockets_in(std::string_view nsp) const;

 private:
  using name = ledger::string<ledger::purpose::presence>;
  struct less {
    using is_transparent = void;
    bool operator()(std::string_view a, std::string_view b) const noexcept { return a < b; }
  };
  using counts = std::map<name, std::size_t, less,
                          ledger::allocator<std::pair<const name, std::size_t>, ledger::purpose::presence>>;
  struct alignas(64) stripe {
    mutable std::mutex lock;
    counts by_user;
  };
  static constexpr std::size_t stripe_count = 128;  // at most 256: a cursor has a byte for it

  [[nodiscard]] static std::size_t stripe_of(std::string_view user);

  std::array<stripe, stripe_count> stripes_;
  std::atomic<std::size_t> users_{0};
  std::atomic<std::size_t> connections_{0};
  std::map<std::string, std::atomic<std::size_t>, std::less<>> sockets_;
};

}  // namespace encke::gateway
