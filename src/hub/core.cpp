// SPDX-License-Identifier: MIT
#include <algorithm>
#include <array>
#include <hub/core.hpp>
#include <hub/dispatch.hpp>
#include <hub/shard.hpp>
#include <hub/translator.hpp>
#include <stdexcept>

namespace encke::hub {

nsp_core& core::of(std::string_view name) {
  std::string full{name.starts_with('/') ? "" : "/"};
  full += name;
  if (full.find(',') != std::string::npos) throw std::invalid_argument{"a namespace's name has no comma: " + full};
  if (auto* const found = find(full)) return *found;
  check_not_frozen();
  return spaces_.add(std::move(full));
}

void core::set_new_namespace_hook(std::function<void(std::string_view)> hook) {
  check_not_frozen();
  if (new_namespace_hook_) throw std::logic_error{"a second on_new_namespace hook"};
  new_namespace_hook_ = std::move(hook);
}

nsp_ptr core::child(std::string_view name, const handshake& sent) {
  bool is_new = false;
  auto found = spaces_.child(name, sent, is_new);
  if (is_new && new_namespace_hook_) guarded_hook(*this, "new_namespace", [&] { new_namespace_hook_(name); });
  return found;
}

void core::add_middleware(middleware check) {
  check_not_frozen();
  middlewares_.push_back(std::move(check));
}

void core::check_not_frozen() const {
  if (frozen_) throw std::logic_error{"namespaces, middleware and handlers are fixed once the server runs"};
}

void core::on_each_shard(const std::function<void(shard&)>& act) const {
  for (auto* one : shards_) one->run([act, one] { act(*one); });
}

void core::broadcast(const nsp_ptr& nsp, const selection_ptr& who, const frame_ptr& what,
                     const delivery_ptr& count) const {
  if (count) count->expect(shards_.size());
  shard* here = nullptr;
  for (auto* one : shards_) {
    if (one->is_here()) {
      here = one;
      continue;
    }
    one->post([one, nsp, who, what, count] { one->deliver(nsp, selected(who), what, count); });
  }
  if (here) here->deliver(nsp, selected(who), what, count);
}

void core::log(log_level level, std::string_view message,
               std::initializer_list<std::pair<std::string_view, std::string_view>> fields) const {
  if (!settings_.log) return;
  try {
    settings_.log({level, message, {fields.begin(), fields.size()}});
  } catch (...) {  // nowhere to tell it, and no reason for clients to notice
  }
}

void core::set_error_hook(error_hook hook) {
  check_not_frozen();
  if (error_hook_) throw std::logic_error{"a second on_error hook"};
  error_hook_ = std::move(hook);
}

void core::report(const fault& what) const {
  if (!error_hook_) return;
  try {
    error_hook_(what);
  } catch (...) {
    log(log_level::error, "exception in the on_error hook", {{"what", words_of(std::current_exception())}});
  }
}

std::string words_of(const std::exception_ptr& thrown) {
  try {
    std::rethrow_exception(thrown);
  } catch (const std::exception& e) {
    return e.what();
  } catch (...) {
    return "not a std::exception";
  }
}

void check_event_name(std::string_view event) {
  if (socketio::is_reserved_event(event))
    throw std::invalid_argument{"\"" + std::string{event} + "\" is a reserved event name"};
}

void check_handler_name(std::string_view event) {
  static constexpr std::array<std::pair<std::string_view, std::string_view>, 4> hooks{
      {{"connection", "on_connect"},
       {"connect", "on_connect"},
       {"disconnecting", "on_disconnecting"},
       {"disconnect", "on_disconnect"}}};
  for (const auto& [name, hook] : hooks)
    if (event == name)
      throw std::invalid_argument{"\"" + std::string{event} + "\" is no event that a client sends: register `" +
                                  std::string{hook} + "` of the namespace instead of `on`"};
  check_event_name(event);
}

socketio::packet_pieces pieces_of(socketio::packet_type type, const nsp_core& nsp, std::optional<std::uint64_t> id,
                                  const arguments& list) {
  if (list.attachments().size() > nsp.owner().with().packets.attachments)
    throw std::invalid_argument{"more attachments than max_attachments in one packet"};
  return {type, nsp.name(), id, list.text(), list.attachments().size(), '4'};
}

void show_outgoing(const nsp_core& nsp, std::string_view event, const arguments& list, std::string_view socket,
                   std::span<const std::string> rooms) {
  const auto& hooks = nsp.registered().outgoing_handlers;
  if (hooks.empty()) return;
  arguments name;
  name.add_text(event);
  const auto behind = std::min(name.text().size() + 1, list.text().size());
  const arguments rest{list.text().substr(behind), list.attachments()};
  const outgoing what{nsp.name(), event, rest, socket, rooms};
  for (const auto& hook : hooks) guarded_hook(nsp.owner(), "any_outgoing", [&] { hook(what); });
}

frame_ptr encode_emission(const nsp_core& nsp, const selection_ptr& who, std::optional<std::uint64_t> id,
                          const emission& event) {
  const auto& rooms = selected(who).rooms;
  show_outgoing(nsp, event.event, event.list, {}, rooms);
  return encode_event(nsp, rooms, event.event, id, event.list, event.flags);
}

frame_ptr encode_packet(socketio::packet_type type, const nsp_core& nsp, std::optional<std::uint64_t> id,
                        const arguments& list, label as, bool compress) {
  const auto pieces = pieces_of(type, nsp, id, list);
  const auto& parser = nsp.owner().with().parser;
  if (!parser) return frame::make(pieces.all(), list.attachments(), as, compress);
  const auto kind = type == socketio::packet_type::ack ? packet::kind::ack : packet::kind::event;
  return translated(*parser, {kind, nsp.name(), id, list.text(), list.attachments()}, as, compress);
}

frame_ptr encode_event(const nsp_core& nsp, std::span<const std::string> rooms, std::string_view event,
                       std::optional<std::uint64_t> id, const arguments& list, const emit_flags& flags) {
  const auto& labels = nsp.owner().with().labels;
  std::string key;
  const auto as = flags.latest.empty() ? labels.of(nsp.name(), rooms, event, list, key)
                                       : labels.latest(nsp.name(), flags.latest, key);
  return encode_packet(socketio::packet_type::event, nsp, id, list, as, flags.compress);
}

}  // namespace encke::hub
