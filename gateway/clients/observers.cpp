// SPDX-License-Identifier: MIT
#include "gateway/clients/observers.hpp"

#include <exception>

namespace encke::gateway {

namespace {

using list_ptr = std::shared_ptr<const client_observers>;

// Calls all of them; then the first exception goes on its way.
class each_guarded {
 public:
  template <class Call>
  void operator()(Call&& call) {
    try {
      call();
    } catch (...) {
      if (!first_) first_ = std::current_exception();
    }
  }
  void rethrow() const {
    if (first_) std::rethrow_exception(first_);
  }

 private:
  std::exception_ptr first_;
};

// One of them may send it away: then the rest have not heard of it, and hear nothing of its leaving.
void tell_connected(const socket& one, const client_observers& all) {
  const auto who = guest_of(one);
  one.data<guest>() = who;
  each_guarded guarded;
  for (const auto& each : all) {
    ++one.data<guest>().told;
    guarded([&] { each->on_connect(one, who); });
    if (!one.is_connected()) break;
  }
  guarded.rethrow();
}

void tell_disconnected(const socket& one, reason why, const client_observers& all) {
  const auto& who = one.data<guest>();
  each_guarded guarded;
  for (std::size_t i = 0; i < who.told; ++i) guarded([&] { all[i]->on_disconnect(one, who, why); });
  guarded.rethrow();
}

}  // namespace

void watch_clients(server& io, const std::vector<std::string>& namespaces, client_observers observers) {
  const list_ptr all = std::make_shared<const client_observers>(std::move(observers));
  for (const auto& name : namespaces) {
    auto& nsp = io.of(name);
    nsp.on_connect([all](const socket& one) { tell_connected(one, *all); });
    nsp.on_disconnect([all](const socket& one, reason why) { tell_disconnected(one, why, *all); });
  }
}

}  // namespace encke::gateway
