// SPDX-License-Identifier: MIT
// What Engine.IO asks over HTTP: plans for its requests, the client's files beside them, polls and posts.
#include <base/random.hpp>
#include <http/compression.hpp>
#include <http/origin.hpp>
#include <net/connection.hpp>
#include <net/http_exchange.hpp>
#include <net/service.hpp>
#include <net/session.hpp>
#include <net/worker.hpp>

namespace encke::net {

using engineio::request_error;

namespace {

constexpr unsigned least_retry_after = 5, most_retry_after = 10;  // seconds
constexpr const char* methods = "GET, HEAD, POST, OPTIONS";

std::string_view without_slashes(std::string_view path) {
  return path.substr(std::min(path.find_first_not_of('/'), path.size()));
}

// What follows `prefix` and its slash. Slashes may be doubled anywhere, as proxies leave them.
std::optional<std::string_view> path_behind(std::string_view path, std::string_view prefix) {
  for (const char c : prefix) {
    if (!path.starts_with(c)) return std::nullopt;
    path = c == '/' ? without_slashes(path) : path.substr(1);
  }
  if (!path.empty() && path[0] != '/') return std::nullopt;
  return without_slashes(path);
}

}  // namespace

// --- plans --------------------------------------------------------------------------------------------------------

// The path is Engine.IO's, or that of a file beside it. Nothing if it is none of ours.
std::optional<http_exchange::plan> http_exchange::plan_engine() {
  const auto& shared = connection_.home().shared();
  const auto& request = parser_.message();
  const auto rest = path_behind(request.path(), shared.path);
  if (!rest) return std::nullopt;
  if (!rest->empty()) {
    auto file = shared.bundle.serve(*rest, request);
    return file ? std::optional{answer_with(std::move(*file))} : std::nullopt;
  }
  auto made = plan_engine_request();
  made.of_engine = true;
  return made;
}

http_exchange::plan http_exchange::plan_engine_request() {
  const auto& shared = connection_.home().shared();
  const auto& request = parser_.message();
  if (http::is_preflight(shared.cors, request)) {
    auto answer = http::preflight(shared.cors, request);
    answer.headers.emplace_back("Allow", methods);
    return answer_with(std::move(answer));
  }
  if (request.method == "OPTIONS") return answer_with(http::allowed(methods));
  auto asked = engineio::parse_request(request, shared.engine);
  if (!asked) {
    asked_ = {};
    asked_.upgrade = request.upgrade;
    return refuse(asked.error());
  }
  asked_ = std::move(*asked);
  if (asked_.sid.empty()) return plan_new_session();
  const auto owner = random::worker_of(asked_.sid);
  if (!owner || *owner == connection_.home().number() || *owner >= shared.workers.size()) return plan_session_request();
  return {.what = plan::step::move, .to_worker = *owner};
}

http_exchange::plan http_exchange::plan_new_session() {
  auto& home = connection_.home();
  if (!home.shared().sheds(shedding::handshakes)) {
    if (asked_.to == engineio::transport::websocket) return {.what = plan::step::upgrade};
    return {.what = plan::step::open_session, .most_body = home.shared().options.max_unjoined_payload};
  }
  home.count(counter::sessions_shed);
  // Whoever is refused comes again: not all in the same second.
  const auto seconds = least_retry_after + home.now_stamp() % most_retry_after;
  http::response busy{.status = 503,
                      .content_type = "application/json",
                      .headers = {{"Retry-After", std::to_string(seconds)}},
                      .body = R"({"code":503,"message":"Service Unavailable"})"};
  add_cors(busy.headers);
  auto made = answer_with(std::move(busy));
  made.ends_connection = asked_.upgrade;
  return made;
}

// On the worker that owns the session, if anybody does.
http_exchange::plan http_exchange::plan_session_request() {
  auto& home = connection_.home();
  if (auto* one = home.find(asked_.sid)) one->look_at_time(home.now());
  auto* known = home.find(asked_.sid);
  if (const auto wrong = engineio::check_session(asked_, known ? &known->engine() : nullptr))
    return refuse(*wrong, known ? "" : to_string(home.cut_before(asked_.sid)));
  if (known->own_pages_only() && is_foreign()) return refuse_foreign();
  if (asked_.upgrade) return {.what = plan::step::upgrade};
  const auto& method = parser_.message().method;
  if (method == "GET") return {.what = plan::step::poll, .most_body = home.shared().options.max_unjoined_payload};
  if (method == "POST") return {.what = plan::step::post, .of = known, .most_body = known->most_payload()};
  if (method == "HEAD") return answer_with(head_of_poll());
  auto refusal = http::not_allowed(methods);
  add_cors(refusal.headers);
  return answer_with(std::move(refusal));
}

// A WebSocket is refused with a bare text before any 101, everything else with JSON.
http_exchange::plan http_exchange::refuse(request_error why, std::string_view message) const {
  tell_refused(why, message);
  if (asked_.upgrade) {
    auto made = answer_with({.body = std::string{message}});
    made.what = plan::step::refuse_upgrade;
    made.why = why;
    return made;
  }
  auto refusal = engineio::error_response(why, message);
  add_cors(refusal.headers);
  return answer_with(std::move(refusal));
}

// The session was opened with what the browser sends by itself, and now by a page that must not use it.
http_exchange::plan http_exchange::refuse_foreign() const {
  tell_refused(request_error::forbidden, {});
  auto refusal = engineio::error_response(request_error::forbidden);
  add_cors(refusal.headers);
  auto made = answer_with(std::move(refusal));
  made.ends_connection = asked_.upgrade;
  return made;
}

// An answer without a body.
http::response http_exchange::bare(unsigned status) const {
  http::response made{.status = status};
  add_cors(made.headers);
  return made;
}

bool http_exchange::is_foreign() const {
  const bool is_script = asked_.jsonp && asked_.to == engineio::transport::polling;
  return http::is_foreign(parser_.message(), connection_.home().shared().cors, connection_.is_secure(), is_script);
}

void http_exchange::add_cors(http::header_list& to) const {
  http::add_cors(connection_.home().shared().cors, parser_.message(), to);
}

// Of the answers that carry packets.
http::header_list http_exchange::polling_headers(bool is_first) const {
  http::header_list extra;
  add_cors(extra);
  // Internet Explorer takes JSONP for an attack and alters it.
  const auto agent = parser_.message().header("User-Agent");
  if (agent.find(";MSIE") != agent.npos || agent.find("Trident/") != agent.npos)
    extra.emplace_back("X-XSS-Protection", "0");
  ask_hooks(extra, is_first);
  return extra;
}

// --- the user's hooks ---------------------------------------------------------------------------------------------

void http_exchange::ask_hooks(http::header_list& headers, bool is_first) const {
  auto& home = connection_.home();
  const auto& hooks = home.shared().engine_hooks;
  const auto& first = hooks.initial_headers;
  if (!hooks.headers && !(first && is_first)) return;
  try {
    const auto request = plain_request();
    if (first && is_first) first(headers, request);
    if (hooks.headers) hooks.headers(headers, request);
  } catch (...) {
    home.note_exception("headers", std::current_exception());
  }
}

void http_exchange::tell_refused(request_error why, std::string_view message) const {
  auto& home = connection_.home();
  const auto& hook = home.shared().engine_hooks.connection_error;
  if (!hook) return;
  try {
    hook({static_cast<unsigned>(why), message.empty() ? to_string(why) : message, plain_request()});
  } catch (...) {
    home.note_exception("connection_error", std::current_exception());
  }
}

// --- polls and posts ----------------------------------------------------------------------------------------------

void http_exchange::poll() {
  auto* known = connection_.home().find(asked_.sid);
  if (!known) {  // it ended while the rest of the request arrived
    auto refusal = engineio::error_response(request_error::unknown_sid);
    add_cors(refusal.headers);
    return answer(std::move(refusal));
  }
  plan_.of = known;  // the answer may come at once
  if (known->on_get(*this) == session::verdict::taken) return;
  forget_session();
  answer(bare(400));
}

void http_exchange::begin_post() {
  auto& home = connection_.home();
  connection_.set_deadline(after(home.now(), home.shared().options.body_timeout));
  const bool octet_stream = parser_.message().header("Content-Type") == http::polling_binary;
  if (plan_.of->on_post_begin(*this, octet_stream) == session::verdict::overlap) {
    plan_ = answer_with(bare(400));
    plan_.of_engine = true;
  }
}

void http_exchange::answer_post() {
  const auto& request = parser_.message();
  const bool octet_stream = request.header("Content-Type") == http::polling_binary;
  const bool is_read = !plan_.of || plan_.of->on_post(request.body, octet_stream);
  if (connection_.is_doomed) return;
  if (!is_read) {  // the packets before the one that cannot be read have counted
    auto refusal = engineio::error_response(request_error::bad_request);
    add_cors(refusal.headers);
    return answer(std::move(refusal));
  }
  const auto extra = polling_headers();
  std::string bytes;
  http::append_polling_ok(bytes, http::polling_posted, "ok", how_to_write(), extra);
  connection_.write(bytes);
  finish_answer();
}

// RFC 9110 9.3.2: what a GET would be told, but nothing is opened, and nothing is taken from a session.
http::response http_exchange::head_of_poll() const {
  http::response head{.status = 200, .content_type = std::string{http::polling_text}};
  head.headers.emplace_back("cache-control", "no-store");
  add_cors(head.headers);
  return head;
}

void http_exchange::answer_polling(std::string_view payload, std::string_view content_type) {
  auto extra = polling_headers();
  const auto& wanted = connection_.home().shared().options.http_compression;
  if (wanted && payload.size() >= wanted->threshold) {
    const auto coding = http::best_coding(parser_.message().header("Accept-Encoding"));
    const auto packed = http::compress(payload, coding, wanted->level);
    if (packed.size() < payload.size()) {
      extra.emplace_back("Content-Encoding", http::to_string(coding));
      payload = packed;
    }
  }
  std::string bytes;
  http::append_polling_ok(bytes, content_type, payload, how_to_write(), extra);
  connection_.write(bytes);
  finish_answer();
}

void http_exchange::answer_handshake(std::string_view payload, bool jsonp, std::string_view sid) {
  auto extra = polling_headers(true);
  if (const auto& cookie = connection_.home().shared().options.cookie) {
    std::string value = cookie->name + "=" + std::string{sid} + "; Path=" + cookie->path;
    if (cookie->http_only) value += "; HttpOnly";
    if (cookie->secure) value += "; Secure";
    if (!cookie->same_site.empty()) value += "; SameSite=" + cookie->same_site;
    extra.emplace_back("Set-Cookie", std::move(value));
  }
  std::string bytes;
  http::append_polling_ok(bytes, jsonp ? http::polling_script : http::polling_text, payload, how_to_write(), extra);
  connection_.write(bytes);
  finish_answer();
}

}  // namespace encke::net
