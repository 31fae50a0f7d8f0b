// SPDX-License-Identifier: MIT
#include "bench/load/report.hpp"

#include <fmt/format.h>

#include <boost/json.hpp>

namespace encke::load {

namespace {

namespace json = boost::json;

double us(std::chrono::nanoseconds t) {
  return static_cast<double>(t.count()) / 1000;
}

double us_per_message(const result& r) {
  return r.all.messages > 0 ? us(r.server.total) / static_cast<double>(r.all.messages) : 0;
}

bool holds_connections(kind k) {
  return k != kind::refuse && k != kind::churn && k != kind::upgrade;
}

double pss_bytes_each(const result& r) {
  return static_cast<double>(r.after.pss_kib - r.before.pss_kib) * 1024 / static_cast<double>(r.connections);
}

double us_per_connection_second(const result& r) {
  return us(r.server.total) / static_cast<double>(r.connections) / r.seconds;
}

json::object percentiles(const histogram& h) {
  return {{"p50", us(h.percentile(0.5))},
          {"p90", us(h.percentile(0.9))},
          {"p99", us(h.percentile(0.99))},
          {"p999", us(h.percentile(0.999))},
          {"max", us(h.max())}};
}

template <class Key>
json::object counts(const std::map<Key, std::uint64_t>& times) {
  json::object o;
  for (const auto& [key, count] : times) o[fmt::format("{}", key)] = count;
  return o;
}

void add_counted(json::object& o, const stats& s) {
  o["messages"] = s.messages;
  o["errors"] = s.errors;
  if (!s.error_kinds.empty()) o["error_kinds"] = counts(s.error_kinds);
  if (!s.statuses.empty()) o["statuses"] = counts(s.statuses);
  if (s.latency.count() > 0) o["latency_us"] = percentiles(s.latency);
  if (s.spread.count() > 0) o["spread_us"] = percentiles(s.spread);
  if (s.events.published > 0 || s.events.delivered > 0) {
    o["published"] = s.events.published;
    o["delivered"] = s.events.delivered;
    o["lost"] = s.events.lost;
    o["repeated"] = s.events.repeated;
  }
  if (s.stalled > 0) {
    o["stalled"] = s.stalled;
    o["stalled_sent_away"] = s.stalled_left;
    o["stalled_ends"] = counts(s.stalled_ends);
  }
}

void add_server(json::object& o, const options& given, const result& r) {
  if (given.pids.empty()) return;
  if (r.all.messages > 0) o["server_cpu_us_per_message"] = us_per_message(r);
  o["server_cpu_us"] = us(r.server.total);
  o["server_user_us"] = us(r.server.user);
  o["server_system_us"] = us(r.server.system);
  o["server_rss_kib_before"] = r.before.rss_kib;
  o["server_rss_kib_after"] = r.after.rss_kib;
  o["server_pss_kib_before"] = r.before.pss_kib;
  o["server_pss_kib_after"] = r.after.pss_kib;
  if (r.connections == 0) return;
  if (given.scenario == kind::idle) {
    o["pss_bytes_per_connection"] = pss_bytes_each(r);
    o["cpu_us_per_connection_second"] = us_per_connection_second(r);
  }
  if (r.leaving.empty()) return;
  json::array rss, pss, when;
  for (const auto& sample : r.leaving) {
    when.push_back(sample.seconds);
    rss.push_back(sample.used.rss_kib);
    pss.push_back(sample.used.pss_kib);
  }
  o["seconds_after_leaving"] = std::move(when);
  o["rss_kib_after_leaving"] = std::move(rss);
  o["pss_kib_after_leaving"] = std::move(pss);
}

void row(std::string& text, std::string_view name, const std::string& value) {
  text += fmt::format("  {:<26} {}\n", name, value);
}

std::string times_of(const histogram& h) {
  return fmt::format("p50 {:.1f}  p90 {:.1f}  p99 {:.1f}  p99.9 {:.1f}  max {:.1f} us", us(h.percentile(0.5)),
                     us(h.percentile(0.9)), us(h.percentile(0.99)), us(h.percentile(0.999)), us(h.max()));
}

void add_rows(std::string& text, const stats& s, double seconds) {
  if (s.messages > 0)
    row(text, "messages", fmt::format("{} ({:.0f}/s)", s.messages, static_cast<double>(s.messages) / seconds));
  if (s.latency.count() > 0) row(text, "time of one", times_of(s.latency));
  if (s.spread.count() > 0) row(text, "first to last delivery", times_of(s.spread));
  if (const auto& e = s.events; e.published > 0)
    row(text, "published, delivered",
        fmt::format("{}, {}: {} lost, {} again or out of order", e.published, e.delivered, e.lost, e.repeated));
  if (s.stalled > 0) row(text, "readers that stalled", fmt::format("{}, sent away {}", s.stalled, s.stalled_left));
  for (const auto& [what, times] : s.stalled_ends) row(text, "", fmt::format("{} x {}", times, what));
  for (const auto& [status, times] : s.statuses) row(text, fmt::format("HTTP {}", status), std::to_string(times));
  row(text, "errors", std::to_string(s.errors));
  for (const auto& [what, times] : s.error_kinds) row(text, "", fmt::format("{} x {}", times, what));
}

void add_server_rows(std::string& text, const options& given, const result& r) {
  if (given.pids.empty()) return;
  if (r.all.messages > 0) row(text, "server CPU per message", fmt::format("{:.2f} us", us_per_message(r)));
  row(text, "server CPU",
      fmt::format("{:.1f} % of a core (user {:.2f} s, system {:.2f} s)", us(r.server.total) / r.seconds / 1e4,
                  us(r.server.user) / 1e6, us(r.server.system) / 1e6));
  row(text, "server RSS, PSS before", fmt::format("{} KiB, {} KiB", r.before.rss_kib, r.before.pss_kib));
  row(text, "server RSS, PSS after", fmt::format("{} KiB, {} KiB", r.after.rss_kib, r.after.pss_kib));
  if (r.connections == 0) return;
  if (given.scenario == kind::idle) {
    row(text, "PSS of one connection", fmt::format("{:.0f} bytes", pss_bytes_each(r)));
    row(text, "CPU of one connection", fmt::format("{:.3f} us each second", us_per_connection_second(r)));
  }
  const auto* const since = given.then == afterwards::read && given.scenario == kind::fill ? "read" : "left";
  for (const auto& sample : r.leaving)
    row(text, fmt::format("RSS {:.1f} s after all {}", sample.seconds, since),
        fmt::format("{} KiB", sample.used.rss_kib));
}

}  // namespace

std::string table_of(const options& given, const result& r) {
  auto text = fmt::format("{} at {}{}\n", name_of(given.scenario), given.url, r.was_stopped ? " (interrupted)" : "");
  if (holds_connections(given.scenario))
    row(text, "connections", fmt::format("{} of {}", r.connections, given.connections));
  row(text, "measured", fmt::format("{:.2f} s", r.seconds));
  add_rows(text, r.all, r.seconds);
  add_server_rows(text, given, r);
  for (const auto& [name, counted] : r.parts) {
    text += fmt::format(" {}\n", name);
    add_rows(text, counted, r.seconds);
  }
  row(text, "encke-bench's own CPU", fmt::format("{:.0f} % of its cores", 100 * r.generator_share(given.threads)));
  row(text, "bottleneck", std::string{name_of(r.limit(given.threads))});
  return text;
}

std::string json_of(const options& given, const result& r) {
  json::object o;
  o["scenario"] = name_of(given.scenario);
  o["url"] = given.url;
  o["connections"] = holds_connections(given.scenario) ? r.connections : given.connections;
  o["connections_wanted"] = given.connections;
  o["seconds"] = r.seconds;
  o["window"] = given.window;
  o["size"] = given.size;
  o["burst"] = given.burst;
  o["batch"] = given.batch;
  if (given.rate > 0) o["rate"] = given.rate;
  add_counted(o, r.all);
  add_server(o, given, r);
  json::object parts;
  for (const auto& [name, counted] : r.parts) {
    json::object part;
    add_counted(part, counted);
    parts[name] = std::move(part);
  }
  if (!parts.empty()) o["parts"] = std::move(parts);
  json::object moments;
  for (const auto& m : r.moments) moments[m.name] = m.at;
  o["began_at"] = std::move(moments);
  o["generator_cpu_share"] = r.generator_share(given.threads);
  o["bottleneck"] = name_of(r.limit(given.threads));
  o["interrupted"] = r.was_stopped;
  return json::serialize(o);
}

}  // namespace encke::load
