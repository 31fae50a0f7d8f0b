// SPDX-License-Identifier: MIT
// A server with the HTTP API on loopback, and clients of it. A client says by ?user= who it is; it joins its user's
// room and "house", as behind the gateway's door. When a test is over, the ledger is as before.
#pragma once

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/json.hpp>
#include <encke/encke.hpp>
#include <functional>
#include <memory>
#include <mutex>
#include <string>
#include <thread>
#include <vector>

#include "gateway/api/api.hpp"
#include "gateway/clients/guest.hpp"
#include "gateway/debug/debug.hpp"
#include "support/engine_client.hpp"
#include "support/eventually.hpp"
#include "support/ledger_check.hpp"

namespace encke::gateway::test {

using encke::test::engine_client;
using encke::test::eventually;
using encke::test::scripted_peer;
using json = boost::json::value;

struct reply {
  unsigned status = 0;
  json body;
  encke::test::http_answer raw;

  /// The details of all faults, in order.
  [[nodiscard]] std::vector<std::string> faults() const {
    std::vector<std::string> all;
    if (const auto* errors = body.if_object() ? body.get_object().if_contains("errors") : nullptr)
      for (const auto& one : errors->as_array()) all.emplace_back(one.at("detail").as_string());
    return all;
  }
};

/// A client in one namespace, by WebSocket unless told otherwise.
class app_client {
 public:
  app_client(std::uint16_t port, const std::string& user, const std::string& nsp = "/",
             encke::test::way how = encke::test::websocket_way)
      : engine_{std::make_unique<engine_client>(port, how, user.empty() ? "" : "&user=" + user)} {
    const auto connected = engine_->join(nsp);  // 40{"sid":"..."}
    id_ = boost::json::parse(connected.substr(connected.find('{'))).at("sid").as_string();
  }

  [[nodiscard]] const std::string& id() const { return id_; }
  /// The next packet that is no heartbeat: `42["event"]`; "ended" if there will be none.
  std::string receive() { return engine_->receive_message(); }
  void send(std::string_view packet) { engine_->send(packet); }
  engine_client& engine() { return *engine_; }

 private:
  std::unique_ptr<engine_client> engine_;
  std::string id_;
};

class api_test : public testing::Test {
 protected:
  ~api_test() override { stop(); }

  void stop() {
    if (!thread_.joinable()) return;
    io_->stop(std::chrono::milliseconds{500});
    thread_.join();
    io_.reset();
    EXPECT_EQ(present_.users(), 0U);
  }

  /// Starts the server with these options of the API.
  void start(api_options options = {}, bool debug = false) {
    encke::options how;
    how.threads = 2;
    how.handle_signals = false;
    how.allow_eio3 = true;
    io_ = std::make_unique<server>(std::move(how));
    for (const auto* name : {"/", "/chat"}) {
      auto& here = present_.socket_count(name);
      io_->of(name).on_connect([this, &here](const socket& s) {
        ++here;
        welcome(s);
      });
      io_->of(name).on_disconnect([this, &here](const socket& s, reason) {
        --here;
        see_off(s);
      });
    }
    options.log = [this](const log_record& record) { note(record); };
    add_api(*io_, options, present_);
    if (debug) add_debug(*io_, options, present_);
    port_ = io_->listen({.address = "127.0.0.1"});
    api_port_ = io_->listen({.address = "127.0.0.1", .internal = true});
    thread_ = std::thread{[this] { io_->run(); }};
  }

  reply call(std::string_view method, std::string_view target, std::string_view body = {},
             std::string_view headers = {}) {
    scripted_peer peer{api_port_};
    reply said;
    said.raw = peer.request(method, target, body, headers);
    said.status = said.raw.status;
    if (said.raw.header("content-type").find("json") != std::string::npos) said.body = parsed(said.raw.body);
    return said;
  }
  reply get(std::string_view target) { return call("GET", target); }
  reply post(std::string_view target, std::string_view body) {
    return call("POST", target, body, "Content-Type: application/json\r\n");
  }

  /// null for what Boost.JSON cannot hold.
  static json parsed(const std::string& text) {
    boost::system::error_code failed;
    return boost::json::parse(text, failed);
  }

  app_client connect(const std::string& user, const std::string& nsp = "/") { return {port_, user, nsp}; }

  [[nodiscard]] std::uint16_t port() const { return port_; }
  [[nodiscard]] std::uint16_t api_port() const { return api_port_; }
  presence& present() { return present_; }
  /// What was logged, one line each: "message name=value ...".
  std::vector<std::string> logged() {
    const std::lock_guard hold{lock_};
    return lines_;
  }

 private:
  void welcome(const socket& s) {
    s.join("house");
    const auto user = s.handshake().query_value("user");
    if (!user) return;
    s.data<guest>().user = *user;
    s.join("user:" + std::string{*user});
    if (s.nsp() == "/") present_.connect(*user);
  }
  void see_off(const socket& s) {
    if (const auto& user = s.data<guest>().user; !user.empty() && s.nsp() == "/") present_.disconnect(user);
  }
  void note(const log_record& record) {
    std::string line{record.message};
    for (const auto& [name, value] : record.fields) line.append(" ").append(name).append("=").append(value);
    const std::lock_guard hold{lock_};
    lines_.push_back(std::move(line));
  }

  encke::test::ledger_check whole_{"the server"};
  presence present_;
  std::unique_ptr<server> io_;
  std::uint16_t port_ = 0;
  std::uint16_t api_port_ = 0;
  std::thread thread_;
  std::mutex lock_;
  std::vector<std::string> lines_;
};

}  // namespace encke::gateway::test
