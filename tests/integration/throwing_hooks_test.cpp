// SPDX-License-Identifier: MIT
// Every hook that a user gives may throw: the server tells of it, and serves others as before.
#include <gtest/gtest.h>

#include <atomic>
#include <encke/parser.hpp>
#include <mutex>
#include <set>

#include "support/engine_client.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;

// Throws what nobody would expect, as long as it is set.
class trap {
 public:
  void operator()() const {
    if (!set_) return;
    ++sprung_;
    throw 1;
  }
  void unset() { set_ = false; }
  [[nodiscard]] int sprung() const { return sprung_; }

 private:
  std::atomic<bool> set_{true};
  mutable std::atomic<int> sprung_{0};
};

// Packets as they are in the protocol, without attachments; each of its functions may have a trap.
class parser_with_traps final : public parser {
 public:
  struct traps {
    const trap *encode = nullptr, *make = nullptr, *add = nullptr, *held = nullptr;
  };
  explicit parser_with_traps(traps at) : at_{at} {}

  [[nodiscard]] encoded encode(const packet& from) const override {
    if (at_.encode) (*at_.encode)();
    auto text = std::to_string(static_cast<int>(from.type));
    if (from.nsp != "/") text += from.nsp + ",";
    if (from.id) text += std::to_string(*from.id);
    const bool is_list = from.type == packet::kind::event || from.type == packet::kind::ack;
    return {is_list ? text + "[" + from.data + "]" : text + from.data, {}};
  }
  [[nodiscard]] std::unique_ptr<decoder> make_decoder(const packet_limits&) const override {
    if (at_.make) (*at_.make)();
    return std::make_unique<decoder_with_traps>(at_);
  }

 private:
  struct decoder_with_traps final : decoder {
    explicit decoder_with_traps(traps of) : at{of} {}
    result<std::optional<packet>, std::string> add(std::string_view message, bool) override {
      if (at.add) (*at.add)();
      if (message.empty() || message.front() < '0' || message.front() > '4') return std::string{"no packet"};
      packet made;
      made.type = static_cast<packet::kind>(message.front() - '0');
      message.remove_prefix(1);
      made.nsp = "/";
      if (message.starts_with('/')) {
        made.nsp = message.substr(0, message.find(','));
        message.remove_prefix(made.nsp.size() + 1);
      }
      if (message.starts_with('[')) message = message.substr(1, message.size() - 2);
      made.data = message;
      return std::optional{std::move(made)};
    }
    [[nodiscard]] std::size_t held() const override {
      if (at.held) (*at.held)();
      return 0;
    }
    traps at;
  };
  traps at_;
};

struct hook {
  std::string name;
  std::function<void(server&, const trap&)> give = [](server&, const trap&) {};
  std::string fault{};  ///< what on_error is told of; "": nothing
  std::function<void(options&, const trap&)> choose = [](options&, const trap&) {};
};

template <class... Given>
auto throwing(const trap& at) {
  return [&at](const Given&...) { at(); };
}
admission admitted(const trap& at) {
  at();
  return admit;
}
task<admission> admitted_later(const trap& at) {
  at();
  co_return admit;
}
task<void> thrown_later(const trap& at) {
  at();
  co_return;
}
auto by_parser(parser_with_traps::traps (*traps)(const trap&)) {
  return [traps](options& o, const trap& at) { o.parser = std::make_shared<parser_with_traps>(traps(at)); };
}

