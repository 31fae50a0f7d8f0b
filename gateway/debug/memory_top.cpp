// SPDX-License-Identifier: MIT
// Who holds the most memory: connections, users and rooms. The library finds the heaviest sockets and rooms; users are
// put together here.
#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <limits>
#include <map>
#include <set>

#include "gateway/api/query.hpp"
#include "gateway/clients/socket_ids.hpp"
#include "gateway/debug/memory.hpp"
#include "gateway/text/timestamp.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t usual_limit = 20;
constexpr std::size_t most = 100;
constexpr auto no_limit = std::numeric_limits<std::size_t>::max();
const std::vector<std::string> top_names{"by", "limit"};
constexpr std::pair<std::string_view, heaviest_by> orders[] = {
    {"bytes", heaviest_by::bytes}, {"queued", heaviest_by::queued}, {"waiting", heaviest_by::waiting}};

std::int64_t measure(const weight& of, heaviest_by by) {
  switch (by) {
    case heaviest_by::bytes: return static_cast<std::int64_t>(of.bytes);
    case heaviest_by::queued: return static_cast<std::int64_t>(of.queued_bytes);
    case heaviest_by::waiting: return of.waiting.count();
  }
  return 0;
}

struct user_sum {
  std::string user;
  std::size_t connections = 0;
  weight all{};
};

void add(user_sum& to, const weight& one) {
  ++to.connections;
  to.all.bytes += one.bytes;
  to.all.queued_bytes += one.queued_bytes;
  to.all.waiting = std::max(to.all.waiting, one.waiting);
}

boost::json::array connections_of(const std::vector<seen>& sockets) {
  boost::json::array list;
  for (const auto& [info, who] : sockets)
    list.push_back(boost::json::object{{"id", shown_id(info.id)},
                                       {"user", who.user},
                                       {"address", info.address},
                                       {"namespace", info.handle.nsp()},
                                       {"transport", to_string(info.transport)},
                                       {"bytes", info.weight.bytes},
                                       {"queued_bytes", info.weight.queued_bytes},
                                       {"queued_messages", info.weight.queued_messages},
                                       {"waiting_ms", info.weight.waiting.count()},
                                       {"connected_at", timestamp(info.issued)}});
  return list;
}

boost::json::array users_of(const std::vector<user_sum>& users) {
  boost::json::array list;
  for (const auto& one : users)
    list.push_back(boost::json::object{{"user", one.user},
                                       {"connections", one.connections},
                                       {"bytes", one.all.bytes},
                                       {"queued_bytes", one.all.queued_bytes}});
  return list;
}

boost::json::array namespaces_of(const api_state& api) {
  boost::json::array list;
  for (const auto& nsp : api.io.namespaces())
    list.push_back(boost::json::object{{"namespace", nsp}, {"sockets", api.present.sockets_in(nsp)}});
  return list;
}

template <class T, class Of>
void keep_first(std::vector<T>& all, std::size_t limit, Of of) {
  std::ranges::stable_sort(all, std::greater{}, of);
  if (all.size() > limit) all.erase(all.begin() + static_cast<std::ptrdiff_t>(limit), all.end());
}

// Whose they are, for those that are still here.
task<std::vector<seen>> with_users(target all, std::vector<socket_info> found) {
  for (const auto& one : found) all = all.in(one.id);
  auto looking = all.collect(found.size(), look_at);
  auto known = co_await std::move(looking);
  std::map<std::string_view, std::string*> users;
  for (auto& one : known) users.emplace(one.info.id, &one.who.user);
  std::vector<seen> sockets;
  for (auto& one : found) {
    const auto user = users.find(one.id);
    sockets.push_back({std::move(one), {user == users.end() ? std::string{} : std::move(*user->second)}});
  }
  co_return sockets;
}

