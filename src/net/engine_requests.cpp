// SPDX-License-Identifier: MIT
// What Engine.IO asks over HTTP: handshakes, polls, posts, upgrades, and the client's files beside them.
#include <base/random.hpp>
#include <http/compression.hpp>
#include <http/origin.hpp>
#include <http/query.hpp>
#include <net/connection.hpp>
#include <net/http_exchange.hpp>
#include <net/service.hpp>
#include <net/session.hpp>
#include <net/websocket_transport.hpp>
#include <net/worker.hpp>
#include <websocket/handshake.hpp>

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

// --- at the head of a request -------------------------------------------------------------------------------------

// The path is Engine.IO's, or that of a file beside it, or none of ours.
http_exchange::outcome http_exchange::plan_engine(std::string_view path) {
  const auto& shared = connection_.home().shared();
  const auto rest = path_behind(path, shared.path);
  if (!rest) return outcome::not_mine;
  if (rest->empty()) return plan_engine_request();
  auto file = shared.bundle.serve(*rest, parser_.message());
  if (!file) return outcome::not_mine;
  prepare(std::move(*file));
  return outcome::planned;
}

http_exchange::outcome http_exchange::plan_engine_request() {
  is_engine_ = true;
  auto& shared = connection_.home().shared();
  const auto& request = parser_.message();
  if (http::is_preflight(shared.cors, request)) {
    auto answer = http::preflight(shared.cors, request);
    answer.headers.emplace_back("Allow", methods);
    prepare(std::move(answer));
    return outcome::planned;
  }
  if (request.method == "OPTIONS") {
    prepare(http::allowed(methods));
    return outcome::planned;
  }
  auto asked = engineio::parse_request(request, shared.engine);
  if (!asked) {
    asked_ = {};
    asked_.upgrade = request.upgrade;
    return refuse_engine(asked.error());
  }
  asked_ = std::move(*asked);
  if (!asked_.sid.empty()) {
    const auto owner = random::worker_of(asked_.sid);
    if (!owner || *owner == connection_.home().number() || *owner >= shared.workers.size())
      return plan_session_request();
    processing_ = false;
    moving_ = true;
    connection_.move_to(*shared.workers[*owner]);
    return outcome::gone;
  }
  if (shared.sheds(shedding::handshakes)) return shed_handshake();
  if (asked_.to == engineio::transport::websocket) return upgrade();
  parser_.limit_body(shared.options.max_unjoined_payload);
  plan_ = plan::open_session;
  return outcome::planned;
}

// Whoever is refused comes again: not all in the same second.
http_exchange::outcome http_exchange::shed_handshake() {
  auto& home = connection_.home();
  home.count(counter::sessions_shed);
  const auto seconds = least_retry_after + home.now_stamp() % most_retry_after;
  http::response busy{.status = 503,
                      .content_type = "application/json",
                      .headers = {{"Retry-After", std::to_string(seconds)}},
                      .body = R"({"code":503,"message":"Service Unavailable"})"};
  add_cors(busy.headers);
  if (asked_.upgrade) keep_alive_ = false;
  prepare(std::move(busy));
  return outcome::planned;
}

// On the worker that owns the session, if anybody does.
http_exchange::outcome http_exchange::plan_session_request() {
  auto& home = connection_.home();
  if (auto* one = home.find(asked_.sid)) one->look_at_time(home.now());
  auto* known = home.find(asked_.sid);
  if (const auto wrong = engineio::check_session(asked_, known ? &known->engine() : nullptr))
    return refuse_engine(*wrong, known ? "" : to_string(home.cut_before(asked_.sid)));
  if (known->own_pages_only() && is_foreign()) return refuse_foreign();
  if (asked_.upgrade) return upgrade();
  const auto& request = parser_.message();
  if (request.method == "GET") {
    parser_.limit_body(home.shared().options.max_unjoined_payload);
    plan_ = plan::poll;
    return outcome::planned;
  }
  if (request.method != "POST") {
    auto answer = request.method == "HEAD" ? head_of_poll() : http::not_allowed(methods);
    if (request.method != "HEAD") add_cors(answer.headers);
    prepare(std::move(answer));
    return outcome::planned;
  }
  parser_.limit_body(known->most_payload());
  connection_.set_deadline(after(home.now(), home.shared().options.body_timeout));
  if (known->on_post_begin(*this, request.header("Content-Type") == http::polling_binary) ==
      session::verdict::overlap) {
    prepare_status(400);
    return outcome::planned;
  }
  plan_ = plan::post;
  session_ = known;
  return outcome::planned;
}

