// SPDX-License-Identifier: MIT
#include "gateway/commands/words.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "gateway/text/nearest.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t longest_guess = 40;  // what is longer is no word

struct meaning {
  std::string_view ours;
  std::array<std::string_view, 9> theirs;  // as many as there are
};

// What Socket.IO, Centrifugo, Pusher, Ably and SignalR call the members of a call.
constexpr std::array<meaning, 10> members{{
    {"args", {"data", "payload", "message", "messages", "content", "params", "arguments", "body"}},
    {"event", {"name", "type", "event_name", "eventName", "method", "target"}},
    {"rooms", {"channel", "channels", "topic", "topics", "group", "groups", "to", "in"}},
    {"users", {"user_id", "user_ids", "userId", "userIds", "uid", "recipients"}},
    {"sockets", {"client", "clients", "connection", "connections", "connectionId", "sid"}},
    {"all", {"broadcast", "everyone", "everybody"}},
    {"except", {"exclude", "excluded", "skip", "excludedConnectionIds"}},
    {"namespace", {"nsp", "ns"}},
    {"lossy", {"volatile"}},
    {"timeout_ms", {"timeout", "ack_timeout"}},
}};

// The same of only one call.
constexpr std::array<meaning, 3> members_of_one{{
    {"notify", {"event"}},
    {"join", {"subscribe"}},
    {"leave", {"unsubscribe"}},
}};

template <class Meanings>
std::string_view ours_for(const Meanings& meanings, std::string_view theirs) {
  if (theirs.empty()) return {};
  for (const auto& one : meanings)
    if (std::ranges::find(one.theirs, theirs) != one.theirs.end()) return one.ours;
  return {};
}

}  // namespace

std::string hint_for(std::string_view name, std::span<const std::string> known) {
  if (name.size() > longest_guess) return {};
  for (const auto ours : {ours_for(members_of_one, name), ours_for(members, name)})
    if (std::ranges::find(known, ours) != known.end()) return fmt::format(", did you mean `{}`?", ours);
  return did_you_mean(name, known);
}

}  // namespace encke::gateway
