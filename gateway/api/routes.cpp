// SPDX-License-Identifier: MIT
#include "gateway/api/routes.hpp"

#include <exception>

#include "gateway/memory/monitor.hpp"
#include "gateway/settings/room_names.hpp"

namespace encke::gateway {

namespace {

http_response failure(const api_state& api, std::string_view what) {
  api.log(log_level::error, "exception in the HTTP API", {{"what", what}});
  return answer_of(
      {.status = 500, .code = "internal_error", .detail = "the gateway failed to do this; its log says why"});
}

http_response call_now(const api_state& api, const api_route& route, const http_request& request) {
  try {
    return route.now(api, request);
  } catch (const std::exception& thrown) {
    return failure(api, thrown.what());
  }
}

std::optional<http_response> refusal_of(const api_state& api, const http_request& request) {
  auto refusal = api.with.keys->refusal_of(request);
  if (!refusal) return std::nullopt;
  return answer_of(std::move(*refusal));
}

task<http_response> guarded(api_ptr api, task<http_response> running) {
  std::string what;
  try {
    auto answer = co_await std::move(running);
    co_return answer;
  } catch (const std::exception& thrown) {
    what = thrown.what();
  }
  co_return failure(*api, what);
}

task<http_response> call_later(const api_ptr& api, const api_route& route, const http_request& request) {
  try {
    return guarded(api, route.later(api, request));
  } catch (const std::exception& thrown) {
    return answer_soon(failure(*api, thrown.what()));
  }
}

}  // namespace

void api_state::log(log_level level, std::string_view message,
                    std::initializer_list<std::pair<std::string_view, std::string_view>> fields) const {
  if (with.log) with.log({level, message, {fields.begin(), fields.size()}});
}

api_ptr make_state(server& io, const presence& present, api_options options) {
  if (!options.why_not_yours && !options.user_room)
    options.why_not_yours = [](std::string_view room) { return why_not_yours(room_settings{}, room); };
  if (!options.user_room) options.user_room = [](std::string_view user) { return "user:" + std::string{user}; };
  if (!options.memory) options.memory = std::make_shared<memory_monitor>();
  return std::make_shared<const api_state>(io, present, std::move(options));
}

void add_routes(const api_ptr& api, std::span<const api_route> routes) {
  for (const auto& one : routes) {
    route_options options{.internal = true, .max_body = api->with.max_body};
    if (one.needs_key) options.refuse = [api](const http_request& request) { return refusal_of(*api, request); };
    if (one.now)
      api->io.route(
          one.method, one.pattern, [api, one](const http_request& request) { return call_now(*api, one, request); },
          options);
    else
      api->io.route(
          one.method, one.pattern, [api, one](http_request request) { return call_later(api, one, request); }, options);
  }
}

std::vector<api_operation> operations_of(std::span<const api_route> routes) {
  std::vector<api_operation> all;
  for (const auto& one : routes) all.push_back({one.method, one.pattern});
  return all;
}

http_response json_answer(std::string json_text) {
  return {.headers = {{"Cache-Control", "no-store"}}, .body = std::move(json_text), .content_type = "application/json"};
}

http_response done() {
  return json_answer(R"({"ok":true})");
}

http_response refuse(refusal why) {
  return answer_of(problem_of(std::move(why)));
}

task<http_response> answer_soon(http_response answer) {
  co_return answer;
}

}  // namespace encke::gateway
