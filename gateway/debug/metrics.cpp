// SPDX-License-Identifier: MIT
#include "gateway/debug/metrics.hpp"

#include <prometheus/metric_family.h>
#include <prometheus/text_serializer.h>

#include <algorithm>
#include <array>
#include <encke/stats.hpp>
#include <iterator>
#include <utility>

#include "gateway/memory/monitor.hpp"
#include "gateway/process/figures.hpp"
#include "gateway/text/version.hpp"

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

/// What a counter counts, as a sentence for people; its own words for one that has none here.
std::string help_of(counter which) {
  constexpr std::pair<counter, std::string_view> sentences[] = {
      {counter::connections_accepted, "TCP connections that were accepted."},
      {counter::connections_closed, "TCP connections that ended."},
      {counter::connections_refused, "TCP connections closed at once, over the limit or for want of a descriptor."},
      {counter::tls_refused, "TLS handshakes that failed or took too long."},
      {counter::http_requests, "HTTP requests, those of polling clients and of the API included."},
      {counter::http_errors, "HTTP requests that broke the protocol or a limit, or came too slowly."},
      {counter::sessions_opened, "Engine.IO sessions that were opened."},
      {counter::sessions_closed, "Engine.IO sessions that ended."},
      {counter::sessions_refused, "Handshakes refused before a session was opened, for want of a good token."},
      {counter::sessions_shed, "Handshakes refused because memory was short."},
      {counter::upgrades, "Sessions that moved from polling to WebSocket."},
      {counter::websocket_errors, "WebSockets that broke their protocol."},
      {counter::sockets_connected, "Sockets that joined a namespace."},
      {counter::sockets_refused, "Sockets that were not let into a namespace."},
      {counter::events_received, "Events that clients sent."},
      {counter::events_unhandled, "Events of clients that nothing handles."},
      {counter::events_mistyped, "Events of clients whose arguments do not fit their handler."},
      {counter::events_refused, "Events of clients that a middleware refused."},
      {counter::handler_errors, "Exceptions thrown by handlers."},
      {counter::packets_invalid, "Packets of clients that broke the protocol of Socket.IO."},
      {counter::frames_sent, "Messages queued for clients, one for each recipient."},
      {counter::dropped_lossy, "Lossy messages left out because the client was not ready, one for each recipient."},
      {counter::dropped_newest, "Messages left out because too many waited for the client."},
      {counter::dropped_oldest, "Waiting messages left out to make room for newer ones."},
      {counter::dropped_replaced, "Waiting messages replaced by a newer one of the same key."},
      {counter::dropped_expired, "Waiting messages left out because they had waited too long."},
      {counter::dropped_pressure, "Lossy messages left out because memory was short."},
      {counter::cut_bytes, "Slow readers disconnected because too many bytes waited for them."},
      {counter::cut_messages, "Slow readers disconnected because too many messages waited for them."},
      {counter::cut_age, "Slow readers disconnected because a message had waited too long for them."},
      {counter::cut_memory, "Slow readers disconnected because memory was short."},
      {counter::pressure_caches, "Times that memory came so near its limit that free memory was given back."},
      {counter::pressure_handshakes, "Times that memory came so near its limit that new sessions were refused."},
      {counter::pressure_lossy, "Times that memory came so near its limit that lossy messages were left out."},
      {counter::pressure_slowest, "Times that memory came so near its limit that slow readers were disconnected."},
      {counter::bytes_received, "Bytes received from all connections."},
      {counter::bytes_sent, "Bytes sent to all connections."}};
  const auto* known = std::ranges::find(sentences, which, [](const auto& one) { return one.first; });
  if (known != std::end(sentences)) return std::string{known->second};
  std::string words{to_string(which)};
  std::ranges::replace(words, '_', ' ');
  return words + ", since the start.";
}

class exposition {
 public:
  /// Of a name that is not ours alone.
  MetricFamily& any(std::string name, std::string help, MetricType type) {
    return all_.emplace_back(family(std::move(name), std::move(help), type));
  }
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

void add_memory(exposition& to, memory_monitor& memory, const memory_state& bound) {
  const auto now = memory.look();
  auto& parts = to.gauges("memory_bytes", "Resident memory by what it is held for; adds up to encke_memory_rss_bytes.");
  for (const auto& one : now.picture.parts)
    add_gauge(parts, static_cast<double>(one.bytes),
              {{"kind", std::string{to_string(one.kind)}}, {"purpose", std::string{one.name}}});
  to.gauge("memory_rss_bytes", "Resident memory.", static_cast<double>(now.picture.resident));
  to.gauge("memory_limit_bytes", "Memory that may be used; 0 for no limit.", static_cast<double>(bound.limit));
  to.gauge("memory_shedding_step",
           "What is given up to stay below the limit: 0 nothing, 1 caches, 2 who has not joined, 3 handshakes, 4 lossy "
           "messages, 5 the slowest clients.",
           static_cast<double>(bound.step));
  to.gauge("memory_explained_ratio", "Share of the resident memory that is held for a known purpose.",
           now.picture.explained);
}

void add_stats(exposition& to, const encke::stats& now, const presence& present) {
  to.gauge("connections", "Open TCP connections.", static_cast<double>(now.connections));
  to.gauge("sessions", "Open Engine.IO sessions.", static_cast<double>(now.sessions));
  to.gauge("sockets", "Sockets in namespaces.", static_cast<double>(now.sockets));
  to.gauge("users", "Users who are online.", static_cast<double>(present.users()));
  for (std::size_t i = 0; i < encke::counters; ++i) {
    const auto one = static_cast<counter>(i);
    add_counter(to.counters(to_string(one), help_of(one)), now[one]);
  }
  auto& gone = to.counters("disconnects", "Sockets that left, by reason.");
  for (std::size_t i = 0; i < reasons; ++i) {
    const auto one = static_cast<reason>(i);
    add_counter(gone, now[one], {{"reason", std::string{to_string(one)}}});
  }
}

void add_refusals(exposition& to, const refusals& refused) {
  auto& all = to.counters("refusals", "Clients and calls of the API that were turned away, by the code of the reason.");
  for (const auto& [at, code, count] : refused.all())
    add_counter(all, count, {{"at", std::string{to_string(at)}}, {"code", std::string{code}}});
}

// By the names that all exporters of Prometheus give them.
void add_process(exposition& to) {
  const auto now = look_at_figures();
  const auto gauge = [&](std::string name, std::string help, double value) {
    add_gauge(to.any(std::move(name), std::move(help), MetricType::Gauge), value);
  };
  gauge("process_start_time_seconds", "When the process started, in seconds since 1970.", now.started);
  gauge("process_open_fds", "Open file descriptors.", static_cast<double>(now.open_descriptors));
  gauge("process_max_fds", "Most file descriptors that may be open.", static_cast<double>(now.most_descriptors));
  add(to.any("process_cpu_seconds_total", "Processor time used, user and system.", MetricType::Counter), {})
      .counter.value = now.processor;
  add_gauge(to.gauges("build_info", "Always 1; the labels say what runs here."), 1,
            {{"version", std::string{version}}});
}

http_response show_metrics(const api_state& api, const http_request&) {
  exposition all;
  add_memory(all, *api.with.memory, api.io.memory());
  add_stats(all, api.io.stats(), api.present);
  if (api.with.refused) add_refusals(all, *api.with.refused);
  if (api.with.log_lost)
    add_counter(all.counters("log_records_lost", "Log records that could not be written."), api.with.log_lost());
  add_process(all);
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
