// SPDX-License-Identifier: MIT
#include <base/release.hpp>
#include <net/http_exchange.hpp>

#include <boost/asio/bind_cancellation_slot.hpp>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/post.hpp>
#include <http/query.hpp>
#include <net/caller_of_user.hpp>
#include <net/connection.hpp>
#include <net/service.hpp>
#include <net/session.hpp>
#include <net/worker.hpp>

namespace encke::net {

namespace {

constexpr std::size_t most_pipelined = 64 * 1024;  // bytes kept while a request waits for its answer
constexpr std::size_t large_body = 64 * 1024;      // bytes
constexpr std::size_t most_unsent = 64 * 1024;     // bytes of answers; until they are read no more requests are taken

// Whoever sends a long token should see which limit was in its way.
http::response answer_to(http::error wrong, const http::limits& allowed) {
  const auto status = http::status_of(wrong);
  if (wrong == http::error::target_too_long || wrong == http::error::head_too_large)
    return http::text_response(status, "The request line and its fields are longer than " +
                                           std::to_string(allowed.head) + " bytes (http_head)\n");
  if (wrong == http::error::too_many_headers)
    return http::text_response(status, "More than " + std::to_string(allowed.headers) + " fields (http_headers)\n");
  return {.status = status};
}

http::response response_of(http_response from) {
  return {.status = from.status,
          .content_type = from.body.empty() ? std::string{} : std::move(from.content_type),
          .headers = std::move(from.headers),
          .body = std::move(from.body)};
}

}  // namespace

http_exchange::http_exchange(connection& over) : connection_{over}, parser_{over.home().shared().http_limits} {
  connection_.set_deadline(after(over.home().now(), over.home().shared().options.head_timeout));
}

http_exchange::~http_exchange() {
  abandon_caller();
}

void http_exchange::abandon_caller() {
  if (!caller_) return;
  caller_->exchange = nullptr;
  // Later: what it wakes is the user's, and this may be the middle of anything.
  boost::asio::post(connection_.home().executor(),
                    [caller = std::move(caller_)] { caller->gone.emit(boost::asio::cancellation_type::total); });
}

// --- reading ------------------------------------------------------------------------------------------------------

void http_exchange::on_bytes(std::span<char> received) {
  auto& home = connection_.home();
  if (phase_ == phase::reading && parser_.is_idle())
    connection_.set_deadline(after(home.now(), home.shared().options.head_timeout));
  parser_.feed({received.data(), received.size()});
  go_on();
}

// Whoever pipelines without reading waits for room; so does what it sends.
void http_exchange::go_on() {
  process();
  connection_.pause_reading(!can_take_another() && parser_.unread() > most_pipelined);
}

bool http_exchange::can_take_another() const {
  return phase_ == phase::reading && !connection_.is_closing() && !connection_.is_doomed &&
         connection_.queued() < most_unsent;
}

// One request after another, as long as each is answered at once.
void http_exchange::process() {
  while (can_take_another()) {
    const auto next = parser_.next();
    if (!next) return on_error(next.error());
    if (!*next) return;
    if (**next == http::request_parser::event::complete)
      on_complete();
    else
      on_head();
  }
}

void http_exchange::on_head() {
  auto& home = connection_.home();
  home.count(counter::http_requests);
  keep_alive_ = parser_.message().keep_alive && !home.shared().stopping.load(std::memory_order_relaxed);
  plan_ = {};
  auto planned = connection_.from().internal ? std::nullopt : plan_engine();
  follow(planned ? std::move(*planned) : plan_plain());
}

void http_exchange::follow(plan next) {
  plan_ = std::move(next);
  begin();
  if (phase_ == phase::reading) expect_body();
}

// What of the plan does not wait for the body.
void http_exchange::begin() {
  parser_.limit_body(plan_.most_body);
  if (plan_.ends_connection) keep_alive_ = false;
  switch (plan_.what) {
    case plan::step::answer:
    case plan::step::open_session:
    case plan::step::poll: return;
    case plan::step::refuse_upgrade: return write_refusal(plan_.why, plan_.answer->body);
    case plan::step::move:
      phase_ = phase::moving;
      return connection_.move_to(*connection_.home().shared().workers[plan_.to_worker]);
    case plan::step::upgrade: return upgrade();
    case plan::step::post: return begin_post();
    case plan::step::call_route: return begin_route();
  }
}

// RFC 9110 10.1.1: who waits before it sends a body is told to go on, or is answered without it. Nor does anybody else
// whose answer is known send a body that nobody wants: the answer comes at once, and the connection ends behind it.
void http_exchange::expect_body() {
  if (connection_.is_closing() || !parser_.has_body()) return;
  if (plan_.what != plan::step::answer) {
    if (parser_.expects_continue()) connection_.write(http::continue_line);
    return;
  }
  if (parser_.has_whole_body()) return;
  keep_alive_ = false;
  on_complete();
}

void http_exchange::begin_answering() {
  phase_ = phase::answering;
  connection_.clear_deadline();
}

// What of the plan has waited for the body.
void http_exchange::on_complete() {
  begin_answering();
  switch (plan_.what) {
    case plan::step::answer: return answer(std::move(*std::exchange(plan_.answer, nullptr)));
    case plan::step::open_session: return ask_admission({});
    case plan::step::poll: return poll();
    case plan::step::post: return answer_post();
    case plan::step::call_route: return call_route();
    case plan::step::refuse_upgrade:
    case plan::step::move:
    case plan::step::upgrade: return;  // these are no longer read
  }
}

void http_exchange::on_error(http::error wrong) {
  connection_.home().count(counter::http_errors);
  keep_alive_ = false;
  auto refusal = refusal_of(answer_to(wrong, connection_.home().shared().http_limits), to_string(wrong));
  if (wrong == http::error::body_too_large && plan_.of)
    std::exchange(plan_.of, nullptr)->on_post_too_large();
  else
    tell_gone();
  answer(std::move(refusal));
}

void http_exchange::tell_gone() {
  if (plan_.of) std::exchange(plan_.of, nullptr)->on_gone(*this);
}

// What the server says by itself, rather than a route or Engine.IO.
http::response http_exchange::refusal_of(http::response usual, std::string_view what) const {
  if (plan_.of_engine && parser_.has_message()) {
    add_cors(usual.headers);
    return usual;
  }
  const auto& hook = connection_.home().shared().refusal_hook;
  if (!hook) return usual;
  http_response shown{.status = usual.status,
                      .headers = std::move(usual.headers),
                      .body = std::move(usual.body),
                      .content_type = std::move(usual.content_type)};
  try {
    hook(shown, {.status = usual.status, .what = what, .internal = connection_.from().internal});
  } catch (...) {
    connection_.home().note_exception("on_http_refusal", std::current_exception());
  }
  return {.status = usual.status,
          .content_type = std::move(shown.content_type),
          .headers = std::move(shown.headers),
          .body = std::move(shown.body)};
}

// --- answering ----------------------------------------------------------------------------------------------------

http_exchange::plan http_exchange::answer_with(http::response what) {
  return {.what = plan::step::answer, .answer = std::make_unique<http::response>(std::move(what))};
}

http::writing http_exchange::how_to_write() const {
  const auto date = connection_.home().date();
  if (!parser_.has_message()) return {.keep_alive = false, .date = date};
  const auto& request = parser_.message();
  return {.keep_alive = keep_alive_, .head_only = request.method == "HEAD", .version = request.version, .date = date};
}

void http_exchange::answer(http::response what) {
  const auto how = how_to_write();
  std::string bytes;
  if (what.body.size() < large_body || how.head_only) {
    http::append(bytes, what, how);
    connection_.write(bytes);
  } else {  // not copied more often than it has to be
    http::append_head(bytes, what, what.body.size(), how);
    connection_.write(bytes);
    connection_.write(what.body);
  }
  finish_answer();
}

void http_exchange::finish_answer() {
  phase_ = phase::reading;
  was_served_ = true;
  plan_.of = nullptr;
  asked_ = {};
  release(plan_.params);
  if (!keep_alive_) {
    parser_.give_up();
    return connection_.close();
  }
  parser_.start_next();
  const auto& options = connection_.home().shared().options;
  connection_.set_deadline(
      after(connection_.home().now(), parser_.is_idle() ? options.idle_timeout : options.head_timeout));
  // Behind it others may wait. They go on in on_all_sent: whoever answers is busy itself, perhaps with their session.
}

// --- plain routes -------------------------------------------------------------------------------------------------

http_exchange::plan http_exchange::plan_plain() {
  const auto& request = parser_.message();
  auto found = connection_.home().shared().plain.find(request.method, request.path(), connection_.from().internal);
  if (found.found)
    return {.what = plan::step::call_route,
            .to_route = found.found,
            .params = std::move(found.params),
            .most_body = found.found->options.max_body};
  // RFC 9110 9.3.7: the star is the server itself.
  if (request.method == "OPTIONS" && request.path() == "*") return answer_with({.status = 204});
  if (found.allow.empty()) return answer_with(refusal_of(http::text_response(404, "Not Found\n"), "not found"));
  if (request.method == "OPTIONS") return answer_with(http::allowed(std::move(found.allow)));
  auto refusal = http::not_allowed(std::move(found.allow));
  refusal.content_type = "text/plain; charset=utf-8";
  refusal.body = "Method Not Allowed\n";
  return answer_with(refusal_of(std::move(refusal), "method not allowed"));
}

// Whom the route refuses does not send a body first.
void http_exchange::begin_route() {
  connection_.set_deadline(after(connection_.home().now(), connection_.home().shared().options.body_timeout));
  if (parser_.has_whole_body()) return;  // `call_route` asks
  plan_.asked_before_body = true;
  if (auto refusal = refused_by_route(plain_request())) plan_ = answer_with(response_of(std::move(*refusal)));
}

// What the route has against a request.
std::optional<http_response> http_exchange::refused_by_route(const http_request& request) const {
  const auto& refuse = plan_.to_route->options.refuse;
  if (!refuse) return std::nullopt;
  try {
    return refuse(request);
  } catch (...) {
    connection_.home().note_exception("route", std::current_exception());
    return http_response{.status = 500};
  }
}

http_request http_exchange::plain_request() const {
  const auto& from = parser_.message();
  http_request request{.method = std::string{from.method},
                       .path = http::percent_decode(from.path()),
                       .query = {},
                       .params = plan_.params,
                       .headers = {},
                       .body = std::string{from.body},
                       .address = connection_.peer().to_string()};
  const http::query query{from.query()};
  request.query.assign(query.begin(), query.end());
  for (const auto& header : from.headers) request.headers.emplace_back(header.name, header.value);
  return request;
}

void http_exchange::call_route() {
  const auto& handler = plan_.to_route->handler;
  auto& home = connection_.home();
  std::optional<http_response> answered;
  auto request = plain_request();
  if (!plan_.asked_before_body)
    if (auto refusal = refused_by_route(request)) return answer_plain(std::move(*refusal));
  try {
    if (handler.later) return start_route(handler.later(std::move(request)));
    answered = handler.now(request);
  } catch (...) {
    home.note_exception("route", std::current_exception());
  }
  if (!answered) return answer(refusal_of({.status = 500}, "exception"));
  answer_plain(std::move(*answered));
}

void http_exchange::start_route(task<http_response> running) {
  if (!caller_) caller_ = std::make_shared<caller_of_user>(this);
  auto& home = connection_.home();
  auto on_done = [caller = caller_, &home](std::exception_ptr thrown, http_response answered) {
    if (!caller->exchange) return;
    auto& exchange = *caller->exchange;
    if (!thrown) return exchange.answer_plain(std::move(answered));
    home.note_exception("route", thrown);
    exchange.answer(exchange.refusal_of({.status = 500}, "exception"));
  };
  boost::asio::co_spawn(home.executor(), std::move(running),
                        boost::asio::bind_cancellation_slot(caller_->gone.slot(), std::move(on_done)));
}

void http_exchange::answer_plain(http_response from) {
  answer(response_of(std::move(from)));
}

// --- ends ---------------------------------------------------------------------------------------------------------

void http_exchange::on_end(bool) {
  tell_gone();
}

void http_exchange::abort() {
  forget_session();
  connection_.abort();
}

void http_exchange::on_deadline(time_point) {
  if (phase_ == phase::answering) return give_up_admission();  // nothing else that is answered has a time limit here
  if (parser_.is_idle()) return connection_.close();
  connection_.home().count(counter::http_errors);
  tell_gone();
  keep_alive_ = false;
  answer(refusal_of({.status = 408}, "request timeout"));
}

void http_exchange::on_moved() {
  phase_ = phase::reading;
  follow(plan_session_request());
  go_on();
}

void http_exchange::on_all_sent() {
  if (phase_ == phase::reading) go_on();
}

std::size_t http_exchange::held() const {
  return ledger::set_aside(sizeof *this) + parser_.held();
}

// One that is kept alive between two requests may belong to a client that polls.
bool http_exchange::is_unclaimed() const {
  return phase_ == phase::reading && !plan_.of && (!was_served_ || !parser_.is_idle());
}

void http_exchange::on_stop() {
  keep_alive_ = false;
  if (phase_ != phase::answering) connection_.close();
}

}  // namespace encke::net
