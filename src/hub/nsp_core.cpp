// SPDX-License-Identifier: MIT
// The namespace as users see it (encke/nsp.hpp) and what it registers.
#include <hub/nsp_core.hpp>

#include <algorithm>
#include <hub/ask.hpp>
#include <stdexcept>

namespace encke {

namespace hub {

const detail::event_handler* nsp_core::handler(std::string_view event) const {
  const auto found = handlers_.find(event);
  return found == handlers_.end() ? nullptr : &found->second;
}

void nsp_core::add_handler(std::string_view event, detail::event_handler handler) {
  owner_.check_not_frozen();
  if (!handlers_.emplace(event, std::move(handler)).second)
    throw std::logic_error{"a second handler for \"" + std::string{event} + "\" in " + name_};
}

}  // namespace hub

nsp& nsp::on_any(any_handler handler) {
  core_.owner().check_not_frozen();
  core_.any_handlers.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_disconnecting(std::function<void(const socket&, reason)> handler) {
  core_.owner().check_not_frozen();
  core_.disconnecting_handlers.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_disconnect(std::function<void(const socket&, reason)> handler) {
  core_.owner().check_not_frozen();
  core_.disconnect_handlers.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_upgrade(std::function<void(const socket&)> handler) {
  core_.owner().check_not_frozen();
  core_.upgrade_handlers.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_create_room(room_handler handler) {
  core_.owner().check_not_frozen();
  core_.rooms.create.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_delete_room(room_handler handler) {
  core_.owner().check_not_frozen();
  core_.rooms.remove.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_join_room(room_handler handler) {
  core_.owner().check_not_frozen();
  core_.rooms.join.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_leave_room(room_handler handler) {
  core_.owner().check_not_frozen();
  core_.rooms.leave.push_back(std::move(handler));
  return *this;
}

nsp& nsp::on_any_outgoing(std::function<void(const outgoing&)> handler) {
  core_.owner().check_not_frozen();
  core_.outgoing_handlers.push_back(std::move(handler));
  return *this;
}

std::string_view nsp::name() const {
  return core_.name();
}

void nsp::add_middleware(middleware check) {
  core_.owner().check_not_frozen();
  core_.middlewares.push_back(std::move(check));
}

void nsp::add_event_middleware(event_middleware check) {
  core_.owner().check_not_frozen();
  core_.event_middlewares.push_back(std::move(check));
}

void nsp::add_handler(std::string_view event, detail::event_handler handler) {
  hub::check_handler_name(event);
  core_.add_handler(event, std::move(handler));
}

void nsp::add_unhandled(detail::event_handler handler) {
  core_.owner().check_not_frozen();
  if (core_.unhandled) throw std::logic_error{"a second handler for unhandled events in " + core_.name()};
  core_.unhandled = std::move(handler);
}

void nsp::add_on_connect(std::function<void(const socket&)> handler) {
  core_.owner().check_not_frozen();
  core_.connect_handlers.push_back(std::move(handler));
}

namespace {

task<std::vector<room_info>> list_rooms(hub::nsp_core& nsp, std::string after, std::size_t limit) {
  using infos = std::vector<room_info>;
  hub::ask_part<infos> part = [&nsp, after, limit](hub::shard& one, auto done) {
    done(one.in(nsp).list(after, limit));
  };
  auto parts = co_await hub::ask_all<infos>(nsp.owner(), std::move(part));
  auto all = hub::sum_by_name(std::move(parts));
  if (all.size() > limit) all.resize(limit);
  co_return all;
}

}  // namespace

namespace {

task<std::optional<socket_info>> find_socket(hub::nsp_core& nsp, std::string id) {
  using maybe = std::optional<socket_info>;
  hub::ask_part<maybe> part = [in = nsp.owner().meant_by(&nsp), id](hub::shard& one, auto done) {
    maybe found;
    for (const auto& each : in)
      if (auto* state = one.in(*each).find(id); state && state->is_connected()) found = socket{state}.info();
    done(std::move(found));
  };
  auto parts = co_await hub::ask_all<maybe>(nsp.owner(), std::move(part));
  for (auto& one : parts)
    if (one) co_return std::move(one);
  co_return std::nullopt;
}

}  // namespace

task<std::optional<socket_info>> nsp::find(std::string id) const {
  return find_socket(core_, std::move(id));
}

// Every worker's first `limit` rooms hold the first `limit` of all, with each room's members wherever they are.
task<std::vector<room_info>> nsp::rooms(std::string after, std::size_t limit) const {
  return list_rooms(core_, std::move(after), limit);
}

}  // namespace encke