task<std::vector<seen>> heaviest_sockets(api_ptr api, heaviest_by by, std::size_t limit) {
  std::vector<seen> all;
  for (const auto& nsp : api->io.namespaces()) {
    const auto everyone = api->io.of(nsp).everyone();
    auto finding = everyone.heaviest(limit, by);
    auto found = co_await std::move(finding);
    if (found.empty()) continue;
    auto naming = with_users(everyone, std::move(found));
    auto named = co_await std::move(naming);
    all.insert(all.end(), std::move_iterator{named.begin()}, std::move_iterator{named.end()});
  }
  keep_first(all, limit, [by](const seen& one) { return measure(one.info.weight, by); });
  co_return all;
}

weight weight_of(const socket& one) {
  return one.info().weight;
}

// A client in several namespaces has a socket in each, and every one weighs as much as the whole client: a user's sum
// is that of the namespace where it has the most.
task<std::vector<user_sum>> heaviest_users(api_ptr api, std::set<std::string> users, heaviest_by by,
                                           std::size_t limit) {
  std::vector<user_sum> sums;
  for (const auto& user : users) {
    user_sum heaviest;
    for (const auto& nsp : api->io.namespaces()) {
      auto weighing = api->io.of(nsp).in(api->with.user_room(user)).collect(no_limit, weight_of);
      const auto found = co_await std::move(weighing);
      user_sum here{.user = user};
      for (const auto& one : found) add(here, one);
      if (here.all.bytes > heaviest.all.bytes) heaviest = std::move(here);
    }
    if (heaviest.connections != 0) sums.push_back(std::move(heaviest));
  }
  keep_first(sums, limit, [by](const user_sum& one) { return measure(one.all, by); });
  co_return sums;
}

task<boost::json::array> largest_rooms(api_ptr api, std::size_t limit) {
  struct found_room {
    room_info info;
    std::string nsp;
  };
  std::vector<found_room> all;
  for (const auto& nsp : api->io.namespaces()) {
    auto finding = api->io.of(nsp).largest_rooms(limit);
    auto found = co_await std::move(finding);
    for (auto& one : found) all.push_back({std::move(one), nsp});
  }
  keep_first(all, limit, [](const found_room& one) { return one.info.bytes; });
  boost::json::array list;
  for (const auto& [info, nsp] : all)
    list.push_back(
        boost::json::object{{"namespace", nsp}, {"room", info.name}, {"members", info.size}, {"bytes", info.bytes}});
  co_return list;
}

task<http_response> show_top(api_ptr api, std::string name, heaviest_by by, std::size_t limit) {
  auto finding_sockets = heaviest_sockets(api, by, limit);
  const auto sockets = co_await std::move(finding_sockets);
  std::set<std::string> users;
  for (const auto& one : sockets)
    if (!one.who.user.empty()) users.insert(one.who.user);
  for (auto& one : api->present.busiest(limit)) users.insert(std::move(one.user));
  auto finding_users = heaviest_users(api, std::move(users), by, limit);
  const auto sums = co_await std::move(finding_users);
  auto finding_rooms = largest_rooms(api, limit);
  auto rooms = co_await std::move(finding_rooms);
  boost::json::object body;
  body["by"] = name;
  body["connections"] = connections_of(sockets);
  body["users"] = users_of(sums);
  body["rooms"] = std::move(rooms);
  body["namespaces"] = namespaces_of(*api);
  co_return json_answer(boost::json::serialize(body));
}

}  // namespace

task<http_response> memory_top(api_ptr api, const http_request& request) {
  fault_list faults;
  allow_only_query(request, top_names, faults);
  const auto limit = number_in_query(request, "limit", 1, most, usual_limit, faults);
  const auto name = request.query_value("by").value_or("bytes");
  const auto* order = std::ranges::find(orders, name, [](const auto& one) { return one.first; });
  if (order == std::end(orders)) faults.add("?by", "`by` must be bytes, queued or waiting");
  if (!faults.empty()) return answer_soon(refuse(std::move(faults).to_refusal()));
  return show_top(std::move(api), std::string{name}, order->second, limit);
}

}  // namespace encke::gateway
