// SPDX-License-Identifier: MIT
#include <boost/asio/co_spawn.hpp>
#include <encke/admission.hpp>
#include <exception>
#include <hub/client.hpp>
#include <hub/dispatch.hpp>
#include <hub/shard.hpp>
#include <socketio/packet.hpp>

namespace encke::hub {

namespace {

void note_exception(const socket_state& socket, std::string_view where, const std::exception_ptr& thrown) {
  socket.home.env().count(counter::handler_errors);
  socket.home.owner().log(
      log_level::error, "exception in a handler",
      {{"id", socket.id}, {"nsp", socket.nsp.name()}, {"handler", where}, {"what", words_of(thrown)}});
}

template <class Call>
void guarded(const socket_state& socket, std::string_view where, Call&& call) {
  try {
    call();
  } catch (...) {
    note_exception(socket, where, std::current_exception());
  }
}

const admission failed = refuse("Internal error");

const middleware* nth_middleware(const nsp_core& nsp, std::size_t n) {
  const auto& common = nsp.owner().middlewares();
  if (n < common.size()) return &common[n];
  n -= common.size();
  return n < nsp.middlewares.size() ? &nsp.middlewares[n] : nullptr;
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
      note_exception(*state, "middleware", std::current_exception());
      decision = failed;
    }
    if (!decision.is_admitted()) {
      decide(state, decision);
      co_return;
    }
  }
  decide(state, admit);
}

}  // namespace

void run_middleware(socket_ptr state) {
  const socket handle{state};
  for (std::size_t n = 0;; ++n) {
    const auto* check = nth_middleware(state->nsp, n);
    if (!check) break;
    if (!check->now) return detail::spawn(handle, run_waiting(state, n));
    admission decision = failed;
    guarded(*state, "middleware", [&] { decision = check->now(handle); });
    if (!decision.is_admitted() || !state->owner) return decide(state, decision);
  }
  decide(state, admit);
}

void call_connect_handlers(const socket_ptr& state) {
  const socket handle{state};
  for (const auto& handler : state->nsp.connect_handlers) {
    if (!state->owner) return;  // an earlier one disconnected it
    guarded(*state, "connect", [&] { handler(handle); });
  }
}

void call_disconnect_handlers(const socket_ptr& state, reason why) {
  const socket handle{state};
  for (const auto& handler : state->nsp.disconnect_handlers)
    guarded(*state, "disconnect", [&] { handler(handle, why); });
}

void call_event_handler(socket_state& state, const socketio::packet& received) {
  auto& env = state.home.env();
  env.count(counter::events_received);
  const socket handle{hub::socket_ptr{&state}};
  if (const auto* handler = state.nsp.handler(received.event)) {
    guarded(state, received.event, [&] {
      if (!(*handler)({handle, received.args, received.attachments, received.id})) env.count(counter::events_mistyped);
    });
    return;
  }
  if (!state.nsp.any_handler) return env.count(counter::events_unhandled);
  guarded(state, received.event, [&] {
    const arguments list{std::string{received.args}, {received.attachments.begin(), received.attachments.end()}};
    state.nsp.any_handler(handle, received.event, list);
  });
}

}  // namespace encke::hub

namespace encke::detail {

void spawn(const socket& who, task<void> running) {
  const auto state = who.state();
  boost::asio::co_spawn(state->home.env().executor(), std::move(running), [state](std::exception_ptr thrown) {
    if (thrown) hub::note_exception(*state, "coroutine", thrown);
  });
}

}  // namespace encke::detail
