// SPDX-License-Identifier: MIT
// Operations: each kind as a value, carried out on all workers, and in all children of a parent.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <algorithm>

#include "support/hub_fixture.hpp"
#include "support/ledger_check.hpp"

namespace encke::test {
namespace {

using namespace std::chrono_literals;
using testing::ElementsAre;
using testing::UnorderedElementsAre;
using strings = std::vector<std::string>;

hub::emission event_of(std::string name, int value) {
  arguments list;
  list.add_text(name);
  list.add(value);
  return {std::move(name), std::move(list)};
}
hub::selection_ptr in_room(std::string name) {
  return std::make_shared<const hub::selection>(hub::selection{{std::move(name)}, {}, false});
}
strings ids_of(const std::vector<socket_info>& found) {
  strings ids;
  for (const auto& one : found) ids.push_back(one.id);
  return ids;
}

// Four sockets on two workers, those at even places in the room "even": all of one namespace, or each of a child of its
// own.
class operations : public testing::TestWithParam<bool> {
 protected:
  operations() : at{{}, 2} {
    auto& registered = GetParam() ? at.core().spaces().add_parent(
                                        "/of-*", [](auto name, const auto&) { return name.starts_with("/of-"); })
                                  : at.core().of("/of");
    nsp = &registered;
    registered.api().on_connect([this](const socket& s) { sockets.push_back(s); });
    registered.api().on_any_outgoing([this](const outgoing& sent) { shown.emplace_back(sent.event); });
    at.open();
    for (std::size_t i = 0; i < 4; ++i) {
      clients.push_back(at.connect(socketio::dialect::v5, i / 2));
      clients[i]->joins(name(i));
      if (i % 2 == 0) sockets[i].join("even");
    }
    at.run();
  }
  static std::string name(std::size_t i) { return GetParam() ? "/of-" + std::to_string(i) : "/of"; }
  // What each client got since the last call, without the namespace.
  std::vector<strings> got() {
    at.run();
    std::vector<strings> all;
    for (std::size_t i = 0; i < clients.size(); ++i) {
      all.emplace_back();
      for (auto text : clients[i]->link.take()) all.back().push_back(text.erase(text.find('/'), name(i).size() + 1));
    }
    return all;
  }
  template <class Value>
  Value wait_for(task<Value> running) {
    std::optional<Value> value;
    at.start(std::move(running), value);
    at.run();
    return value.value();
  }

