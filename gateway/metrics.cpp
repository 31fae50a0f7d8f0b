// SPDX-License-Identifier: MIT
#include "gateway/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <encke/stats.hpp>

#include "gateway/memory_monitor.hpp"

namespace encke::gateway {

namespace {

using prometheus::ClientMetric;
using prometheus::MetricFamily;
using prometheus::MetricType;

using labels = std::vector<ClientMetric::Label>;

MetricFamily family(std::string name, std::string help, MetricType type) {
  return {.name = std::move(name), .help = std::move(help), .type = type, .metric = {}};
}

ClientMetric& add(MetricFamily& to, labels of) {
  auto& one = to.metric.emplace_back();
  one.label = std::move(of);
  return one;
}

void add_gauge(MetricFamily& to, double value, labels of = {}) {
  add(to, std::move(of)).gauge.value = value;
}

void add_counter(MetricFamily& to, std::uint64_t value, labels of = {}) {
  add(to, std::move(of)).counter.value = static_cast<double>(value);
}

class page {
 public:
  MetricFamily& gauges(std::string_view name, std::string help) {
    return all_.emplace_back(family("encke_" + std::string{name}, std::move(help), MetricType::Gauge));
  }
  MetricFamily& counters(std::string_view name, std::string help) {
    return all_.emplace_back(family("encke_" + std::string{name} + "_total", std::move(help), MetricType::Counter));
  }
  void gauge(std::string_view name, std::string help, double value) { add_gauge(gauges(name, std::move(help)), value); }
  [[nodiscard]] std::string text() const { return prometheus::TextSerializer{}.Serialize(all_); }

 private:
  std::vector<MetricFamily> all_;
};

void add_memory(page& to, memory_monitor& memory, const memory_state& bound) {
  const auto now = memory.look();
  auto& parts = to.gauges("memory_bytes", "Resident memory by what it is held for; adds up to encke_memory_rss_bytes.");
  for (const auto& one : now.picture.parts)
    add_gauge(parts, static_cast<double>(one.bytes),
              {{"kind", std::string{to_string(one.kind)}}, {"purpose", std::string{one.name}}});
  to.gauge("memory_rss_bytes", "Resident memory.", static_cast<double>(now.picture.resident));
  to.gauge("memory_limit_bytes", "Memory that may be used; 0 for no limit.", static_cast<double>(bound.limit));
  to.gauge("memory_shedding_step",
           "What is given up to stay below the limit: 0 nothing, 1 caches, 2 handshakes, 3 lossy "
           "messages, 4 the slowest clients.",
           static_cast<double>(bound.step));
  to.gauge("memory_explained_ratio", "Share of the resident memory that is held for a known purpose.",
           now.picture.explained);
}

void add_stats(page& to, const encke::stats& now, const presence& present) {
  to.gauge("connections", "Open TCP connections.", static_cast<double>(now.connections));
  to.gauge("sessions", "Open Engine.IO sessions.", static_cast<double>(now.sessions));
  to.gauge("sockets", "Sockets in namespaces.", static_cast<double>(now.sockets));
  to.gauge("users", "Users who are online.", static_cast<double>(present.users()));
  for (std::size_t i = 0; i < encke::counters; ++i) {
    const auto one = static_cast<counter>(i);
    std::string words{to_string(one)};
    std::ranges::replace(words, '_', ' ');
    add_counter(to.counters(to_string(one), "Since the start: " + words + "."), now[one]);
  }
  auto& gone = to.counters("disconnects", "Sockets that left, by reason.");
  for (std::size_t i = 0; i < reasons; ++i) {
    const auto one = static_cast<reason>(i);
    add_counter(gone, now[one], {{"reason", std::string{to_string(one)}}});
  }
}

http_response show_metrics(const api_state& api, const http_request&) {
  page all;
  add_memory(all, *api.with.memory, api.io.memory());
  add_stats(all, api.io.stats(), api.present);
  return {.headers = {{"Cache-Control", "no-store"}},
          .body = all.text(),
          .content_type = "text/plain; version=0.0.4; charset=utf-8"};
}

constexpr std::array<api_route, 1> table{{{.method = "GET", .pattern = "/metrics", .now = show_metrics}}};

}  // namespace

std::span<const api_route> metrics_routes() {
  return table;
}

}  // namespace encke::gateway
