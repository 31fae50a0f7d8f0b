// SPDX-License-Identifier: MIT
// What is registered for a namespace: middleware and handlers, shared by all its sockets. Frozen before the first
// socket connects, so workers read it without a lock.
#pragma once

#include <atomic>
#include <boost/unordered/unordered_flat_map.hpp>
#include <cstdint>
#include <encke/ledger.hpp>
#include <encke/nsp.hpp>
#include <functional>
#include <memory>
#include <string>
#include <string_view>
#include <vector>

namespace encke::hub {

class core;
struct child_table;

/// What is told of rooms; see encke/nsp.hpp.
struct room_hooks {
  std::vector<room_handler> create, remove, join, leave;
  /// Somebody wants to know which rooms there are.
  [[nodiscard]] bool want_rooms() const { return !create.empty() || !remove.empty(); }
};

class nsp_core {
 public:
  nsp_core(core& owner, std::string name, std::size_t index) : owner_{owner}, name_{std::move(name)}, index_{index} {}
  /// A child: a namespace that lives as long as somebody holds it.
  nsp_core(nsp_core& parent, std::string name, std::size_t index, std::shared_ptr<child_table> at);

  [[nodiscard]] core& owner() const { return owner_; }
  [[nodiscard]] bool is_child() const { return parent_ != nullptr; }
  [[nodiscard]] const nsp_core* parent() const { return parent_; }
  /// Where its middleware and handlers are.
  [[nodiscard]] const nsp_core& registered() const { return parent_ ? *parent_ : *this; }
  [[nodiscard]] const std::string& name() const { return name_; }
  /// Its number in each shard.
  [[nodiscard]] std::size_t index() const { return index_; }
  /// What users hold.
  [[nodiscard]] nsp& api() { return api_; }

  /// One counter for all sockets of the namespace, so that a broadcast can carry one id; below 2^31 for clients that
  /// read it as a 32-bit integer.
  [[nodiscard]] std::uint32_t next_ack_id() { return next_ack_.fetch_add(1, std::memory_order_relaxed) & 0x7fffffff; }

  /// The handler of an event, or nullptr.
  [[nodiscard]] const detail::event_handler* handler(std::string_view event) const;

  void add_handler(std::string_view event, detail::event_handler);

  /// Of a parent: whether a client may have a namespace of this name.
  namespace_predicate accepts;
  std::vector<middleware> middlewares;
  std::vector<event_middleware> event_middlewares;
  std::vector<any_handler> any_handlers;
  detail::event_handler unhandled;
  std::vector<std::function<void(const outgoing&)>> outgoing_handlers;
  std::vector<std::function<void(const socket&)>> upgrade_handlers;
  room_hooks rooms;
  std::vector<std::function<void(const socket&)>> connect_handlers;
  std::vector<std::function<void(const socket&, reason)>> disconnecting_handlers;
  std::vector<std::function<void(const socket&, reason)>> disconnect_handlers;

 private:
  struct hash {
    using is_transparent = void;
    // The names are the server's own and few: their size and three of their bytes tell most of them apart.
    std::size_t operator()(std::string_view name) const {
      const auto byte = [name](std::size_t i) { return static_cast<std::size_t>(static_cast<unsigned char>(name[i])); };
      if (name.empty()) return 0;
      return name.size() ^ byte(0) << 8 ^ byte(name.size() / 2) << 16 ^ byte(name.size() - 1) << 24;
    }
  };

  friend class namespaces;
  friend class nsp_ptr;
  /// False once nobody has held it: it is on its way out.
  [[nodiscard]] bool hold_if_held() noexcept;

  core& owner_;
  nsp_core* const parent_ = nullptr;
  std::string name_;
  std::size_t index_;
  ledger::charge charge_;                // of a child
  std::atomic<std::size_t> holders_{1};  // of a child: sockets, targets, whoever asks
  std::shared_ptr<child_table> table_;   // where a child is; stays for those who hold it longer than the server lives
  nsp api_{*this};
  std::atomic<std::uint32_t> next_ack_{0};
  boost::unordered_flat_map<std::string, detail::event_handler, hash, std::equal_to<>> handlers_;
};

}  // namespace encke::hub
