// SPDX-License-Identifier: MIT
#include "gateway/debug/profiles.hpp"

#include <array>
#include <boost/asio/as_tuple.hpp>
#include <boost/asio/cancellation_state.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

#include "gateway/api/query.hpp"
#include "gateway/process/allocator.hpp"
#include "gateway/process/cpu_profile.hpp"

namespace encke::gateway {

namespace {

using namespace std::chrono_literals;

constexpr std::size_t usual_seconds = 10;
constexpr std::size_t most_seconds = 300;
const std::vector<std::string> profile_names{"seconds"};

constexpr const char* index_text = R"(profiles of this process, for jeprof and pprof

/debug/pprof/heap                 who allocated what is held now
/debug/pprof/profile?seconds=10   what the processor is used for, 1 to 300 seconds of it; one at a time
)";

http_response file(std::string content, std::string_view type, std::string_view name) {
  return {.headers = {{"Cache-Control", "no-store"},
                      {"Content-Disposition", "attachment; filename=\"" + std::string{name} + "\""},
                      {"X-Content-Type-Options", "nosniff"}},
          .body = std::move(content),
          .content_type = std::string{type}};
}

http_response heap_profile(const api_state&, const http_request&) {
  auto profile = allocator::heap_profile();
  if (!profile)
    return answer_of({.status = 501,
                      .code = "no_heap_profile",
                      .detail = "this process has no heap profile: it needs jemalloc with prof and prof_active"});
  return file(std::move(*profile), "text/plain; charset=UTF-8", "encke.heap");
}

// Ends with its caller, so that nobody else waits for a profile that nobody gets.
task<http_response> profile_for(std::unique_ptr<cpu_profile> running, std::size_t seconds) {
  co_await boost::asio::this_coro::reset_cancellation_state(boost::asio::enable_total_cancellation());
  const auto executor = co_await boost::asio::this_coro::executor;
  boost::asio::steady_timer second{executor};
  for (std::size_t i = 0; i < seconds; ++i) {
    second.expires_after(1s);
    const auto [failed] = co_await second.async_wait(boost::asio::as_tuple(boost::asio::use_awaitable));
    if (failed) co_return http_response{};
    running->collect();
  }
  co_return file(running->text(), "application/octet-stream", "encke.cpu");
}

task<http_response> profile_processor(api_ptr, const http_request& request) {
  fault_list faults;
  allow_only_query(request, profile_names, faults);
  const auto seconds = number_in_query(request, "seconds", 1, most_seconds, usual_seconds, faults);
  if (!faults.empty()) return answer_soon(refuse(std::move(faults).to_refusal()));
  auto running = cpu_profile::start();
  if (!running)
    return answer_soon(answer_of(
        {.status = 409, .code = "already_profiling", .detail = "there is a profile being taken: one at a time"}));
  return profile_for(std::move(running), seconds);
}

http_response index_way(const api_state&, const http_request&) {
  return {.status = 308, .headers = {{"Location", "pprof/"}}};
}

http_response index_view(const api_state&, const http_request&) {
  return {.headers = {{"Cache-Control", "no-store"}, {"X-Content-Type-Options", "nosniff"}},
          .body = index_text,
          .content_type = "text/plain; charset=UTF-8"};
}

constexpr std::array<api_route, 4> table{{
    {.method = "GET", .pattern = "/debug/pprof", .now = index_way},
    {.method = "GET", .pattern = "/debug/pprof/", .now = index_view},
    {.method = "GET", .pattern = "/debug/pprof/heap", .now = heap_profile},
    {.method = "GET", .pattern = "/debug/pprof/profile", .later = profile_processor},
}};

}  // namespace

std::span<const api_route> profile_routes() {
  return table;
}

}  // namespace encke::gateway