  ledger_check nothing_left_;
  hub_fixture at;
  hub::nsp_ptr nsp;
  std::vector<socket> sockets;
  strings shown;
  std::vector<std::unique_ptr<manual_client>> clients;
};
INSTANTIATE_TEST_SUITE_P(in, operations, testing::Bool(),
                         [](const auto& of) { return std::string{of.param ? "children" : "one_namespace"}; });

TEST_P(operations, an_event_is_sent_to_those_selected) {
  at.core().perform(hub::operation{nsp, in_room("even"), event_of("n", 1)});
  EXPECT_THAT(got(), ElementsAre(strings{R"(42["n",1])"}, strings{}, strings{R"(42["n",1])"}, strings{}));
  at.core().perform(hub::operation{nsp, nullptr, event_of("n", 2)});
  EXPECT_THAT(got(), testing::Each(strings{R"(42["n",2])"}));
}
TEST_P(operations, of_the_protocols_own_events_are_refused) {
  EXPECT_THROW(at.core().perform(hub::operation{nsp, nullptr, event_of("connect", 1)}), std::invalid_argument);
  EXPECT_THAT(got(), testing::Each(strings{}));
}
TEST_P(operations, sockets_join_and_leave_rooms) {
  at.core().perform(hub::operation{nsp, in_room("even"), hub::joining{"more"}});
  at.core().perform(hub::operation{nsp, in_room("more"), event_of("n", 1)});
  EXPECT_THAT(got(), ElementsAre(strings{R"(42["n",1])"}, strings{}, strings{R"(42["n",1])"}, strings{}));
  at.core().perform(hub::operation{nsp, nullptr, hub::leaving{"more"}});
  at.core().perform(hub::operation{nsp, in_room("more"), event_of("n", 2)});
  EXPECT_THAT(got(), testing::Each(strings{}));
}
TEST_P(operations, sockets_are_disconnected_behind_what_was_sent_before) {
  at.core().perform(hub::operation{nsp, in_room("even"), event_of("n", 1)});
  at.core().perform(hub::operation{nsp, in_room("even"), hub::disconnecting{}});
  at.core().perform(hub::operation{nsp, nullptr, event_of("n", 2)});
  EXPECT_THAT(got(), ElementsAre(strings{R"(42["n",1])", "41"}, strings{R"(42["n",2])"}, strings{R"(42["n",1])", "41"},
                                 strings{R"(42["n",2])"}));
}
TEST_P(operations, whole_connections_are_ended) {
  at.core().perform(hub::operation{nsp, in_room("even"), hub::disconnecting{true}});
  at.run();
  EXPECT_EQ(clients[0]->link.closed, reason::server_namespace_disconnect);
  EXPECT_FALSE(clients[1]->link.closed);
}
TEST_P(operations, each_socket_is_asked_and_answers) {
  std::optional<answers> all;
  at.start(at.core().perform(hub::asking{nsp, in_room("even"), event_of("n?", 1), 1s}), all);
  at.run();
  for (std::size_t i = 0; i < 4; ++i)
    for (const auto& packet : clients[i]->link.take()) {
      const auto id = packet.substr(packet.find(',') + 1, packet.find('[') - packet.find(',') - 1);
      if (i == 0) clients[i]->says("3" + name(i) + "," + id + "[7]");
    }
  at.run();
  EXPECT_FALSE(all);
  at.advance(2s);
  ASSERT_TRUE(all);
  EXPECT_EQ(all->received.at(0).socket, sockets[0].id());
  EXPECT_EQ(all->received.at(0).args.text(), "7");
  EXPECT_THAT(all->missing, ElementsAre(sockets[2].id()));
}
TEST_P(operations, sockets_are_listed) {
  EXPECT_THAT(ids_of(wait_for(at.core().perform(hub::listing{nsp, in_room("even")}))),
              UnorderedElementsAre(sockets[0].id(), sockets[2].id()));
  EXPECT_EQ(wait_for(at.core().perform(hub::listing{nsp, nullptr})).size(), 4U);
}
TEST_P(operations, are_shown_when_they_send_something) {
  at.core().perform(hub::operation{nsp, nullptr, event_of("n", 1)});
  at.core().perform(hub::operation{nsp, nullptr, hub::joining{"more"}});
  wait_for(at.core().perform(hub::asking{nsp, in_room("nobody"), event_of("n?", 1), 1s}));
  const auto of_each = GetParam() ? 4U : 1U;
  EXPECT_EQ(std::ranges::count(shown, "n"), of_each);
  EXPECT_EQ(std::ranges::count(shown, "n?"), of_each);
  EXPECT_EQ(shown.size(), 2 * of_each);
}
TEST_P(operations, are_what_targets_and_namespaces_make) {
  const target all{*nsp};
  all.to("even").join("more");
  all.to("more").emit("n", 1);
  EXPECT_THAT(got(), ElementsAre(strings{R"(42["n",1])"}, strings{}, strings{R"(42["n",1])"}, strings{}));
  EXPECT_EQ(wait_for(all.fetch()).size(), 4U);
  EXPECT_EQ(wait_for(all.to("more").count()), 2U);
  EXPECT_THAT(wait_for(all.to("more").collect(9, [](const socket& s) { return std::string{s.id()}; })),
              UnorderedElementsAre(sockets[0].id(), sockets[2].id()));
  EXPECT_EQ(wait_for(all.heaviest(3, heaviest_by::bytes)).size(), 3U);
  EXPECT_EQ(wait_for(nsp->api().find(std::string{sockets[3].id()})).value().handle, sockets[3]);
  EXPECT_EQ(wait_for(all.to("nobody").timeout(1s).ask("n?")).expected(), 0U);
}

}  // namespace
}  // namespace encke::test