const hook every_hook[] = {
    {"allow_request", [](server& io, const trap& at) { io.allow_request([&at](handshake&) { return admitted(at); }); },
     "allow_request"},
    {"allow_request_later",
     [](server& io, const trap& at) { io.allow_request([&at](handshake&) { return admitted_later(at); }); },
     "allow_request"},
    {"use", [](server& io, const trap& at) { io.use([&at](const socket&) { return admitted(at); }); }, "middleware"},
    {"use_later", [](server& io, const trap& at) { io.use([&at](socket) { return admitted_later(at); }); },
     "middleware"},
    {"use_event",
     [](server& io, const trap& at) { io.of("/").use_event([&at](socket, event) { return admitted(at); }); }, "echo"},
    {"use_event_later",
     [](server& io, const trap& at) { io.of("/").use_event([&at](socket, event) { return admitted_later(at); }); },
     "echo"},
    {"on", [](server& io, const trap& at) { io.of("/").on("own", [&at](const socket&) { at(); }); }, "own"},
    {"on_later", [](server& io, const trap& at) { io.of("/").on("own", [&at](socket) { return thrown_later(at); }); },
     "own"},
    {"on_any", [](server& io, const trap& at) { io.of("/").on_any(throwing<socket, std::string_view, arguments>(at)); },
     "echo"},
    {"on_unhandled",
     [](server& io, const trap& at) {
       io.of("/").on_unhandled([&at](const socket&, std::string_view, const arguments&) { at(); });
     },
     "own"},
    {"on_unhandled_later",
     [](server& io, const trap& at) {
       io.of("/").on_unhandled([&at](const socket&, std::string_view, const arguments&) { return thrown_later(at); });
     },
     "own"},
    {"on_connect", [](server& io, const trap& at) { io.of("/").on_connect(throwing<socket>(at)); }, "connect"},
    {"on_connect_later",
     [](server& io, const trap& at) { io.of("/").on_connect([&at](socket) { return thrown_later(at); }); }, "connect"},
    {"on_disconnecting", [](server& io, const trap& at) { io.of("/").on_disconnecting(throwing<socket, reason>(at)); },
     "disconnect"},
    {"on_disconnect", [](server& io, const trap& at) { io.of("/").on_disconnect(throwing<socket, reason>(at)); },
     "disconnect"},
    {"on_upgrade", [](server& io, const trap& at) { io.of("/").on_upgrade(throwing<socket>(at)); }, "upgrade"},
    {"on_create_room", [](server& io, const trap& at) { io.of("/").on_create_room(throwing<room_event>(at)); }, "room"},
    {"on_delete_room", [](server& io, const trap& at) { io.of("/").on_delete_room(throwing<room_event>(at)); }, "room"},
    {"on_join_room", [](server& io, const trap& at) { io.of("/").on_join_room(throwing<room_event>(at)); }, "room"},
    {"on_leave_room", [](server& io, const trap& at) { io.of("/").on_leave_room(throwing<room_event>(at)); }, "room"},
    {"on_any_outgoing", [](server& io, const trap& at) { io.of("/").on_any_outgoing(throwing<outgoing>(at)); },
     "any_outgoing"},
    {"of_matching",
     [](server& io, const trap& at) {
       io.of_matching([&at](std::string_view, const handshake&) {
         at();
         return true;
       });
     },
     "of_matching"},
    {"on_new_namespace",
     [](server& io, const trap& at) {
       io.of_matching([](std::string_view, const handshake&) { return true; });
       io.on_new_namespace(throwing<std::string_view>(at));
     },
     "new_namespace"},
    {"connection_error",
     [](server& io, const trap& at) { io.engine({.connection_error = throwing<connection_error>(at)}); },
     "connection_error"},
    {"initial_headers",
     [](server& io, const trap& at) { io.engine({.initial_headers = throwing<http_headers, http_request>(at)}); },
     "headers"},
    {"headers", [](server& io, const trap& at) { io.engine({.headers = throwing<http_headers, http_request>(at)}); },
     "headers"},
    {"on_http_refusal",
     [](server& io, const trap& at) { io.on_http_refusal(throwing<http_response, http_refusal>(at)); },
     "on_http_refusal"},
    {"route",
     [](server& io, const trap& at) {
       io.route("GET", "/route", [&at](const http_request&) {
         at();
         return http_response{};
       });
     },
     "route"},
    {"route_later",
     [](server& io, const trap& at) {
       io.route("GET", "/route", [&at](http_request) -> task<http_response> {
         at();
         co_return http_response{};
       });
     },
     "route"},
    {"route_refusal",
     [](server& io, const trap& at) {
       io.route("GET", "/route", [](const http_request&) { return http_response{}; },
                {.refuse = [&at](const http_request&) -> std::optional<http_response> {
                  at();
                  return std::nullopt;
                }});
     },
     "route"},
    {"collect",
     [](server& io, const trap& at) {
       io.of("/").on("own", [&io, &at](socket) -> task<void> {
         auto collecting = io.everyone().collect(9, [&at](const socket& one) {
           at();
           return one.is_connected();
         });
         co_await std::move(collecting);
       });
     },
     "collect"},
    {"spawn",
     [](server& io, const trap& at) { io.of("/").on("own", [&io, &at](socket) { io.spawn(thrown_later(at)); }); },
     "spawn"},
    {.name = "memory_used",
     .fault = "memory.used",
     .choose =
         [](options& o, const trap& at) {
           o.memory.limit = std::size_t{1} << 50;
           o.memory.interval = 10ms;
           o.memory.used = [&at] { return at(), std::size_t{7}; };
         }},
    {.name = "memory_purge",
     .give = [](server& io, const trap&) { io.of("/").on("own", [&io](socket) { io.purge(); }); },
     .fault = "memory.purge",
     .choose = [](options& o, const trap& at) { o.memory.purge = [&at] { at(); }; }},
    {.name = "log", .choose = [](options& o, const trap& at) { o.log = throwing<log_record>(at); }},
    {"on_error",
     [](server& io, const trap& at) {
       io.on_error(throwing<fault>(at));
       io.of("/").on("own", [](socket) { throw 1; });
     }},
    {.name = "parser_make_decoder", .fault = "parser", .choose = by_parser([](const trap& at) {
                                                         return parser_with_traps::traps{.make = &at};
                                                       })},
    {.name = "parser_encode", .fault = "parser", .choose = by_parser([](const trap& at) {
                                                   return parser_with_traps::traps{.encode = &at};
                                                 })},
    {.name = "parser_decode",
     .fault = "",  // as bytes that are no packet: clients may cause it
     .choose = by_parser([](const trap& at) { return parser_with_traps::traps{.add = &at}; })},
    {.name = "parser_held", .fault = "", .choose = by_parser([](const trap& at) {
                                           return parser_with_traps::traps{.held = &at};
                                         })},
};

