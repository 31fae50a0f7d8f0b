// SPDX-License-Identifier: MIT
// Handlers: their signatures decide what is decoded, what counts as mistyped, and what is acked.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe.hpp>
#include <map>
#include <numeric>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {

struct order {
  std::string what;
  int count = 0;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(order, (), (what, count, note))

struct basket {
  std::vector<order> orders;
  std::map<std::string, int> prices;
};
BOOST_DESCRIBE_STRUCT(basket, (), (orders, prices))

namespace {

using strings = std::vector<std::string>;

class handler : public testing::Test {
 protected:
  // What the client gets for a packet, the CONNECT apart.
  strings said(std::string_view packet) {
    if (!client_) {
      at.open();
      client_ = at.connect();
      client_->joins();
    }
    client_->says(packet);
    at.run();
    return client_->link.take();
  }
  // The same for an event with one attachment.
  strings said(std::string_view packet, std::string_view attachment) {
    said(packet);
    client_->says_binary(attachment);
    return client_->link.take();
  }

  ledger_check nothing_left_;
  hub_fixture at;
  nsp& root = at.of("/");

 private:
  std::unique_ptr<manual_client> client_;
};

int free_function(const socket&, int a, int b) {
  return a + b;
}

TEST_F(handler, returns_its_ack) {
  root.on("add", free_function);
  EXPECT_EQ(said(R"(27["add",1,2])"), strings{"437[3]"});
  EXPECT_EQ(said(R"(2["add",1,2])"), strings{});  // nobody asked
}
TEST_F(handler, returns_several_values_as_a_tuple) {
  root.on("two", [](socket) { return std::tuple{1, std::string{"b"}}; });
  EXPECT_EQ(said(R"(20["two"])"), strings{R"(430[1,"b"])"});
}
TEST_F(handler, returns_nothing_and_acks_nothing) {
  root.on("quiet", [](socket) {});
  EXPECT_EQ(said(R"(20["quiet"])"), strings{});
}
TEST_F(handler, returns_binary) {
  root.on("file", [](socket) { return bytes{"data"}; });
  EXPECT_EQ(said(R"(20["file"])"), (strings{R"(461-0[{"_placeholder":true,"num":0}])", "bdata"}));
}
TEST_F(handler, takes_structs_and_optionals) {
  root.on("buy", [](const socket&, const order& o, std::optional<int> discount) {
    return o.what + std::to_string(o.count) + o.note.value_or("-") + std::to_string(discount.value_or(0));
  });
  EXPECT_EQ(said(R"(20["buy",{"what":"tea","count":2,"note":null}])"), strings{R"(430["tea2-0"])"});
  EXPECT_EQ(said(R"(21["buy",{"what":"tea","count":2,"note":"!"},5])"), strings{R"(431["tea2!5"])"});
}
TEST_F(handler, ignores_members_that_nobody_asked_for_and_does_without_optional_ones) {
  root.on("buy", [](const socket&, const order& o) { return o.what + o.note.value_or("-"); });
  EXPECT_EQ(said(R"(20["buy",{"what":"tea","count":2}])"), strings{R"(430["tea-"])"});
  EXPECT_EQ(said(R"(20["buy",{"id":[1],"count":2,"note":"!","what":"tea","at":{}}])"), strings{R"(430["tea!"])"});
  EXPECT_EQ(at.count(counter::events_mistyped), 0U);
}
TEST_F(handler, takes_and_returns_lists_of_bytes_as_binary) {
  root.on("turn", [](socket, std::vector<std::byte> data) { return std::vector<unsigned char>(data.size(), 'x'); });
  EXPECT_EQ(said(R"(51-0["turn",{"_placeholder":true,"num":0}])", "abc"),
            (strings{R"(461-0[{"_placeholder":true,"num":0}])", "bxxx"}));
  EXPECT_EQ(said(R"(20["turn",[1,2]])"), strings{});
  EXPECT_EQ(at.count(counter::events_mistyped), 1U);
}
TEST_F(handler, is_not_called_when_the_arguments_do_not_fit) {
  root.on("add", free_function);
  for (const std::string_view args : {"", ",1", R"(,1,"2")", ",1,2.5", ",null,1", ",[1],2", ",99999999999,1"})
    EXPECT_EQ(said(R"(20["add")" + std::string{args} + "]"), strings{}) << args;
  EXPECT_EQ(at.count(counter::events_mistyped), 7U);
  EXPECT_EQ(at.count(counter::handler_errors), 0U);
  EXPECT_EQ(said(R"(20["add",1,2,"more"])"), strings{"430[3]"});  // more than asked for is fine
}
TEST_F(handler, takes_everything_undecoded) {
  root.on("echo", [](socket s, const arguments& all) { s.emit("echo", all); });
  EXPECT_EQ(said(R"(2["echo",1.50,{"a": 1},"\ud800"])"), strings{R"(42["echo",1.50,{"a": 1},"\ud800"])"});
}
TEST_F(handler, acks_everything_undecoded) {
  root.on("echo", [](socket, const arguments& all) { return all; });
  EXPECT_EQ(said(R"(25["echo",1.50])"), strings{"435[1.50]"});
  EXPECT_EQ(said(R"(25["echo"])"), strings{"435[]"});
}
TEST_F(handler, may_be_a_coroutine) {
  root.on("later", [](socket, int n) -> task<int> { co_return n * 2; });
  root.on("only later", [](socket s, int n) -> task<void> {
    s.emit("done", n);
    co_return;
  });
  EXPECT_EQ(said(R"(21["later",4])"), strings{"431[8]"});
  EXPECT_EQ(said(R"(22["only later",4])"), strings{R"(42["done",4])"});
}
TEST_F(handler, may_throw_before_and_after_it_waits) {
  root.on("now", [](socket) -> int { throw std::runtime_error{"broken"}; });
  root.on("odd", [](socket) { throw 1; });
  root.on("later", [](socket) -> task<int> {
    throw std::runtime_error{"broken"};
    co_return 1;
  });
  EXPECT_EQ(said(R"(20["now"])"), strings{});
  EXPECT_EQ(said(R"(20["odd"])"), strings{});
  EXPECT_EQ(said(R"(20["later"])"), strings{});
  EXPECT_EQ(at.count(counter::handler_errors), 3U);
}
TEST_F(handler, may_be_noexcept_and_capture) {
  int sum = 0;
  root.on("sum", [&sum](socket, int n) noexcept { sum += n; });
  said(R"(2["sum",2])");
  said(R"(2["sum",3])");
  EXPECT_EQ(sum, 5);
}
TEST_F(handler, for_numbers_is_named_by_their_text) {
  root.on("7", [](socket) { return "seven"; });
  EXPECT_EQ(said("20[7]"), strings{R"(430["seven"])"});
}
TEST_F(handler, of_an_escaped_name_is_found) {
  root.on("a\"b", [](socket) { return 1; });
  EXPECT_EQ(said(R"(20["a\"b"])"), strings{"430[1]"});
  EXPECT_EQ(said(R"(20["\u0061\"b"])"), strings{"430[1]"});
}
TEST_F(handler, of_any_event_comes_before_its_own) {
  strings seen;
  root.on("known", [&](socket) { seen.emplace_back("own"); });
  const auto note = [&seen](std::string_view who) {
    return [&seen, who](const socket&, std::string_view name, const arguments& args) {
      seen.push_back(std::string{who} + ":" + std::string{name} + ":" + args.text());
    };
  };
  root.on_any(note("first")).on_any(note("second")).on_unhandled(note("rest"));
  said(R"(2["known"])");
  said(R"(2["unknown",1,2])");
  EXPECT_EQ(seen, (strings{"first:known:", "second:known:", "own", "first:unknown:1,2", "second:unknown:1,2",
                           "rest:unknown:1,2"}));
  EXPECT_EQ(at.count(counter::events_unhandled), 0U);
}
TEST_F(handler, of_unhandled_events_acks_what_it_returns) {
  root.on_unhandled([](const socket&, std::string_view name, const arguments& args) {
    arguments all;
    all.add_text(name);
    all.add_all(args);
    return all;
  });
  EXPECT_EQ(said(R"(27["what",1,{"a":2}])"), strings{R"(437["what",1,{"a":2}])"});
  EXPECT_EQ(said(R"(2["what"])"), strings{});  // nobody asked
  EXPECT_EQ(at.count(counter::events_unhandled), 0U);
}
TEST_F(handler, of_unhandled_events_acks_later) {
  root.on("own", [](socket) { return 1; });
  root.on_unhandled([this](socket s, std::string_view name, arguments args) -> task<arguments> {
    co_await boost::asio::post(at.worker().executor(), boost::asio::use_awaitable);
    s.emit("passed on", name);
    if (name == "fails") throw std::runtime_error{"it does"};
    co_return args;
  });
  EXPECT_EQ(said(R"(27["an event with a long name",1,"b"])"),
            (strings{R"(42["passed on","an event with a long name"])", R"(437[1,"b"])"}));
  EXPECT_EQ(said(R"(28["x"])"), (strings{R"(42["passed on","x"])", "438[]"}));
  EXPECT_EQ(said(R"(29["own"])"), strings{"439[1]"});
  EXPECT_EQ(said(R"(25["fails"])"), strings{R"(42["passed on","fails"])"});
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
}
TEST_F(handler, takes_a_tail_of_any_length) {
  root.on("sum", [](socket, const std::string& name, const rest<int>& more) {
    return name + std::to_string(std::accumulate(more.begin(), more.end(), 0));
  });
  EXPECT_EQ(said(R"(20["sum","a"])"), strings{R"(430["a0"])"});
  EXPECT_EQ(said(R"(20["sum","a",1,2,3])"), strings{R"(430["a6"])"});
  EXPECT_EQ(said(R"(20["sum","a",1,"2"])"), strings{});
  EXPECT_EQ(at.count(counter::events_mistyped), 1U);
}
TEST_F(handler, reports_what_does_not_fit_and_what_it_throws) {
  strings told;
  at.core().set_error_hook([&](const fault& what) {
    told.push_back(std::string{what.handler} + "/" + (what.argument ? std::to_string(*what.argument) : "-") + "/" +
                   std::string{what.what.substr(0, 10)});
    EXPECT_EQ(what.socket.is_connected(), true);
    EXPECT_EQ(what.thrown != nullptr, what.type == fault::kind::exception);
    throw std::runtime_error{"even here"};
  });
  root.on("add", free_function);
  root.on("now", [](socket) -> int { throw std::runtime_error{"broken"}; });
  root.on("later", [](socket) -> task<void> {
    throw std::runtime_error{"broken later"};
    co_return;
  });
  said(R"(2["add",1])");
  said(R"(2["add","1",2])");
  said(R"(2["now"])");
  said(R"(2["later"])");
  EXPECT_EQ(told, (strings{"add/1/argument 1", "add/0/argument 0", "now/-/broken", "later/-/broken lat"}));
}
TEST_F(handler, reports_which_member_does_not_fit) {
  strings told;
  at.core().set_error_hook(
      [&](const fault& what) { told.push_back(std::string{what.member} + ": " + std::string{what.what}); });
  root.on("pay", [](socket, int, const basket&) {});
  said(R"(2["pay","1",{"orders":[],"prices":{}}])");
  said(R"(2["pay",1])");
  said(R"(2["pay",1,[]])");
  said(R"(2["pay",1,{"orders":[{"what":"tea","count":1},{"what":"tea","count":"2"}],"prices":{}}])");
  said(R"(2["pay",1,{"orders":[{"count":1}],"prices":{}}])");
  said(R"(2["pay",1,{"orders":[],"prices":{"te\na":1.5}}])");
  EXPECT_EQ(told,
            (strings{
                ": argument 0 is a string, and the handler takes a whole number of 32 bits",
                ": argument 1 is missing",
                ": argument 1 is an array, and the handler takes an object",
                "orders[1].count: argument 1, orders[1].count is a string, and the handler takes a whole number of "
                "32 bits",
                "orders[0].what: argument 1, orders[0].what is missing",
                R"(prices["te\na"]: argument 1, prices["te\na"] is a number, and the handler takes a whole number )"
                "of 32 bits",
            }));
}
TEST_F(handler, that_is_not_called_is_a_matter_of_the_debug_log) {
  strings lines;
  hub_fixture logged{{.log = [&](const log_record& r) {
    for (const auto& [name, value] : r.fields)
      if (name == "what") lines.push_back(std::string{value});
  }}};
  logged.of("/").on("add", free_function);
  logged.open();
  const auto client = logged.connect();
  client->joins();
  client->says(R"(2["add",1,true])");
  EXPECT_EQ(lines, strings{"argument 1 is a boolean, and the handler takes a whole number of 32 bits"});
}
TEST_F(handler, is_reached_by_what_the_middleware_of_events_lets_through) {
  strings seen;
  at.core().set_error_hook([&](const fault& what) {
    EXPECT_EQ(what.type, fault::kind::refused);
    seen.push_back(std::string{what.handler} + ": " + std::string{what.what});
  });
  root.use_event([](const socket&, const event& e) { return e.name == "bad" ? refuse("not this") : admit; });
  root.use_event([](socket, event e) -> task<admission> {
    if (e.args.text() == "0") co_return refuse("not zero");
    co_return admit;
  });
  root.use_event([](const socket&, const event&) { return admit; });
  root.on("n", [](socket, int n) { return n; });
  root.on("bad", [&](socket) { seen.emplace_back("never"); });
  EXPECT_EQ(said(R"(20["bad"])"), strings{});
  EXPECT_EQ(said(R"(20["n",0])"), strings{});
  EXPECT_EQ(said(R"(20["n",7])"), strings{"430[7]"});
  EXPECT_EQ(seen, (strings{"bad: not this", "n: not zero"}));
  EXPECT_EQ(at.count(counter::events_refused), 2U);
}
TEST_F(handler, is_not_reached_when_the_middleware_of_events_throws_or_disconnects) {
  root.use_event([](const socket& s, const event& e) -> admission {
    if (e.name == "throw") throw std::runtime_error{"broken"};
    s.disconnect();
    return admit;
  });
  bool called = false;
  root.on("throw", [&](socket) { called = true; }).on("leave", [&](socket) { called = true; });
  said(R"(2["throw"])");
  EXPECT_EQ(said(R"(20["leave"])"), strings{"41"});
  EXPECT_FALSE(called);
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
}
TEST_F(handler, is_named_in_the_fault_of_a_middleware_that_throws_after_a_wait) {
  strings told;
  at.core().set_error_hook([&](const fault& what) { told.emplace_back(what.handler); });
  root.use_event([](socket, event) -> task<admission> {
    throw std::runtime_error{"broken"};
    co_return admit;
  });
  const std::string name = "an event whose name is longer than what a string holds in place";
  root.on(name, [](socket) {});
  said("2[\"" + name + "\"]");
  EXPECT_EQ(told, strings{name});
}
TEST_F(handler, is_missing_and_the_event_is_counted) {
  EXPECT_EQ(said(R"(20["nobody"])"), strings{});
  EXPECT_EQ(at.count(counter::events_unhandled), 1U);
}
TEST_F(handler, gets_attachments) {
  root.on("up", [](socket, const bytes& one, const std::vector<bytes>& more) { return one.data + more.at(0).data; });
  EXPECT_EQ(said(R"(52-3["up",{"_placeholder":true,"num":1},[{"_placeholder":true,"num":0}]])"), strings{});
}
TEST_F(handler, acks_too_many_attachments_as_an_error_of_its_own) {
  root.on("many", [](socket) { return std::vector<bytes>(11, bytes{"x"}); });
  EXPECT_EQ(said(R"(20["many"])"), strings{});
  EXPECT_EQ(at.count(counter::handler_errors), 1U);
}

TEST(registration, refuses_a_second_handler_and_reserved_names) {
  hub_fixture at;
  at.of("/").on("a", [](socket) {});
  EXPECT_THROW(at.of("/").on("a", [](socket) {}), std::logic_error);
  for (const std::string_view name : {"connect_error", "newListener"})
    EXPECT_THROW(at.of("/").on(name, [](socket) {}), std::invalid_argument) << name;
  EXPECT_NO_THROW(at.of("/other").on("a", [](socket) {}));
}
TEST(registration, of_what_is_no_event_names_the_hook_for_it) {
  hub_fixture at;
  const auto refused = [&at](std::string_view event) {
    try {
      at.of("/").on(event, [](socket) {});
    } catch (const std::invalid_argument& e) {
      return std::string{e.what()};
    }
    return std::string{"taken"};
  };
  EXPECT_THAT(refused("connection"), testing::HasSubstr("`on_connect`"));
  EXPECT_THAT(refused("connect"), testing::HasSubstr("`on_connect`"));
  EXPECT_THAT(refused("disconnect"), testing::HasSubstr("`on_disconnect`"));
  EXPECT_THAT(refused("disconnecting"), testing::HasSubstr("`on_disconnecting`"));
}
TEST(registration, is_over_once_the_server_runs) {
  hub_fixture at;
  auto& root = at.of("/");
  at.open();
  EXPECT_THROW(root.on("a", [](socket) {}), std::logic_error);
  EXPECT_THROW(root.use([](const socket&) { return admit; }), std::logic_error);
  EXPECT_THROW(root.on_connect([](const socket&) {}), std::logic_error);
  EXPECT_THROW(root.on_disconnect([](const socket&, reason) {}), std::logic_error);
  EXPECT_THROW(root.on_disconnecting([](const socket&, reason) {}), std::logic_error);
  EXPECT_THROW(root.on_unhandled([](const socket&, std::string_view, const arguments&) {}), std::logic_error);
  EXPECT_THROW(root.use_event([](const socket&, const event&) { return admit; }), std::logic_error);
  EXPECT_THROW(root.on_any([](const socket&, std::string_view, const arguments&) {}), std::logic_error);
  EXPECT_THROW((void)at.of("/new"), std::logic_error);
  EXPECT_EQ(&at.of(""), &root);
}
TEST(registration, gives_names_their_slash) {
  hub_fixture at;
  EXPECT_EQ(at.of("chat").name(), "/chat");
  EXPECT_EQ(&at.of("chat"), &at.of("/chat"));
  EXPECT_THROW((void)at.of("/a,b"), std::invalid_argument);
}

}  // namespace
}  // namespace encke::test
