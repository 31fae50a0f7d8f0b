// SPDX-License-Identifier: MIT
// Servers with a parser: one of these tests' own, which sends packets as JSON objects in text, and MessagePack.
#include <gtest/gtest.h>

#include <atomic>
#include <boost/json/parse.hpp>
#include <boost/json/serialize.hpp>
#include <encke/parser.hpp>

#include "support/engine_client.hpp"
#include "support/server_fixture.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
using namespace std::string_literals;

/// Packets as `{"type":2,"nsp":"/","data":["x"]}`; attachments follow one by one, their number as "attachments".
class object_parser final : public parser {
 public:
  [[nodiscard]] encoded encode(const packet& from) const override {
    if (from.data.starts_with(R"("unwritable")")) throw std::runtime_error{"unwritable"};
    const bool is_list = from.type == packet::kind::event || from.type == packet::kind::ack;
    auto text = R"({"type":)" + std::to_string(static_cast<int>(from.type)) + R"(,"nsp":")" + from.nsp + '"';
    if (from.id) text += R"(,"id":)" + std::to_string(*from.id);
    if (!from.attachments.empty()) text += R"(,"attachments":)" + std::to_string(from.attachments.size());
    if (is_list) text += R"(,"data":[)" + from.data + "]";
    if (!is_list && !from.data.empty()) text += R"(,"data":)" + from.data;
    return {text + "}", from.attachments};
  }
  [[nodiscard]] std::unique_ptr<decoder> make_decoder(const packet_limits& limits) const override {
    return std::make_unique<object_decoder>(limits);
  }

 private:
  class object_decoder final : public decoder {
   public:
    explicit object_decoder(const packet_limits& limits) : limits_{limits} {}
    result<std::optional<packet>, std::string> add(std::string_view message, bool is_binary) override {
      if (is_binary) {
        if (missing_ == 0) return std::string{"bytes that no packet announced"};
        half_.attachments.emplace_back(message);
        if (--missing_ != 0) return std::nullopt;
        return std::optional{std::exchange(half_, {})};
      }
      if (message == "throw") throw std::runtime_error{"as it was told to"};
      boost::system::error_code failed;
      const auto value = boost::json::parse(message, failed);
      if (failed || !value.is_object()) return std::string{"no object"};
      const auto& object = value.get_object();
      packet made;
      made.type = static_cast<packet::kind>(object.at("type").to_number<int>());
      made.nsp = object.at("nsp").as_string();
      if (const auto* id = object.if_contains("id")) made.id = id->to_number<std::uint64_t>();
      if (const auto* data = object.if_contains("data")) {
        made.data = boost::json::serialize(*data);
        if (data->is_array()) made.data = made.data.substr(1, made.data.size() - 2);
      }
      const auto* attachments = object.if_contains("attachments");
      if (!attachments) return std::optional{std::move(made)};
      missing_ = attachments->to_number<std::size_t>();
      if (missing_ == 0 || missing_ > limits_.attachments) return std::string{"a bad number of attachments"};
      half_ = std::move(made);
      return std::nullopt;
    }
    [[nodiscard]] std::size_t held() const override {
      std::size_t sum = half_.data.size();
      for (const auto& one : half_.attachments) sum += one.size();
      return sum;
    }

   private:
    packet_limits limits_;
    packet half_;
    std::size_t missing_ = 0;
  };
};

options with(std::shared_ptr<const parser> given, unsigned threads = 1) {
  auto o = test_options();
  o.parser = std::move(given);
  o.threads = threads;
  return o;
}

class parsed : public testing::TestWithParam<way> {
 protected:
  void start() {
    io.of("/").on("echo", [](encke::socket s, arguments args) { s.emit("echo", args); });
    io.of("/").on("answer", [](encke::socket, arguments args) { return args; });
    io.of("/").on("all", [this](encke::socket s) { io.of("/").to(s.id()).emit("all", bytes{"\x01\x02"}, 1); });
    io.of("/").on("question", [](encke::socket s) -> task<void> {
      auto answered = co_await s.timeout(5s).ask("question", "how much");
      s.emit("answered", answered ? answered->text() : "nothing");
    });
    io.of("/").on("unwritable", [](encke::socket s) { s.emit("unwritable"); });
    io.of("/").on("leave", [](encke::socket s) { s.disconnect(); });
    io.of("/closed").use([](encke::socket) { return refuse("no", {{"code", 7}}); });
    server.start();
  }
  std::string join(engine_client& one) {
    one.send(R"(4{"type":0,"nsp":"/","data":{"token":"x"}})");
    return one.receive_message();
  }