class every_throwing_hook : public testing::TestWithParam<hook> {
 protected:
  // Whoever is refused tries the next thing.
  template <class Step>
  static void attempt(Step&& step) {
    try {
      step();
    } catch (const std::runtime_error&) {
    }
  }
  // Whatever a client can do, for each hook to be called.
  static void visit(std::uint16_t port) {
    attempt([&] {
      engine_client one{port, polling};
      one.join();
      one.upgrade();
    });
    attempt([&] {
      engine_client one{port, websocket_way};
      one.join();
      one.send_all({R"(42["echo",1])", R"(42["own"])", "40/child,"});
      one.send("4x");  // no packet
      while (one.receive() != "ended") continue;
    });
    scripted_peer peer{port};
    for (const auto* path : {"/route", "/nowhere", "/socket.io/?EIO=4&transport=pigeon"})
      (void)peer.request("GET", path);
  }
  static void serve(server& io) {
    io.of("/").on_connect([](const socket& one) {
      one.join("room");
      one.emit("welcome");
    });
    io.of("/").on("echo", [](socket, arguments all) { return all; });
  }
};

TEST_P(every_throwing_hook, harms_nobody_else) {
  const auto& subject = GetParam();
  trap at;
  std::mutex lock;
  std::set<std::string> faults;
  auto o = test_options();
  subject.choose(o, at);
  server_fixture server{o};
  subject.give(server.io(), at);
  if (subject.name != "on_error")
    server.io().on_error([&](const fault& one) {
      const std::lock_guard hold{lock};
      faults.emplace(one.handler);
    });
  serve(server.io());
  server.start();
  visit(server.port());
  EXPECT_TRUE(eventually([&] { return at.sprung() > 0; }));
  EXPECT_TRUE(subject.fault.empty() || server.reaches(counter::handler_errors, 1));
  at.unset();

  engine_client other{server.port(), websocket_way};
  EXPECT_EQ(other.join().substr(0, 2), "40");
  EXPECT_EQ(other.receive_message(), R"(42["welcome"])");
  if (!o.parser) {
    other.send(R"(427["echo",1])");
    EXPECT_EQ(other.receive_message(), "437[1]");
  }
  server.stop();
  EXPECT_TRUE(subject.fault.empty() || faults.contains(subject.fault)) << testing::PrintToString(faults);
}

INSTANTIATE_TEST_SUITE_P(of, every_throwing_hook, testing::ValuesIn(every_hook),
                         [](const auto& one) { return one.param.name; });

}  // namespace
}  // namespace encke::test
