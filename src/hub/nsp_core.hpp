// SPDX-License-Identifier: MIT
// What is registered for a namespace: middleware and handlers, shared by all its sockets. Frozen before the first
// socket connects, so workers read it without a lock.
#pragma once

#include <atomic>
#include <cstdint>
#include <encke/nsp.hpp>
#include <functional>
#include <string>
#include <string_view>
#include <unordered_map>
#include <vector>

namespace encke::hub {

class core;

class nsp_core {
 public:
  nsp_core(core& owner, std::string name, std::size_t index) : owner_{owner}, name_{std::move(name)}, index_{index} {}

  [[nodiscard]] core& owner() const { return owner_; }
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

  std::vector<middleware> middlewares;
  std::function<void(socket, std::string_view, const arguments&)> any_handler;
  std::vector<std::function<void(const socket&)>> connect_handlers;
  std::vector<std::function<void(const socket&, reason)>> disconnect_handlers;

 private:
  struct hash {
    using is_transparent = void;
    std::size_t operator()(std::string_view text) const { return std::hash<std::string_view>{}(text); }
  };

  core& owner_;
  std::string name_;
  std::size_t index_;
  nsp api_{*this};
  std::atomic<std::uint32_t> next_ack_{0};
  std::unordered_map<std::string, detail::event_handler, hash, std::equal_to<>> handlers_;
};

}  // namespace encke::hub
