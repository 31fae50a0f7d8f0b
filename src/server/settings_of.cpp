// SPDX-License-Identifier: MIT
#include <server/settings_of.hpp>

#include <algorithm>

namespace encke {

namespace {
constexpr unsigned most_workers = 255;  // a session's id has a byte for its worker
}  // namespace

engineio::settings engine_settings_of(const options& given) {
  const auto may_use = [&](transport one) {
    return std::ranges::find(given.transports, one) != given.transports.end();
  };
  // Who is silent for longer than a heartbeat may take is gone, in an orderly close as well.
  const auto grace = std::min(engineio::settings{}.polling_close_grace, given.ping_interval + given.ping_timeout);
  return {.ping_interval = given.ping_interval,
          .ping_timeout = given.ping_timeout,
          .upgrade_timeout = given.upgrade_timeout,
          .polling_close_grace = grace,
          .max_payload = given.max_payload,
          .allow_upgrades = given.allow_upgrades,
          .allow_eio3 = given.allow_eio3,
          .jsonp = given.jsonp,
          .polling = may_use(transport::polling),
          .websocket = may_use(transport::websocket)};
}

hub::settings hub_settings_of(const options& given) {
  return {.packets = {.attachments = given.max_attachments, .attachment_bytes = given.max_payload},
          .max_namespaces = given.max_namespaces,
          .max_pending_acks = given.max_pending_acks,
          .max_answer_bytes = given.max_answer_bytes,
          .keep_handshake = given.keep_handshake,
          .parser = given.parser,
          .labels = {given.slow_rules, given.overflow == overflow::close && given.outbox_age.count() == 0},
          .log = given.log};
}

http::cors_policy cors_policy_of(const cors_options& given) {
  http::cors_policy policy;
  switch (given.allow) {
    case cors_options::mode::off: policy.origin = http::cors_policy::mode::off; break;
    case cors_options::mode::any: policy.origin = http::cors_policy::mode::any; break;
    case cors_options::mode::list: policy.origin = http::cors_policy::mode::list; break;
    case cors_options::mode::reflect: policy.origin = http::cors_policy::mode::reflect; break;
  }
  policy.origins = given.origins;
  policy.credentials = given.credentials;
  return policy;
}

websocket::deflate_settings deflate_settings_of(const deflate_options& given) {
  return {.threshold = given.threshold,
          .level = given.level,
          .memory_level = given.memory_level,
          .window_bits = given.window_bits};
}

std::string trimmed_path(std::string_view path) {
  if (path.ends_with('/')) path.remove_suffix(1);
  return std::string{path};
}

processors workers_of(const options& given) {
  if (given.threads != 0) return {.count = given.threads, .because = "set in the options"};
  auto found = usable_processors();
  found.count = std::min(found.count, most_workers);
  return found;
}

}  // namespace encke
