// SPDX-License-Identifier: MIT
#include "gateway/debug/memory.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <array>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <encke/stats.hpp>

#include "gateway/memory/monitor.hpp"
#include "gateway/text/timestamp.hpp"

namespace encke::gateway {

namespace {

boost::json::array parts_of(const memory_picture& picture) {
  boost::json::array parts;
  for (const auto& one : picture.parts)
    parts.push_back(boost::json::object{
        {"name", one.name}, {"kind", to_string(one.kind)}, {"bytes", one.bytes}, {"objects", one.objects}});
  return parts;
}

boost::json::object to_json(const memory_monitor::marked& mark) {
  boost::json::array parts;
  for (const auto& one : mark.picture.parts)
    parts.push_back(boost::json::object{{"name", one.name}, {"bytes", one.bytes}});
  return {{"at", timestamp(mark.at)}, {"rss", mark.picture.resident}, {"parts", std::move(parts)}};
}

boost::json::object to_json(const allocator::figures& heap) {
  return {{"name", heap.name},     {"version", heap.version},   {"allocated", heap.allocated},
          {"active", heap.active}, {"metadata", heap.metadata}, {"resident", heap.resident},
          {"mapped", heap.mapped}, {"retained", heap.retained}};
}

http_response show_memory(const api_state& api, const http_request&) {
  const auto now = api.with.memory->look();
  const auto counted = api.io.stats();
  const auto bound = api.io.memory();
  const auto mark = api.with.memory->last_mark();
  boost::json::object body{{"at", timestamp(now.at)},
                           {"uptime_s", api.with.memory->uptime().count()},
                           {"pid", ::getpid()},
                           {"rss", now.picture.resident},
                           {"limit", bound.limit},
                           {"used", bound.limit == 0 ? static_cast<std::size_t>(now.picture.resident) : bound.used},
                           {"shedding", to_string(bound.step)},
                           {"explained", now.picture.explained},
                           {"parts", parts_of(now.picture)},
                           {"allocator", to_json(now.heap)},
                           {"connections", counted.connections},
                           {"sessions", counted.sessions},
                           {"sockets", counted.sockets},
                           {"users", api.present.users()}};
  body["mark"] = mark ? boost::json::value(to_json(*mark)) : boost::json::value{};
  return json_answer(boost::json::serialize(body));
}

http_response show_history(const api_state& api, const http_request&) {
  boost::json::array names, kinds, samples;
  for (const auto& one : picture_of({}).parts) {
    names.emplace_back(one.name);
    kinds.emplace_back(to_string(one.kind));
  }
  api.with.memory->read_history([&samples](const memory_history& kept) {
    samples.reserve(kept.size());
    for (std::size_t i = 0; i < kept.size(); ++i) {
      boost::json::array bytes(kept[i].bytes.begin(), kept[i].bytes.end());
      samples.push_back(
          boost::json::object{{"at", kept[i].at}, {"rss", kept[i].resident}, {"bytes", std::move(bytes)}});
    }
  });
  boost::json::object body{{"step_s", memory_history::step.count()}};
  body["names"] = std::move(names);
  body["kinds"] = std::move(kinds);
  body["samples"] = std::move(samples);
  return json_answer(boost::json::serialize(body));
}

http_response set_mark(const api_state& api, const http_request&) {
  return json_answer(boost::json::serialize(to_json(api.with.memory->mark())));
}

http_response clear_mark(const api_state& api, const http_request&) {
  api.with.memory->unmark();
  return {.status = 204};
}

// The other workers give back what they keep, too, when they come to it.
task<http_response> give_back_soon(api_ptr held) {
  const auto& api = *held;
  const auto before = look_at_process().resident();
  api.io.purge();
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer soon{executor, std::chrono::milliseconds{100}};
  co_await soon.async_wait(boost::asio::use_awaitable);
  allocator::purge();
  const auto after = look_at_process().resident();
  const auto given_back = std::max<std::int64_t>(before - after, 0);
  api.log(log_level::info, "memory was given back", {{"bytes", std::to_string(given_back)}});
  co_return json_answer(
      fmt::format(R"({{"rss_before":{},"rss_after":{},"given_back":{}}})", before, after, given_back));
}

task<http_response> give_back(api_ptr api, const http_request&) {
  return give_back_soon(std::move(api));
}

constexpr std::array<api_route, 6> table{{
    {.method = "GET", .pattern = "/debug/memory", .now = show_memory},
    {.method = "GET", .pattern = "/debug/memory/history", .now = show_history},
    {.method = "GET", .pattern = "/debug/memory/top", .later = memory_top},
    {.method = "POST", .pattern = "/debug/memory/mark", .now = set_mark},
    {.method = "DELETE", .pattern = "/debug/memory/mark", .now = clear_mark},
    {.method = "POST", .pattern = "/debug/memory/purge", .later = give_back},
}};

}  // namespace

std::span<const api_route> memory_routes() {
  return table;
}

}  // namespace encke::gateway
