// SPDX-License-Identifier: MIT
// Handlers: their signatures decide what is decoded, what counts as mistyped, and what is acked.
#include <gtest/gtest.h>

#include <boost/describe.hpp>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {

struct order {
  std::string what;
  int count = 0;
  std::optional<std::string> note;
};
BOOST_DESCRIBE_STRUCT(order, (), (what, count, note))

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
TEST_F(handler, of_its_own_comes_before_that_of_any_event) {
  strings seen;
  root.on("known", [&](socket) { seen.emplace_back("own"); });
  root.on_any([&](const socket&, std::string_view name, const arguments& args) {
    seen.push_back(std::string{name} + ":" + args.text());
  });
  said(R"(2["known"])");
  said(R"(2["unknown",1,2])");
  EXPECT_EQ(seen, (strings{"own", "unknown:1,2"}));
  EXPECT_EQ(at.count(counter::events_unhandled), 0U);
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
  EXPECT_THROW(at.of("/").on("disconnect", [](socket) {}), std::invalid_argument);
  EXPECT_NO_THROW(at.of("/other").on("a", [](socket) {}));
}
TEST(registration, is_over_once_the_server_runs) {
  hub_fixture at;
  auto& root = at.of("/");
  at.open();
  EXPECT_THROW(root.on("a", [](socket) {}), std::logic_error);
  EXPECT_THROW(root.use([](const socket&) { return admit; }), std::logic_error);
  EXPECT_THROW(root.on_connect([](const socket&) {}), std::logic_error);
  EXPECT_THROW(root.on_disconnect([](const socket&, reason) {}), std::logic_error);
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
