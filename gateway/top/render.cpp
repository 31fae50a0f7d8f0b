// SPDX-License-Identifier: MIT
#include "gateway/top/render.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "gateway/text/units.hpp"
#include "gateway/top/line.hpp"
#include "gateway/top/text.hpp"

namespace encke::gateway {

namespace {

using lines = std::vector<std::string>;

constexpr std::size_t head_lines = 5, table_lines = 2;  // with the empty line behind or before them
constexpr std::size_t narrowest = 20, least_holders = 3, most_holders = 20;
constexpr std::string_view apart = "   ", key_gap = "  ";

ink color_of(std::string_view kind) {
  if (kind == "clients") return ink::cyan;
  if (kind == "server") return ink::yellow;
  if (kind == "allocator") return ink::magenta;
  if (kind == "process") return ink::blue;
  return kind == "unexplained" ? ink::bad : ink::soft;
}

std::string per_second(const std::optional<top_traffic>& rates, double top_traffic::*what, auto show) {
  return rates ? show((*rates).*what) + "/s" : "-";
}

std::string noun(std::int64_t count, std::string_view one) {
  return std::string{one} + (count == 1 ? "" : "s");
}

void add_head(lines& out, const top_snapshot& now, const top_view& view) {
  top_line title{view};
  title.add("encke top", ink::strong).add(apart).add(view.api).add(apart);
  title.add("up " + show_uptime(now.uptime)).add(apart).add(fmt::format("pid {}", now.pid)).add(apart);
  title.add(view.paused ? "paused" : "every " + format_duration(view.interval), view.paused ? ink::warn : ink::soft);
  out.push_back(std::move(title).take());

  top_line clients{view};
  clients.add("clients   ", ink::soft).add(show_count(now.connections), ink::strong);
  clients.add(noun(now.connections, " connection")).add(apart);
  clients.add(show_count(now.sessions)).add(noun(now.sessions, " session")).add(apart);
  clients.add(show_count(now.sockets)).add(noun(now.sockets, " socket")).add(apart);
  clients.add(show_count(now.users), ink::strong).add(noun(now.users, " user"));
  out.push_back(std::move(clients).take());

  const auto& rates = now.rates;
  top_line traffic{view};
  traffic.add("messages  ", ink::soft)
      .add("in ")
      .add(per_second(rates, &top_traffic::events_in, show_rate), ink::strong);
  traffic.add(", ").add(per_second(rates, &top_traffic::bytes_in, show_bytes)).add(apart);
  traffic.add("out ").add(per_second(rates, &top_traffic::events_out, show_rate), ink::strong);
  traffic.add(", ").add(per_second(rates, &top_traffic::bytes_out, show_bytes)).add(apart);
  const bool drops = rates && rates->dropped > 0;
  traffic.add("dropped ").add(per_second(rates, &top_traffic::dropped, show_rate), drops ? ink::bad : ink::plain);
  out.push_back(std::move(traffic).take());

  top_line memory{view};
  memory.add("memory    ", ink::soft).add(show_bytes(static_cast<double>(now.rss)), ink::strong).add(" RSS").add(apart);
  if (now.limit > 0) {
    const auto ratio = static_cast<double>(now.used) / static_cast<double>(now.limit);
    memory.add(show_percent(ratio), ratio < 0.8 ? ink::strong : ink::bad);
    memory.add(" of " + show_bytes(static_cast<double>(now.limit))).add(apart);
  } else {
    memory.add("no limit").add(apart);
  }
  const auto shedding = now.shedding.empty() ? "none" : harmless(now.shedding, view.unicode);
  memory.add("shedding ").add(shedding, shedding == "none" ? ink::plain : ink::bad).add(apart);
  memory.add(show_percent(now.explained)).add(" explained");
  out.push_back(std::move(memory).take());
}

ink trend(double change) {
  return change >= 0.5 ? ink::warn : change <= -0.5 ? ink::good : ink::soft;
}

// --- the ledger -----------------------------------------------------------------------------------------------------

std::vector<top_column> part_columns(const top_snapshot& now, const top_view& view) {
  std::vector<top_column> columns{{"PART", 15}, {"BYTES", 9, true}, {"SHARE", 7, true}, {"CHANGE/S", 10, true}};
  if (now.rss_since_mark) columns.push_back({"SINCE MARK", 10, true});
  if (view.width >= 90) columns.push_back({"OBJECTS", 11, true});
  if (view.width >= 100) columns.push_back({"KIND", 11});
  std::size_t used = 0;
  for (const auto& column : columns) used += column.width + 2;
  if (view.width >= used + 8) columns.push_back({"", view.width - used});
  return columns;
}

std::vector<top_cell> part_cells(const top_part& part, const top_snapshot& now, const top_view& view,
                                 std::int64_t largest, const std::vector<top_column>& columns) {
  const auto share = now.rss > 0 ? static_cast<double>(part.bytes) / static_cast<double>(now.rss) : 0;
  const auto length = largest > 0 ? static_cast<double>(part.bytes) / static_cast<double>(largest) : 0;
  const auto rate = part.per_second.value_or(0);
  std::vector<top_cell> out;
  for (const auto& column : columns) {
    if (column.title == "PART") out.push_back({harmless(part.name, view.unicode)});
    if (column.title == "BYTES") out.push_back({show_bytes(static_cast<double>(part.bytes)), ink::strong});
    if (column.title == "SHARE") out.push_back({show_percent(share)});
    if (column.title == "CHANGE/S") out.push_back({part.per_second ? show_change(rate) : "-", trend(rate)});
    if (column.title == "SINCE MARK") {
      const auto change = static_cast<double>(part.since_mark.value_or(0));
      out.push_back({show_change(change), trend(change)});
    }
    if (column.title == "OBJECTS") out.push_back({part.objects > 0 ? show_count(part.objects) : "-"});
    if (column.title == "KIND") out.push_back({harmless(part.kind, view.unicode), ink::soft});
    if (column.title.empty()) out.push_back({bar(length, column.width, view.unicode), color_of(part.kind)});
  }
  return out;
}

/// The largest first; what has no place is one line together.
void add_parts(lines& out, const top_snapshot& now, const top_view& view, std::size_t room) {
  auto parts = now.parts;
  std::erase_if(parts, [](const top_part& part) { return part.bytes == 0 && part.since_mark.value_or(0) == 0; });
  std::ranges::stable_sort(parts, std::ranges::greater{}, &top_part::bytes);
  if (parts.size() > room && room != 0) {
    top_part rest;
    rest.name = fmt::format("{} smaller", parts.size() - room + 1);
    for (auto i = room - 1; i < parts.size(); ++i) {
      rest.bytes += parts[i].bytes;
      rest.per_second = rest.per_second.value_or(0) + parts[i].per_second.value_or(0);
      rest.since_mark = rest.since_mark.value_or(0) + parts[i].since_mark.value_or(0);
    }
    if (!now.rates) rest.per_second.reset();
    parts.resize(room - 1);
    parts.push_back(std::move(rest));
  }
  const auto columns = part_columns(now, view);
  out.push_back(titles(columns, view));
  const auto largest = std::ranges::max_element(parts, {}, &top_part::bytes);
  for (const auto& part : parts)
    out.push_back(row(columns, part_cells(part, now, view, largest->bytes, columns), view));
}

// --- who holds most -------------------------------------------------------------------------------------------------

const std::vector<top_holder>& holders_of(const top_snapshot& now, top_table table) {
  switch (table) {
    case top_table::connections: return now.by_connection;
    case top_table::users: return now.by_user;
    case top_table::rooms: return now.by_room;
  }
  return now.by_connection;
}

std::vector<top_column> holder_columns(const top_view& view) {
  const auto mark = [&](const char* title, top_sort sort) {
    return sort == view.sort ? std::string{title} + "*" : std::string{title};
  };
  const top_column bytes{mark("BYTES", top_sort::bytes), 9, true}, queued{mark("QUEUED", top_sort::queued), 9, true};
  std::vector<top_column> columns;
  std::size_t fixed = 0;
  const auto first = [&](const char* title, std::vector<top_column> rest) {
    for (const auto& column : rest) fixed += column.width + 2;
    columns.push_back({title, view.width > fixed + 8 ? view.width - fixed : 8});
    columns.insert(columns.end(), rest.begin(), rest.end());
  };
  if (view.table == top_table::rooms) {
    first("ROOM", {{"NAMESPACE", 14}, {"MEMBERS", 9, true}, {"BYTES*", 9, true}});
  } else if (view.table == top_table::users) {
    first("USER", {{"CONNECTIONS", 11, true}, bytes, queued});
  } else {
    std::vector<top_column> rest;
    if (view.width >= 104) rest.push_back({"CONNECTION", 20});
    if (view.width >= 72) rest.push_back({"ADDRESS", view.width >= 86 ? 21U : 15U});
    if (view.width >= 80) rest.push_back({"BY", 4});
    rest.insert(rest.end(), {bytes, queued, {"MSGS", 5, true}, {mark("WAITING", top_sort::waiting), 8, true}});
    first("USER", std::move(rest));
  }
  return columns;
}

std::string cell_of(const top_holder& one, std::string_view title, const top_view& view) {
  if (title.ends_with('*')) title.remove_suffix(1);
  const auto shown = [&](const std::string& text) { return text.empty() ? "-" : harmless(text, view.unicode); };
  if (title == "ROOM" || title == "CONNECTION") return shown(one.name);
  if (title == "USER") return shown(one.user);
  if (title == "ADDRESS") return shown(one.address);
  if (title == "BY") return one.transport == "polling" ? "poll" : one.transport == "websocket" ? "ws" : "-";
  if (title == "NAMESPACE") return shown(one.nsp);
  if (title == "MEMBERS" || title == "CONNECTIONS") return show_count(one.members);
  if (title == "BYTES") return show_bytes(static_cast<double>(one.bytes));
  if (title == "QUEUED") return one.queued_bytes ? show_bytes(static_cast<double>(one.queued_bytes)) : "-";
  if (title == "MSGS") return one.queued_messages ? show_count(one.queued_messages) : "-";
  return one.waiting_ms ? show_wait(one.waiting_ms) : "-";
}

void add_holders(lines& out, const top_snapshot& now, const top_view& view, std::size_t room) {
  const auto columns = holder_columns(view);
  out.push_back(titles(columns, view));
  const auto& holders = holders_of(now, view.table);
  for (std::size_t i = 0; i < std::min(room, holders.size()); ++i) {
    std::vector<top_cell> cells_of;
    for (const auto& column : columns) cells_of.push_back({cell_of(holders[i], column.title, view)});
    out.push_back(row(columns, cells_of, view));
  }
  if (holders.empty()) out.push_back(fit("nobody at the moment", std::min<std::size_t>(view.width, 20)));
}

// --- keys -----------------------------------------------------------------------------------------------------------

void add_help(lines& out, const top_view& view) {
  for (const auto* text :
       {"q        quit", "s        sort by the next of bytes, queued, waiting",
        "b u w    sort by bytes, queued, waiting", "t        who holds most: connections, users, rooms",
        "m        mark: what changes from now on has a column of its own",
        "p        purge: free pages go back to the kernel", "+ -      more often, less often",
        "space    stand still, and go on", "?        this, and back"})
    out.push_back(std::move(top_line{view}.add(text)).take());
}

std::string last_line(const top_view& view) {
  top_line line{view};
  if (!view.note.empty()) {
    line.add(harmless(view.note, view.unicode), view.is_trouble ? ink::bad : ink::good);
    return std::move(line).take();
  }
  // As many as there is room for; the last one tells of the others.
  constexpr std::string_view last = "? help";
  for (const auto& key : {std::string{"q quit"}, fmt::format("s sort: {}", to_string(view.sort)),
                          fmt::format("t {}", to_string(view.table)), std::string{"p purge"}, std::string{"m mark"},
                          std::string{"space pause"}}) {
    if (key.size() + key_gap.size() + last.size() > line.left()) break;
    line.add(key + std::string{key_gap}, ink::soft);
  }
  line.add(last, ink::soft);
  return std::move(line).take();
}

}  // namespace

std::string_view to_string(top_sort sort) noexcept {
  switch (sort) {
    case top_sort::bytes: return "bytes";
    case top_sort::queued: return "queued";
    case top_sort::waiting: return "waiting";
  }
  return "";
}

std::string_view to_string(top_table table) noexcept {
  switch (table) {
    case top_table::connections: return "connections";
    case top_table::users: return "users";
    case top_table::rooms: return "rooms";
  }
  return "";
}

std::string render(const top_snapshot& now, const top_view& wanted) {
  auto view = wanted;
  view.width = std::max(view.width, narrowest);
  lines out;
  add_head(out, now, view);
  out.emplace_back();
  const bool is_endless = view.height == 0;
  // A table without a line is of no use, so it shares what is left behind the head, the titles and the keys.
  const auto fixed = head_lines + 2 * table_lines;
  const auto room = is_endless ? most_holders + now.parts.size() : view.height > fixed ? view.height - fixed : 0;
  const auto holders =
      std::min({most_holders, holders_of(now, view.table).size(), std::max(least_holders, room * 2 / 5)});
  if (view.help) {
    add_help(out, view);
  } else {
    add_parts(out, now, view, is_endless ? 0 : room > holders ? room - holders : 1);
    out.emplace_back();
    const auto rest = is_endless || view.height < out.size() + 2 ? most_holders : view.height - out.size() - 2;
    add_holders(out, now, view, std::min(rest, most_holders));
  }
  if (!is_endless) {
    out.resize(view.height - 1);
    out.push_back(last_line(view));
  }
  std::string text;
  for (const auto& line : out) text.append(line, 0, line.find_last_not_of(' ') + 1).append("\n");
  return text;
}

}  // namespace encke::gateway