// A WebSocket is refused with a bare text before any 101, everything else with JSON.
http_exchange::outcome http_exchange::refuse_engine(request_error why, std::string_view message) {
  tell_refused(why, message);
  if (asked_.upgrade) {
    std::string bytes;
    engineio::append_upgrade_error(bytes, why, message, connection_.home().date());
    connection_.write(bytes);
    connection_.close_when_written();
    return outcome::planned;
  }
  auto refusal = engineio::error_response(why, message);
  add_cors(refusal.headers);
  prepare(std::move(refusal));
  return outcome::planned;
}

bool http_exchange::is_foreign() const {
  const bool is_script = asked_.jsonp && asked_.to == engineio::transport::polling;
  return http::is_foreign(parser_.message(), connection_.home().shared().cors, connection_.is_secure(), is_script);
}

// The session was opened with what the browser sends by itself, and now by a page that must not use it.
http_exchange::outcome http_exchange::refuse_foreign() {
  tell_refused(request_error::forbidden, {});
  auto refusal = engineio::error_response(request_error::forbidden);
  add_cors(refusal.headers);
  if (asked_.upgrade) keep_alive_ = false;
  prepare(std::move(refusal));
  return outcome::planned;
}

// An answer without a body.
void http_exchange::prepare_status(unsigned status) {
  http::response bare{.status = status};
  add_cors(bare.headers);
  prepare(std::move(bare));
}

