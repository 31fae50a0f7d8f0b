// SPDX-License-Identifier: MIT
// Calls with types on both sides: arguments and answers are structs, and what goes wrong is an answer, too.
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/describe.hpp>
#include <encke/encke.hpp>
#include <iostream>
#include <map>
#include <mutex>

using namespace std::chrono_literals;

BOOST_DEFINE_ENUM_CLASS(state, open, paid, shipped)  // "open", "paid", "shipped" in JSON

struct item {
  std::string name;
  int count = 0;
  double price = 0;
};
BOOST_DESCRIBE_STRUCT(item, (), (name, count, price))

struct order {
  int id = 0;
  state is = state::open;
  std::vector<item> items;
  std::optional<std::string> note;  // null, if there is none
};
BOOST_DESCRIBE_STRUCT(order, (), (id, is, items, note))

// The answer to every call: one of the two is null.
template <class T>
struct reply {
  std::optional<std::string> error;
  std::optional<T> value;
  BOOST_DESCRIBE_CLASS(reply, (), (error, value), (), ())
};
template <class T>
reply<T> good(T value) {
  return {.error = std::nullopt, .value = std::move(value)};
}

// Shared by all sockets, so behind a mutex.
class shop {
 public:
  int add(std::vector<item> items, std::optional<std::string> note) {
    const std::lock_guard lock{mutex_};
    const int id = static_cast<int>(orders_.size()) + 1;
    orders_[id] = {.id = id, .is = state::open, .items = std::move(items), .note = std::move(note)};
    return id;
  }
  reply<order> change(int id, state to) {
    const std::lock_guard lock{mutex_};
    const auto found = orders_.find(id);
    if (found == orders_.end()) return {.error = "no such order", .value = {}};
    if (to < found->second.is) return {.error = "there is no way back", .value = {}};
    found->second.is = to;
    return good(found->second);
  }

 private:
  std::mutex mutex_;
  std::map<int, order> orders_;
};

encke::task<bool> pay(double sum) {  // stands for a bank
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor, 5ms);
  co_await timer.async_wait(boost::asio::use_awaitable);
  co_return sum < 1000;
}

int main(int argc, char** argv) {
  const std::uint16_t port = argc > 2 ? std::stoi(argv[2]) : 3000;  // --port N
  encke::server io{{.threads = 2, .handle_signals = true}};
  auto& root = io.of("/");
  shop orders;

  root.on("order", [&orders](encke::socket, std::vector<item> items, std::optional<std::string> note) {
    if (items.empty()) return reply<int>{.error = "nothing ordered", .value = {}};
    return good(orders.add(std::move(items), std::move(note)));
  });
  root.on("pay", [&](encke::socket s, int id, double sum) -> encke::task<reply<order>> {
    const bool paid = co_await pay(sum);
    if (!paid) co_return reply<order>{.error = "the bank says no", .value = {}};
    auto changed = orders.change(id, state::paid);
    if (changed.value) s.broadcast().emit("changed", *changed.value);
    co_return changed;
  });
  root.on("move", [&orders](encke::socket, int id, state to) { return orders.change(id, to); });

  // A call whose arguments are not of these types gets no ack; its client is told here.
  io.on_error([](const encke::fault& f) {
    if (f.argument) f.socket.emit("mistyped", f.handler, *f.argument);
  });

  std::cout << "listening on 127.0.0.1:" << io.listen({.address = "127.0.0.1", .port = port}) << std::endl;
  io.run();
}
