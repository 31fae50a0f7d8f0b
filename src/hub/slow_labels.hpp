// SPDX-License-Identifier: MIT
// Slow labels: finds the rule for slow clients that holds for an event when it is encoded, once for all who get it, and
// the key under which a later event replaces it. What the rule means is the queue's business (net/slow_rules).
#pragma once

#include <encke/slow.hpp>
#include <encke/value.hpp>
#include <hub/frame.hpp>
#include <span>
#include <string>
#include <string_view>
#include <vector>

namespace encke::hub {

class slow_labels {
 public:
  /// The rules in their order, and how events that match none are treated: if `plain`, as the protocol's own packets.
  slow_labels(std::vector<slow_rule> rules, bool plain) : rules_{std::move(rules)}, plain_{plain} {}

  /// All events are treated as the protocol's own packets.
  [[nodiscard]] bool are_plain() const { return plain_ && rules_.empty(); }

  /// `first_rule` stands for events that match no rule, the one after it for the first rule, and so on. The key lies in
  /// `key`.
  [[nodiscard]] label of(std::string_view nsp, std::span<const std::string> rooms, std::string_view event,
                         const arguments&, std::string& key) const;

  /// The label of an event that names its key itself; its rule is behind all others.
  [[nodiscard]] label latest(std::string_view nsp, std::string_view wanted, std::string& key) const;

  static constexpr std::uint8_t first_rule = 1;
  static constexpr std::size_t most_rules = 250;

 private:
  std::vector<slow_rule> rules_;
  bool plain_;
};

/// Whether a pattern, in which `*` stands for any text, matches the whole of a text.
[[nodiscard]] bool matches(std::string_view pattern, std::string_view text);

}  // namespace encke::hub