void http_exchange::answer_status(unsigned status) {
  prepare_status(status);
  answer(std::move(*std::exchange(prepared_, nullptr)));
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

// --- opening a session --------------------------------------------------------------------------------------------

handshake http_exchange::make_handshake() {
  const auto& request = parser_.message();
  handshake sent{.address = connection_.peer().to_string(),
                 .url = std::string{request.target},
                 .headers = {},
                 .query = {},
                 .auth = {},
                 .issued = std::chrono::system_clock::now(),
                 .protocol = asked_.rev == engineio::revision::v3 ? 3U : 4U,
                 .transport = asked_.to,
                 .secure = connection_.is_secure(),
                 .foreign = is_foreign(),
                 .identity = {}};
  sent.query = std::move(asked_.query).take();
  sent.headers.reserve(request.headers.size());
  for (const auto& header : request.headers) sent.headers.emplace_back(header.name, header.value);
  return sent;
}

// False: the hook refused, and the answer is written or prepared.
bool http_exchange::admit(handshake& sent) {
  auto& home = connection_.home();
  if (!home.shared().allow_request) return true;
  admission decided;
  try {
    decided = home.shared().allow_request(sent);
  } catch (...) {
    decided = encke::refuse("Internal error");
    home.note_exception("allow_request", std::current_exception());
  }
  if (decided.is_admitted()) return true;
  home.count(counter::sessions_refused);
  const auto& why = decided.why();
  const bool is_plain = why.status == 403 && why.headers.empty() && why.body.empty();
  if (asked_.upgrade && is_plain) {  // nothing of the hook's own but the message
    static_cast<void>(refuse_engine(request_error::forbidden, why.message));
    return false;
  }
  tell_refused(request_error::forbidden, why.message);
  http::response refusal;
  if (why.body.empty()) refusal = engineio::error_response(request_error::forbidden, why.message);
  refusal.status = why.status;
  refusal.headers = why.headers;
  if (!why.body.empty()) {
    refusal.content_type = "application/json";
    refusal.body = why.body;
  }
  add_cors(refusal.headers);
  if (asked_.upgrade) keep_alive_ = false;
  answer(std::move(refusal));
  return false;
}

void http_exchange::open_session() {
  auto sent = make_handshake();
  if (!admit(sent)) return;
  if (parser_.message().method == "HEAD") return answer(head_of_poll());
  auto& home = connection_.home();
  auto made = make_session(std::move(sent));
  if (!made) return answer_status(500);
  home.add(std::move(made)).open_polling(*this);
}

// Null: what is above it could not be made, for a user's parser threw.
std::unique_ptr<session> http_exchange::make_session(handshake sent) {
  auto& home = connection_.home();
  try {
    return std::make_unique<session>(home,
                                     opening{asked_, std::move(sent), connection_.peer(), connection_.is_secure()});
  } catch (...) {
    home.note_exception("parser", std::current_exception());
    return nullptr;
  }
}

// RFC 9110 9.3.2: what a GET would be told, but nothing is opened, and nothing is taken from a session.
http::response http_exchange::head_of_poll() const {
  http::response head{.status = 200, .content_type = std::string{http::polling_text}};
  head.headers.emplace_back("cache-control", "no-store");
  add_cors(head.headers);
  return head;
}

http_exchange::outcome http_exchange::refuse_upgrade(websocket::handshake_error why) {
  std::string refusal;
  websocket::append_refusal(refusal, why, connection_.home().date());
  connection_.write(refusal);
  connection_.close_when_written();
  return outcome::planned;
}

http_exchange::outcome http_exchange::upgrade() {
  const auto& request = parser_.message();
  const auto accepted = websocket::check(request);
  if (!accepted) return refuse_upgrade(accepted.error());
  if (parser_.has_body()) return refuse_upgrade(websocket::handshake_error::no_upgrade);
  auto& home = connection_.home();
  std::optional<websocket::deflate_agreement> deflate;
  if (const auto& ours = home.shared().deflate) {
    auto agreed = websocket::agree_on_deflate(request.list_in("Sec-WebSocket-Extensions"), *ours);
    if (!agreed) return refuse_upgrade(agreed.error());
    deflate = std::move(*agreed);
  }
  std::unique_ptr<session> begun;
  if (asked_.sid.empty()) {
    auto sent = make_handshake();
    if (!admit(sent)) return outcome::planned;
    begun = make_session(std::move(sent));
    if (!begun) {
      keep_alive_ = false;
      answer_status(500);
      return outcome::planned;
    }
  }

  http::header_list extra;
  add_cors(extra);
  if (deflate) extra.emplace_back("Sec-WebSocket-Extensions", std::move(deflate->answer));
  ask_hooks(extra, asked_.sid.empty());
  std::string switching;
  websocket::append_switching_protocols(switching, *accepted, extra, home.date());
  connection_.write(switching);
  // By itself: there are clients that drop what they read together with the 101.
  busy_ = true;  // whatever is behind this request is no HTTP
  connection_.flush();
  if (connection_.is_doomed) return outcome::gone;

  auto made = std::make_unique<websocket_transport>(connection_, deflate ? deflate->window_bits : 0);
  auto& transport = *made;
  if (begun) {
    auto& opened = home.add(std::move(begun));
    transport.serve(opened);
    connection_.become(std::move(made));
    opened.open_websocket(transport);
  } else {
    auto* known = home.find(asked_.sid);
    const bool probing = known && known->on_probe(transport, asked_.base64);  // a hook may have ended it
    if (probing) transport.serve(*known);
    connection_.become(std::move(made));
    if (!probing) transport.close();
  }
  auto unread = parser_.take_unread();
  if (!unread.empty()) transport.on_bytes(unread);
  return outcome::gone;
}

// --- polling ------------------------------------------------------------------------------------------------------

void http_exchange::poll() {
  auto* known = connection_.home().find(asked_.sid);
  if (!known) {  // it ended while the rest of the request arrived
    auto refusal = engineio::error_response(request_error::unknown_sid);
    add_cors(refusal.headers);
    return answer(std::move(refusal));
  }
  session_ = known;  // the answer may come at once
  if (known->on_get(*this) == session::verdict::taken) return;
  session_ = nullptr;
  answer_status(400);
}

void http_exchange::answer_post() {
  const auto& request = parser_.message();
  const bool is_read =
      !session_ || session_->on_post(request.body, request.header("Content-Type") == http::polling_binary);
  if (connection_.is_doomed) return;
  if (!is_read) return refuse_posted();
  const auto extra = polling_headers();
  std::string bytes;
  http::append_polling_ok(bytes, http::polling_posted, "ok", how_to_write(), extra);
  connection_.write(bytes);
  finish_answer();
}

// The packets before the one that cannot be read have counted.
void http_exchange::refuse_posted() {
  auto refusal = engineio::error_response(request_error::bad_request);
  add_cors(refusal.headers);
  answer(std::move(refusal));
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