  static bool ends(engine_client& one) {
    const auto last = one.receive_message();
    one.vanish();
    return last == "1" || last == "ended";
  }

  server_fixture server{with(std::make_shared<object_parser>())};
  encke::server& io = server.io();
};

INSTANTIATE_TEST_SUITE_P(ways, parsed, testing::Values(polling, websocket_way),
                         [](const auto& tested) { return tested.param.name(); });

TEST_P(parsed, speaks_a_parser_of_its_own) {
  boost::json::object auth;
  io.of("/").on_connect([&auth](encke::socket s) { auth = s.handshake().auth; });
  start();
  engine_client one{server.port(), GetParam()};
  EXPECT_TRUE(join(one).starts_with(R"(4{"type":0,"nsp":"/","data":{"sid":")"));
  one.send(R"(4{"type":2,"nsp":"/","data":["echo",1,{"a":2}]})");
  EXPECT_EQ(one.receive_message(), R"(4{"type":2,"nsp":"/","data":["echo",1,{"a":2}]})");
  one.send(R"(4{"type":2,"nsp":"/","id":5,"data":["answer","b"]})");
  EXPECT_EQ(one.receive_message(), R"(4{"type":3,"nsp":"/","id":5,"data":["b"]})");
  one.send_all({R"(4{"type":2,"nsp":"/","attachments":1,"data":["echo",{"_placeholder":true,"num":0}]})", "b\x01\x02"});
  EXPECT_EQ(one.receive_message(),
            R"(4{"type":2,"nsp":"/","attachments":1,"data":["echo",{"_placeholder":true,"num":0}]})");
  EXPECT_EQ(one.receive_message(), "b\x01\x02");
  one.send(R"(4{"type":2,"nsp":"/","data":["all"]})");
  EXPECT_EQ(one.receive_message(),
            R"(4{"type":2,"nsp":"/","attachments":1,"data":["all",{"_placeholder":true,"num":0},1]})");
  EXPECT_EQ(one.receive_message(), "b\x01\x02");
  one.send(R"(4{"type":2,"nsp":"/","data":["question"]})");
  const auto asked = one.receive_message();
  ASSERT_TRUE(asked.ends_with(R"(,"data":["question","how much"]})")) << asked;
  const auto id = asked.substr(asked.find(R"("id":)") + 5);
  one.send(R"(4{"type":3,"nsp":"/","data":[42],"id":)" + id.substr(0, id.find(',')) + "}");
  EXPECT_EQ(one.receive_message(), R"(4{"type":2,"nsp":"/","data":["answered","42"]})");
  one.send(R"(4{"type":0,"nsp":"/closed"})");
  EXPECT_EQ(one.receive_message(), R"(4{"type":4,"nsp":"/closed","data":{"message":"no","data":{"code":7}}})");
  one.send(R"(4{"type":2,"nsp":"/","data":["leave"]})");
  EXPECT_EQ(one.receive_message(), R"(4{"type":1,"nsp":"/"})");
  server.stop();
  EXPECT_EQ(auth, (boost::json::object{{"token", "x"}}));
}
TEST_P(parsed, ends_the_session_at_what_the_parser_or_the_protocol_refuses) {
  start();
  std::uint64_t refused = 0;
  for (const auto* bad :
       {"4[]", "4throw", "40", "b1", R"(4{"type":2,"nsp":"/","data":["connect"]})",
        R"(4{"type":2,"nsp":"/","data":[]})", R"(4{"type":7,"nsp":"/"})", R"(4{"type":2,"nsp":"x","data":["a"]})",
        R"(4{"type":2,"nsp":"/other","data":["a"]})", R"(4{"type":1,"nsp":"/","data":{}})", R"(4{"type":0,"nsp":"/"})",
        R"(4{"type":2,"nsp":"/","attachments":11,"data":["a"]})"}) {
    engine_client one{server.port(), GetParam()};
    (void)join(one);
    one.send(bad);
    EXPECT_TRUE(server.reaches(counter::packets_invalid, ++refused)) << bad;
    EXPECT_TRUE(ends(one)) << bad;
  }
  engine_client one{server.port(), GetParam()};
  (void)join(one);
  one.send_all({R"(4{"type":2,"nsp":"/","attachments":1,"data":["connect"]})", "b1"});
  EXPECT_TRUE(ends(one));
  EXPECT_EQ(server.count(counter::packets_invalid), refused + 1);
}
TEST_P(parsed, tells_handlers_what_the_parser_throws) {
  start();
  engine_client one{server.port(), GetParam()};
  (void)join(one);
  one.send(R"(4{"type":2,"nsp":"/","data":["unwritable"]})");
  EXPECT_TRUE(server.reaches(counter::handler_errors, 1));
  one.send(R"(4{"type":2,"nsp":"/","data":["echo"]})");
  EXPECT_EQ(one.receive_message(), R"(4{"type":2,"nsp":"/","data":["echo"]})");
}
TEST_P(parsed, keeps_nothing_of_a_packet_that_was_cut_off) {
  start();
  engine_client one{server.port(), GetParam()};
  (void)join(one);
  one.send_all({R"(4{"type":2,"nsp":"/","attachments":2,"data":["echo"]})", "b" + std::string(1000, 'x')});
  one.send("41");  // and the fixture looks at the ledger
}

// Breaks where it is told to.
class broken_parser final : public parser {
 public:
  [[nodiscard]] encoded encode(const packet& from) const override {
    if (from.type == packet::kind::disconnect) throw 1;
    return sound_.encode(from);
  }
  [[nodiscard]] std::unique_ptr<decoder> make_decoder(const packet_limits& limits) const override {
    switch (decoders_++ % 4) {
      case 0: throw 1;
      case 1: return nullptr;
      default: return sound_.make_decoder(limits);
    }
  }

 private:
  object_parser sound_;
  mutable std::atomic<unsigned> decoders_{0};
};

TEST(parser, that_makes_no_decoder_is_an_error_of_the_server) {
  server_fixture server{with(std::make_shared<broken_parser>())};
  server.start();
  scripted_peer one{server.port()};
  EXPECT_EQ(one.request("GET", "/socket.io/?EIO=4&transport=polling").status, 500U);
  EXPECT_EQ(one.upgrade("/socket.io/?EIO=4&transport=websocket").status, 500U);
  EXPECT_TRUE(one.is_closed_by_server());
  scripted_peer other{server.port()};
  EXPECT_EQ(other.request("GET", "/socket.io/?EIO=4&transport=polling").status, 200U);
  EXPECT_EQ(server.count(counter::handler_errors), 2U);
}

TEST(parser, that_throws_on_a_farewell_ends_the_session_all_the_same) {
  server_fixture server{with(std::make_shared<broken_parser>())};
  for (const auto* nsp : {"/", "/a", "/b", "/c"}) server.io().of(nsp);
  server.start();
  for (int i = 0; i < 2; ++i) scripted_peer{server.port()}.request("GET", "/socket.io/?EIO=4&transport=polling");
  engine_client one{server.port(), websocket_way};
  for (const auto* nsp : {"/", "/a", "/b", "/c"}) {
    one.send(R"(4{"type":0,"nsp":")" + std::string{nsp} + "\"}");
    (void)one.receive_message();
  }
  server.io().everyone().disconnect(true);
  const auto last = one.receive_message();
  one.vanish();
  EXPECT_TRUE(last == "1" || last == "ended") << last;
  EXPECT_EQ(server.count(reason::server_namespace_disconnect) + server.count(reason::forced_server_close), 4U);
}

