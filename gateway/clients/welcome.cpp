// SPDX-License-Identifier: MIT
#include "gateway/clients/welcome.hpp"

#include <atomic>
#include <map>
#include <utility>

#include "gateway/clients/socket_ids.hpp"

namespace encke::gateway {

namespace {

class joins_rooms final : public client_observer {
 public:
  explicit joins_rooms(room_settings rooms) : rooms_{std::move(rooms)} {}
  void on_connect(const socket& one, const guest& who) const override {
    if (!who.user.empty()) one.join(user_room(rooms_.user, who.user));
    one.join(rooms_.house);
  }

 private:
  room_settings rooms_;
};

class counts_presence final : public client_observer {
 public:
  counts_presence(presence& present, const std::vector<std::string>& namespaces) : present_{present} {
    for (const auto& name : namespaces) sockets_.emplace(name, &present.socket_count(name));
  }
  void on_connect(const socket& one, const guest& who) const override {
    sockets_.find(one.nsp())->second->fetch_add(1, std::memory_order_relaxed);
    if (is_online(one, who)) present_.connect(who.user);
  }
  void on_disconnect(const socket& one, const guest& who, reason) const override {
    sockets_.find(one.nsp())->second->fetch_sub(1, std::memory_order_relaxed);
    if (is_online(one, who)) present_.disconnect(who.user);
  }

 private:
  static bool is_online(const socket& one, const guest& who) { return one.nsp() == "/" && !who.user.empty(); }

  presence& present_;
  std::map<std::string, std::atomic<std::size_t>*, std::less<>> sockets_;  // by namespace
};

class logs_clients final : public client_observer {
 public:
  explicit logs_clients(logger& log) : log_{log} {}
  void on_connect(const socket& one, const guest& who) const override {
    if (!log_.is_on(log_level::debug)) return;
    log_.write(log_level::debug, "connected",
               log_fields{}
                   .id(shown_id(one.id()))
                   .user(who.user)
                   .address(one.handshake().address)
                   .add("namespace", one.nsp()));
  }
  // A slow reader is told of at the usual level, with its user: the library's record has only socket and address.
  void on_disconnect(const socket& one, const guest& who, reason why) const override {
    const auto level = why == reason::slow_reader ? log_level::info : log_level::debug;
    if (!log_.is_on(level)) return;
    log_.write(
        level, "disconnected",
        log_fields{}.id(shown_id(one.id())).user(who.user).add("namespace", one.nsp()).add("reason", to_string(why)));
  }

 private:
  logger& log_;
};

class greets final : public client_observer {
 public:
  void on_connect(const socket& one, const guest& who) const override {
    one.emit("debug", "Your uid is " + who.user + ", sid is " + std::string{one.id()});
  }
};

}  // namespace

std::shared_ptr<const client_observer> room_joiner(room_settings rooms) {
  return std::make_shared<joins_rooms>(std::move(rooms));
}
std::shared_ptr<const client_observer> presence_counter(presence& present, const std::vector<std::string>& namespaces) {
  return std::make_shared<counts_presence>(present, namespaces);
}
std::shared_ptr<const client_observer> client_log(logger& log) {
  return std::make_shared<logs_clients>(log);
}
std::shared_ptr<const client_observer> debug_greeter() {
  return std::make_shared<greets>();
}

void log_debug_events(server& io, const std::vector<std::string>& namespaces, logger& log) {
  for (const auto& name : namespaces)
    io.of(name).on("debug", [&log](socket one, arguments said) {
      log.write(log_level::info, "debug event",
                log_fields{}.id(shown_id(one.id())).user(one.data<guest>().user).add("arguments", said.text()));
    });
}

}  // namespace encke::gateway
