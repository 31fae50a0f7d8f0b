// SPDX-License-Identifier: MIT
#include <base/random.hpp>
#include <boost/asio/co_spawn.hpp>
#include <encke/admission.hpp>
#include <exception>
#include <hub/client.hpp>
#include <hub/dispatch.hpp>
#include <hub/reading.hpp>
#include <hub/shard.hpp>
#include <socketio/packet.hpp>

namespace encke::hub {

namespace {

// The id of an old client is its session's, which is a bearer secret: its beginning is enough to tell lines apart.
std::string_view logged_id(std::string_view id) {
  if (random::worker_of(id) == random::no_worker) return id;
  return id.substr(0, id.rfind('#') + 1 + 8);  // behind the namespace, if that is in front
}

void note_mistyped(const socket& who, std::string_view event, const detail::misfit& bad) {
  const auto& home = who.state()->home;
  home.env().count(counter::events_mistyped);
  if (!home.owner().is_heard()) return;
  const auto what = in_words(bad);
  home.owner().log(log_level::debug, "an event's arguments do not fit its handler",
                   {{"id", who.id()}, {"nsp", who.nsp()}, {"handler", event}, {"what", what}});
  home.owner().report({.type = fault::kind::mistyped,
                       .handler = event,
                       .what = what,
                       .socket = who,
                       .argument = bad.argument,
                       .member = bad.member});
}

void note_refused(const socket& who, std::string_view event, std::string_view why) {
  const auto& home = who.state()->home;
  home.env().count(counter::events_refused);
  home.owner().report({.type = fault::kind::refused, .handler = event, .what = why, .socket = who});
}

const admission failed = refuse("Internal error");

const middleware* nth_middleware(const nsp_core& nsp, std::size_t n) {
  const auto& common = nsp.owner().middlewares();
  if (n < common.size()) return &common[n];
  n -= common.size();
  const auto& own = nsp.registered().middlewares;
  return n < own.size() ? &own[n] : nullptr;
}

void decide(const socket_ptr& socket, const admission& decision) {
  if (socket->owner) socket->owner->on_admission(socket, decision);
}

// From the first middleware that waits on, the rest runs in one coroutine.
task<void> run_waiting(socket_ptr state, std::size_t from) {
  const socket handle{state};
  for (std::size_t n = from;; ++n) {
    const auto* check = nth_middleware(state->nsp, n);
    if (!check || !state->owner) break;
    admission decision;
    try {
      if (check->now)
        decision = check->now(handle);
      else
        decision = co_await check->later(handle);
    } catch (...) {
      note_exception(handle, "middleware", std::current_exception());
      decision = failed;
    }
    if (!decision.is_admitted()) {
      decide(state, decision);
      co_return;
    }
  }
  decide(state, admit);
}

// --- events -------------------------------------------------------------------------------------------------------

void call_handler(const detail::event_call& call) {
  const auto& state = *call.who.state();
  const auto& nsp = state.nsp.registered();
  const auto* handler = nsp.handler(call.event);
  if (!handler && nsp.unhandled) handler = &nsp.unhandled;
  if (!handler) return state.home.env().count(counter::events_unhandled);
  guarded(call.who, call.event, [&] {
    if (const auto bad = (*handler)(call)) note_mistyped(call.who, call.event, *bad);
  });
}

// From the first middleware that waits on, the rest runs in one coroutine, with an event of its own.
task<void> check_waiting(socket who, event given, std::optional<std::uint64_t> ack_id, std::size_t from) {
  const auto& checks = who.state()->nsp.registered().event_middlewares;
  for (auto n = from; n < checks.size() && who.is_connected(); ++n) {
    auto copy = given;
    admission decision;
    if (checks[n].now)
      decision = checks[n].now(who, given);
    else
      decision = co_await checks[n].later(who, std::move(copy));
    if (!decision.is_admitted()) {
      note_refused(who, given.name, decision.why().message);
      co_return;
    }
  }
  const detail::event_call call{who, given.name, given.args.text(), given.args.attachments(), ack_id};
  if (who.is_connected()) call_handler(call);
}

void check_and_call(const detail::event_call& call, event given) {
  const auto& checks = call.who.state()->nsp.registered().event_middlewares;
  for (std::size_t n = 0; n < checks.size(); ++n) {
    if (!checks[n].now) {
      auto name = given.name;
      return detail::spawn(call.who, std::move(name), check_waiting(call.who, std::move(given), call.ack_id, n));
    }
    admission decision = failed;
    guarded(call.who, given.name, [&] { decision = checks[n].now(call.who, given); });
    if (!decision.is_admitted()) return note_refused(call.who, given.name, decision.why().message);
    if (!call.who.is_connected()) return;
  }
  call_handler(call);
}

}  // namespace

void note_exception(const socket& who, std::string_view where, const std::exception_ptr& thrown) {
  const auto& home = who.state()->home;
  home.env().count(counter::handler_errors);
  const auto what = words_of(thrown);
  home.owner().log(log_level::error, "exception in a handler",
                   {{"id", logged_id(who.id())}, {"nsp", who.nsp()}, {"handler", where}, {"what", what}});
  home.owner().report({.handler = where, .what = what, .socket = who, .thrown = thrown});
}

nsp_ptr find_child(shard& home, std::string_view name, const handshake& sent) {
  nsp_ptr found;
  guarded_hook(home.owner(), "of_matching", [&] { found = home.owner().child(name, sent); });
  return found;
}

void run_middleware(socket_ptr state) {
  const socket handle{state};
  for (std::size_t n = 0;; ++n) {
    const auto* check = nth_middleware(state->nsp, n);
    if (!check) break;
    if (!check->now) return detail::spawn(handle, "middleware", run_waiting(state, n));
    admission decision = failed;
    guarded(handle, "middleware", [&] { decision = check->now(handle); });
    if (!decision.is_admitted() || !state->owner) return decide(state, decision);
  }
  decide(state, admit);
}

void call_connect_handlers(const socket_ptr& state) {
  const socket handle{state};
  for (const auto& handler : state->nsp.registered().connect_handlers) {
    if (!state->owner) return;  // an earlier one disconnected it
    guarded(handle, "connect", [&] { handler(handle); });
  }
}

void call_upgrade_handlers(const socket_ptr& state) {
  const socket handle{state};
  for (const auto& handler : state->nsp.registered().upgrade_handlers)
    guarded(handle, "upgrade", [&] { handler(handle); });
}

void note_thrown(const core& owner, std::string_view hook, const std::exception_ptr& thrown) {
  for (const auto* one : owner.shards())
    if (one->is_here()) one->env().count(counter::handler_errors);
  const auto what = words_of(thrown);
  owner.log(log_level::error, "exception in a handler", {{"handler", hook}, {"what", what}});
  owner.report({.handler = hook, .what = what, .thrown = thrown});
}

void call_disconnect_handlers(const socket_ptr& state, std::span<const disconnect_handler> handlers, reason why) {
  const socket handle{state};
  for (const auto& handler : handlers) guarded(handle, "disconnect", [&] { handler(handle, why); });
}

void call_event_handler(socket_state& state, const socketio::packet& received) {
  state.home.env().count(counter::events_received);
  const socket handle{hub::socket_ptr{&state}};
  const detail::event_call call{handle, received.event, received.args, received.attachments, received.id};
  if (state.nsp.registered().any_handlers.empty() && state.nsp.registered().event_middlewares.empty())
    return call_handler(call);
  event given{std::string{received.event}, detail::all_of(call)};
  for (const auto& see : state.nsp.registered().any_handlers)
    guarded(handle, given.name, [&] { see(handle, given.name, given.args); });
  check_and_call(call, std::move(given));
}

}  // namespace encke::hub

namespace encke::detail {

void spawn(const socket& who, std::string handler, task<void> running) {
  boost::asio::co_spawn(who.state()->home.env().executor(), std::move(running),
                        [who, handler = std::move(handler)](std::exception_ptr thrown) {
                          if (thrown) hub::note_exception(who, handler, thrown);
                        });
}

}  // namespace encke::detail