TEST(parser, is_not_for_clients_of_engine_io_3) {
  auto o = with(std::make_shared<object_parser>());
  o.allow_eio3 = true;
  EXPECT_THROW(encke::server{o}, std::invalid_argument);
}

#ifdef ENCKE_HAS_MESSAGEPACK
TEST(parser, encodes_a_broadcast_once_as_messagepack) {
  server_fixture server{with(msgpack_parser(), 2)};
  auto& io = server.io();
  io.of("/").on("all", [&io](encke::socket, arguments what) { io.of("/").emit("all", what); });
  server.start();
  const std::string join = "b\x82\xa4type\x00\xa3nsp\xa1/"s;
  engine_client one{server.port(), websocket_way}, other{server.port(), polling};
  for (auto* client : {&one, &other}) {
    client->send(join);
    const auto answer = client->receive_message();
    EXPECT_EQ(answer.substr(0, 18), "b\x83\xa4type\x00\xa4"s + "data\x81\xa3sid") << answer;
  }
  one.send("b\x83\xa4type\x02\xa4"s + "data\x92\xa3" + "all\xc4\x02\xff\x00\xa3nsp\xa1/"s);
  for (auto* client : {&one, &other})
    EXPECT_EQ(client->receive_message(),
              "b\x83\xa4type\x02\xa4"s + "data\x92\xa3" + "all\xc4\x02\xff\x00\xa3nsp\xa1/"s);
  one.send("40");
  EXPECT_TRUE(server.reaches(counter::packets_invalid, 1));
}
#endif

}  // namespace
}  // namespace encke::test
