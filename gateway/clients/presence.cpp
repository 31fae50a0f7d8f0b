// SPDX-License-Identifier: MIT
// Presence: counts by user. A cursor is the stripe and the last user listed, both behind base64.
#include "gateway/clients/presence.hpp"

#include <algorithm>
#include <encke/base64.hpp>
#include <encke/hash.hpp>
#include <encke/largest.hpp>

namespace encke::gateway {

std::size_t presence::stripe_of(std::string_view user) {
  return keyed_hash{}(user) % stripe_count;
}

bool presence::connect(std::string_view user) {
  auto& home = stripes_[stripe_of(user)];
  const std::lock_guard hold{home.lock};
  auto found = home.by_user.find(user);
  const bool is_first = found == home.by_user.end();
  if (is_first) {
    found = home.by_user.emplace(name{user}, 0).first;
    users_.fetch_add(1, std::memory_order_relaxed);
  }
  ++found->second;
  connections_.fetch_add(1, std::memory_order_relaxed);
  return is_first;
}

bool presence::disconnect(std::string_view user) {
  auto& home = stripes_[stripe_of(user)];
  const std::lock_guard hold{home.lock};
  const auto found = home.by_user.find(user);
  if (found == home.by_user.end()) return false;
  connections_.fetch_sub(1, std::memory_order_relaxed);
  if (--found->second != 0) return false;
  home.by_user.erase(found);
  users_.fetch_sub(1, std::memory_order_relaxed);
  return true;
}

std::size_t presence::connections_of(std::string_view user) const {
  const auto& home = stripes_[stripe_of(user)];
  const std::lock_guard hold{home.lock};
  const auto found = home.by_user.find(user);
  return found == home.by_user.end() ? 0 : found->second;
}

std::optional<presence::listing> presence::list(std::size_t limit, std::string_view cursor) const {
  std::size_t first = 0;
  std::string after;
  if (!cursor.empty()) {
    auto told = base64::decode(cursor);
    if (!told || told->empty()) return std::nullopt;
    first = static_cast<unsigned char>(told->front());
    after = told->substr(1);
    if (first >= stripe_count || stripe_of(after) != first) return std::nullopt;
  }
  limit = std::max<std::size_t>(limit, 1);
  listing found;
  for (std::size_t at = first; at < stripe_count; ++at) {
    const auto& here = stripes_[at];
    const std::lock_guard hold{here.lock};
    const bool continues = at == first && !cursor.empty();
    auto next = continues ? here.by_user.upper_bound(std::string_view{after}) : here.by_user.begin();
    for (; next != here.by_user.end(); ++next) {
      if (found.users.size() == limit) {  // there is one more: the next page begins after the last of this one
        const auto& last = found.users.back().user;
        found.cursor = base64::encode_url(static_cast<char>(stripe_of(last)) + last);
        return found;
      }
      found.users.push_back({std::string{std::string_view{next->first}}, next->second});
    }
  }
  return found;
}

std::vector<presence::entry> presence::busiest(std::size_t limit) const {
  const auto is_busier = [](const auto& a, const auto& b) { return a.connections > b.connections; };
  struct seen {
    std::size_t connections;
  };
  largest<entry, decltype(is_busier)> found{limit};
  for (const auto& home : stripes_) {
    const std::lock_guard hold{home.lock};
    for (const auto& [user, connections] : home.by_user)
      if (found.wants(seen{connections})) found.add({std::string{std::string_view{user}}, connections});
  }
  return found.take();
}

std::size_t presence::sockets_in(std::string_view nsp) const {
  const auto found = sockets_.find(nsp);
  return found == sockets_.end() ? 0 : found->second.load(std::memory_order_relaxed);
}

}  // namespace encke::gateway
