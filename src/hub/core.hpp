// SPDX-License-Identifier: MIT
// Core: the hub of one server: its namespaces and the shards, one per worker, that hold their sockets.
// Set up by the server before its threads run; from `freeze` on only read, so every thread may.
#pragma once

#include <encke/fault.hpp>
#include <encke/log.hpp>
#include <encke/nsp.hpp>
#include <hub/delivery_count.hpp>
#include <hub/frame.hpp>
#include <hub/namespaces.hpp>
#include <hub/nsp_core.hpp>
#include <hub/operation.hpp>
#include <hub/rooms.hpp>
#include <hub/slow_labels.hpp>
#include <memory>
#include <socketio/encoder.hpp>
#include <string>
#include <string_view>
#include <vector>

namespace encke {
class parser;
}

namespace encke::hub {

class shard;

struct settings {
  socketio::limits packets{};
  std::size_t max_namespaces = 32;
  std::size_t max_pending_acks = 256;
  std::size_t max_answer_bytes = 2 << 20;  // to one question, on each worker
  bool keep_handshake = true;
  std::shared_ptr<const encke::parser> parser{};
  slow_labels labels{{}, true};
  log_hook log{};
};

class core {
 public:
  explicit core(settings s) : settings_{std::move(s)}, spaces_{*this} {}
  core(const core&) = delete;
  core& operator=(const core&) = delete;

  /// The namespace of this name, made if need be. Throws std::logic_error if it would have to be made after `freeze`.
  nsp_core& of(std::string_view name);
  /// nullptr if there is none of this name that was made before `freeze`.
  [[nodiscard]] nsp_core* find(std::string_view name) const { return spaces_.find(name); }
  [[nodiscard]] namespaces& spaces() { return spaces_; }
  /// False when a client can be in one namespace only.
  [[nodiscard]] bool has_several() const { return spaces_.count() > 2 || spaces_.has_parents(); }
  void set_new_namespace_hook(std::function<void(std::string_view)>);
  /// As namespaces::child; the hook is told of a new one.
  [[nodiscard]] nsp_ptr child(std::string_view name, const handshake&);

  void add_middleware(middleware);
  /// Runs before the middleware of any namespace.
  [[nodiscard]] const std::vector<middleware>& middlewares() const { return middlewares_; }

  void add_shard(shard& one) { shards_.push_back(&one); }
  [[nodiscard]] const std::vector<shard*>& shards() const { return shards_; }

  /// Nothing may be registered any more.
  void freeze() { frozen_ = true; }
  /// Throws std::logic_error after `freeze`.
  void check_not_frozen() const;

  /// Carries out an operation on all workers; counts the sockets that an event is handed to, if asked to. Operations of
  /// one thread reach a socket in their order. Throws what encoding an event throws. Any thread.
  void perform(operation, const delivery_ptr& = nullptr);
  /// Asks all; ends when everyone has answered or left, or the time is over.
  [[nodiscard]] task<answers> perform(asking);
  [[nodiscard]] task<std::vector<socket_info>> perform(listing);
  /// The namespace, or the children that a parent has now.
  [[nodiscard]] std::vector<nsp_ptr> meant_by(const nsp_ptr&);
  /// Calls a function on every shard, on its own worker: at once on the calling one, posted to the others. Any thread.
  void on_each_shard(const std::function<void(shard&)>&) const;

  [[nodiscard]] const settings& with() const { return settings_; }
  /// Throws std::logic_error if there is one.
  void set_error_hook(error_hook);
  /// Whether there is somebody to tell: the hook for errors, or that of the log.
  [[nodiscard]] bool is_heard() const { return error_hook_ || settings_.log; }
  /// Tells the hook, if there is one.
  void report(const fault&) const;
  void log(log_level, std::string_view message,
           std::initializer_list<std::pair<std::string_view, std::string_view>> fields) const;

 private:
  void broadcast(const nsp_ptr&, const selection_ptr&, const frame_ptr&, const delivery_ptr&) const;

  settings settings_;
  namespaces spaces_;
  std::function<void(std::string_view)> new_namespace_hook_;
  std::vector<middleware> middlewares_;
  std::vector<shard*> shards_;
  error_hook error_hook_;
  bool frozen_ = false;
};

/// What an exception says, for a log.
[[nodiscard]] std::string words_of(const std::exception_ptr&);
/// Throws std::invalid_argument for a name that belongs to the protocol.
void check_event_name(std::string_view event);
/// Likewise for a name that no handler is called for; where there is a hook for it, the exception names that.
void check_handler_name(std::string_view event);
/// An EVENT or ACK, ready for a frame or a link; borrows the arguments. Throws std::invalid_argument for more
/// attachments than clients accept.
[[nodiscard]] socketio::packet_pieces pieces_of(socketio::packet_type, const nsp_core&, std::optional<std::uint64_t> id,
                                                const arguments& list);
/// The frame of an event for a selection, shown to on_any_outgoing before. Throws as encode_packet does.
[[nodiscard]] frame_ptr encode_emission(const nsp_core&, const selection_ptr&, std::optional<std::uint64_t> id,
                                        const emission&);
/// Shows an event that is sent, its name first in `list`, to on_any_outgoing.
void show_outgoing(const nsp_core&, std::string_view event, const arguments& list, std::string_view socket,
                   std::span<const std::string> rooms);
/// The same as a frame, in the form of the server's parser if it has one. Throws also what that throws.
[[nodiscard]] frame_ptr encode_packet(socketio::packet_type, const nsp_core&, std::optional<std::uint64_t> id,
                                      const arguments& list, label = {}, bool compress = true);
/// An event for whoever is in one of `rooms`, with the label that is its due. Throws as encode_packet does.
[[nodiscard]] frame_ptr encode_event(const nsp_core&, std::span<const std::string> rooms, std::string_view event,
                                     std::optional<std::uint64_t> id, const arguments& list, const emit_flags&);

}  // namespace encke::hub
