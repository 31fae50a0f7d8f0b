// SPDX-License-Identifier: MIT
#include "gateway/clients/welcome.hpp"

#include <encke/jwt.hpp>

#include "gateway/clients/socket_ids.hpp"

namespace encke::gateway {

namespace {

// What is kept for each socket: its user, for the time when the handshake is gone.
struct guest {
  std::string user;
};

void welcome(const socket& one, const welcome_settings& settings, logger& log) {
  auto& self = one.data<guest>();
  self.user = jwt::user_of(one);
  if (!self.user.empty()) one.join(user_room(settings.rooms.user, self.user));
  one.join(settings.rooms.house);
  if (log.is_on(log_level::debug))
    log.write(log_level::debug, "connected",
              log_fields{}
                  .id(shown_id(one.id()))
                  .user(self.user)
                  .address(one.handshake().address)
                  .add("namespace", one.nsp()));
  if (settings.debug) one.emit("debug", "Your uid is " + self.user + ", sid is " + std::string{one.id()});
}

// A slow reader is told of at the usual level, with its user: the library's record has only socket and address.
void see_off(const socket& one, reason why, logger& log) {
  const auto level = why == reason::slow_reader ? log_level::info : log_level::debug;
  if (!log.is_on(level)) return;
  log.write(level, "disconnected",
            log_fields{}
                .id(shown_id(one.id()))
                .user(one.data<guest>().user)
                .add("namespace", one.nsp())
                .add("reason", to_string(why)));
}

}  // namespace

void welcome_clients(server& io, const welcome_settings& settings, presence& present, logger& log) {
  for (const auto& name : settings.namespaces) {
    auto& nsp = io.of(name);
    const bool counts = nsp.name() == "/";
    auto& here = present.socket_count(nsp.name());
    nsp.on_connect([settings, counts, &here, &present, &log](const socket& one) {
      here.fetch_add(1, std::memory_order_relaxed);
      welcome(one, settings, log);
      if (const auto& user = one.data<guest>().user; counts && !user.empty()) present.connect(user);
    });
    nsp.on_disconnect([counts, &here, &present, &log](const socket& one, reason why) {
      here.fetch_sub(1, std::memory_order_relaxed);
      if (const auto& user = one.data<guest>().user; counts && !user.empty()) present.disconnect(user);
      see_off(one, why, log);
    });
    if (!settings.debug) continue;
    nsp.on("debug", [&log](socket one, arguments said) {
      log.write(log_level::info, "debug event",
                log_fields{}.id(shown_id(one.id())).user(one.data<guest>().user).add("arguments", said.text()));
    });
  }
}

}  // namespace encke::gateway
