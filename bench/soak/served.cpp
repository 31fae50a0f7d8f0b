// SPDX-License-Identifier: MIT
#include "bench/soak/served.hpp"

#include "bench/soak/cycles.hpp"
#include "bench/soak/nuisances.hpp"
#include "bench/soak/tokens.hpp"
#include "gateway/clients/welcome.hpp"
#include "gateway/process/allocator.hpp"

namespace encke::soak {

namespace {

using namespace std::chrono_literals;

// The gateway's own settings, but for heartbeats that do not make a run wait long for clients that have vanished.
options settings(unsigned workers, limits how, const gateway::logger& log) {
  options o;
  o.threads = workers;
  o.handle_signals = false;
  o.ping_interval = 2s;
  o.ping_timeout = 1s;
  o.allow_eio3 = true;
  o.keep_handshake = false;
  o.memory.purge = gateway::allocator::purge;
  o.log = log.hook();
  if (how == limits::usual) return o;
  o.head_timeout = 2s;
  o.body_timeout = 2s;
  o.connect_timeout = 2s;
  o.upgrade_timeout = 2s;
  o.max_payload = tight_payload;
  o.outbox_bytes = 4 * tight_payload;
  return o;
}

gateway::log_settings warnings_only() {
  gateway::log_settings l;
  l.level = log_level::warning;
  return l;
}

gateway::auth_settings auth(bool later) {
  const auto tokens = token_options(later);
  gateway::auth_settings a;
  a.accepted = {tokens.secret};
  a.sources = tokens.lookup;
  a.user_claim = tokens.user_claim;
  a.issuer = tokens.issuer;
  a.audience = tokens.audience;
  return a;
}

task<void> ask(socket one) {
  const auto answered = co_await one.timeout(1s).ask("question", 1);
  if (answered) one.emit("answered", *answered);
}

}  // namespace

served::served(unsigned workers, bool later, const tls_options& files, limits how)
    : log_{warnings_only()}, io_{settings(workers, how, log_)}, door_{auth(later), log_, refused_} {
  door_.guard(io_);
  const std::vector<std::string> namespaces{"/", std::string{second_namespace}};
  gateway::watch_clients(
      io_, namespaces,
      {gateway::room_joiner({}), gateway::presence_counter(present_, namespaces), gateway::client_log(log_)});
  add_events();
  port_ = io_.listen({.address = "127.0.0.1"});
  tls_port_ = io_.listen({.address = "127.0.0.1", .tls = files});
  thread_ = std::thread{[this] { io_.run(); }};
}

served::~served() {
  io_.stop(0ms);
  thread_.join();
}

// One push to all of a user's sockets; now and then to everybody. What is returned is the ack.
void served::add_events() {
  io_.of("/").on(push_event, [this](socket asking, std::string user) {
    asking.join("room of " + user);
    io_.to(gateway::user_room(gateway::room_settings{}.user, user)).emit(pushed_event, user, 1);
    if (user.ends_with("00")) io_.to(gateway::room_settings{}.house).emit(pushed_event, "everybody", 2);
    return user;
  });
  io_.of("/").on(ask_event, ask);
  io_.of("/").on(burst_event, [](const socket& asking) {
    for (int i = 0; i < burst_size; ++i) asking.emit(pushed_event, i, std::string(1000, 'x'));
  });
  io_.of("/").on(flood_event, [](const socket& asking) {
    for (int i = 0; i < 10; ++i) asking.emit(pushed_event, std::string(tight_payload, 'x'));
  });
}

bool served::is_quiet() const {
  const auto now = io_.stats();
  return now.connections == 0 && now.sessions == 0 && now.sockets == 0 && present_.users() == 0;
}

}  // namespace encke::soak
