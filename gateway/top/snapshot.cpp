// SPDX-License-Identifier: MIT
#include "gateway/top/snapshot.hpp"

#include <algorithm>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <stdexcept>

namespace encke::gateway {

namespace {

using boost::json::object;

object parsed(std::string_view text, std::string_view where) {
  boost::system::error_code failed;
  auto value = boost::json::parse(text, failed);
  if (failed || !value.is_object())
    throw std::runtime_error("what " + std::string{where} + " answered is no JSON object");
  return std::move(value.as_object());
}

double number(const object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  boost::system::error_code failed;
  return value && value->is_number() ? value->to_number<double>(failed) : 0;
}

std::int64_t integer(const object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  if (!value) return 0;
  if (const auto* exact = value->if_int64()) return *exact;
  return static_cast<std::int64_t>(number(from, name));
}

std::string text(const object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  const auto* found = value ? value->if_string() : nullptr;
  return found ? std::string{*found} : std::string{};
}

const object* inner(const object& from, std::string_view name) {
  const auto* value = from.if_contains(name);
  return value ? value->if_object() : nullptr;
}

/// Calls `use` with every object of an array.
template <class F>
void each(const object& from, std::string_view name, F use) {
  const auto* value = from.if_contains(name);
  const auto* array = value ? value->if_array() : nullptr;
  if (!array) return;
  for (const auto& one : *array)
    if (const auto* found = one.if_object()) use(*found);
}

void read_memory(top_snapshot& now, const object& memory) {
  if (!memory.contains("rss") || !memory.contains("parts"))
    throw std::runtime_error("what /debug/memory answered has no figures");
  now.uptime = number(memory, "uptime_s");
  now.pid = integer(memory, "pid");
  now.rss = integer(memory, "rss");
  now.limit = integer(memory, "limit");
  now.used = integer(memory, "used");
  now.explained = number(memory, "explained");
  now.shedding = text(memory, "shedding");
  now.connections = integer(memory, "connections");
  now.sessions = integer(memory, "sessions");
  now.sockets = integer(memory, "sockets");
  now.users = integer(memory, "users");
  each(memory, "parts", [&](const object& part) {
    now.parts.push_back({.name = text(part, "name"),
                         .kind = text(part, "kind"),
                         .bytes = integer(part, "bytes"),
                         .objects = integer(part, "objects"),
                         .since_mark = std::nullopt,
                         .per_second = std::nullopt});
  });
  const auto* mark = inner(memory, "mark");
  if (!mark) return;
  now.rss_since_mark = now.rss - integer(*mark, "rss");
  for (auto& part : now.parts) part.since_mark = part.bytes;
  each(*mark, "parts", [&](const object& marked) {
    const auto part = std::ranges::find(now.parts, text(marked, "name"), &top_part::name);
    if (part != now.parts.end()) *part->since_mark -= integer(marked, "bytes");
  });
}

top_traffic traffic_of(const object& stats) {
  const auto* counters = inner(stats, "counters");
  if (!counters) throw std::runtime_error("what /debug/stats answered has no counters");
  return {.events_in = number(*counters, "events_received"),
          .events_out = number(*counters, "frames_sent"),
          .bytes_in = number(*counters, "bytes_received"),
          .bytes_out = number(*counters, "bytes_sent"),
          .dropped = number(*counters, "frames_dropped")};
}

top_holder holder_of(const object& from, std::string_view name) {
  return {.name = text(from, name),
          .user = text(from, "user"),
          .address = text(from, "address"),
          .transport = text(from, "transport"),
          .nsp = text(from, "namespace"),
          .bytes = integer(from, "bytes"),
          .queued_bytes = integer(from, "queued_bytes"),
          .queued_messages = integer(from, "queued_messages"),
          .waiting_ms = integer(from, "waiting_ms"),
          .members = integer(from, "members") + integer(from, "connections")};
}

}  // namespace

top_snapshot read_snapshot(std::string_view memory, std::string_view stats, std::string_view top) {
  top_snapshot now;
  read_memory(now, parsed(memory, "/debug/memory"));
  now.counted = traffic_of(parsed(stats, "/debug/stats"));
  const auto holders = parsed(top, "/debug/memory/top");
  each(holders, "connections", [&](const object& one) { now.by_connection.push_back(holder_of(one, "id")); });
  each(holders, "users", [&](const object& one) { now.by_user.push_back(holder_of(one, "user")); });
  each(holders, "rooms", [&](const object& one) { now.by_room.push_back(holder_of(one, "room")); });
  return now;
}

void compare(top_snapshot& now, const top_snapshot& before) {
  const auto seconds = now.uptime - before.uptime;
  if (now.pid != before.pid || seconds <= 0) return;
  const auto rate = [&](double top_traffic::*count) { return (now.counted.*count - before.counted.*count) / seconds; };
  now.rates = top_traffic{.events_in = rate(&top_traffic::events_in),
                          .events_out = rate(&top_traffic::events_out),
                          .bytes_in = rate(&top_traffic::bytes_in),
                          .bytes_out = rate(&top_traffic::bytes_out),
                          .dropped = rate(&top_traffic::dropped)};
  for (auto& part : now.parts) {
    const auto was = std::ranges::find(before.parts, part.name, &top_part::name);
    const auto held = was == before.parts.end() ? 0 : was->bytes;
    part.per_second = static_cast<double>(part.bytes - held) / seconds;
  }
}

}  // namespace encke::gateway
