// SPDX-License-Identifier: MIT
#include <base/release.hpp>
#include <hub/acks.hpp>
#include <hub/shard.hpp>
#include <unordered_set>

namespace encke::hub {

struct acks::question final : alarm, ledger::charged<ledger::purpose::ack> {
  question(acks& in, key own) : table{in}, self{own} {}
  void on_alarm(time_point) override { table.finish(self, true); }

  acks& table;
  key self;
  std::unordered_set<socket_state*, std::hash<socket_state*>, std::equal_to<>,
                     ledger::allocator<socket_state*, ledger::purpose::ack>>
      waiting;
  answers all;
  ledger::charge held{ledger::purpose::ack, 0};  // for what `all` has collected
  done then;
};

namespace {

void forget(socket_state& socket, std::uint32_t id) {
  if (!socket.asked) return;
  std::erase(*socket.asked, id);
  if (socket.asked->empty()) socket.asked.reset();
}

}  // namespace

acks::acks(shard& home) : home_{home} {}
acks::~acks() = default;

acks::key acks::key_of(const nsp_core& nsp, std::uint32_t id) {
  return static_cast<key>(nsp.index()) << 32 | id;
}

void acks::ask(nsp_core& nsp, std::uint32_t id, const std::vector<socket_ptr>& who, const frame_ptr& what,
               std::chrono::milliseconds timeout, done then) {
  const auto own = key_of(nsp, id);
  auto made = std::make_unique<question>(*this, own);
  made->then = std::move(then);
  const auto most = home_.owner().with().max_pending_acks;
  for (const auto& socket : who) {
    // The ids go round: one that is still waited for is not given to another question.
    if (!socket->owner || (socket->asked && socket->asked->size() >= most) || questions_.contains(own)) {
      made->all.missing.emplace_back(socket->id);
      continue;
    }
    if (!socket->asked) socket->asked = std::make_unique<asked_list>();
    socket->asked->push_back(id);
    made->waiting.insert(socket.get());
  }
  if (made->waiting.empty()) return made->then({std::move(made->all), false, {}});
  auto& entry = *questions_.emplace(own, std::move(made)).first->second;
  home_.env().wheel().arm(entry, after(home_.env().now(), timeout));
  for (auto* socket : entry.waiting) shard::send(*socket, what);
}

void acks::on_ack(socket_state& socket, std::uint64_t id, std::string_view args,
                  std::span<const std::string> attachments) {
  if (id > 0x7fffffff) return;
  const auto found = questions_.find(key_of(socket.nsp, static_cast<std::uint32_t>(id)));
  if (found == questions_.end()) return;
  auto& asked = *found->second;
  if (!asked.waiting.contains(&socket)) return;
  forget(socket, static_cast<std::uint32_t>(id));
  std::size_t size = asked.held.bytes() + sizeof(answer) + args.size();
  for (const auto& one : attachments) size += sizeof(one) + one.size();
  if (asked.held.bytes() != 0 && size > home_.owner().with().max_answer_bytes) {  // one always fits
    home_.env().count(counter::dropped_answers);
    asked.all.missing.emplace_back(socket.id);
    return stop_waiting(asked, socket);
  }
  asked.held.resize(size);
  asked.all.received.push_back(
      {std::string{socket.id}, arguments{std::string{args}, {attachments.begin(), attachments.end()}}});
  stop_waiting(asked, socket);
}

acks::heavy acks::heaviest() const {
  heavy most;
  for (const auto& [which, asked] : questions_)
    if (asked->held.bytes() > most.bytes) most = {which, asked->held.bytes()};
  return most;
}

void acks::give_up(key which) {
  const auto found = questions_.find(which);
  if (found == questions_.end()) return;
  auto& all = found->second->all;
  home_.env().count(counter::dropped_answers, all.received.size());
  for (auto& one : std::exchange(all.received, {})) all.missing.push_back(std::move(one.socket));
  found->second->held.reset();
  finish(which, true);
}

void acks::on_left(socket_state& socket) {
  const auto asked = std::move(socket.asked);
  if (!asked) return;
  for (const auto id : *asked) {
    const auto found = questions_.find(key_of(socket.nsp, id));
    if (found == questions_.end()) continue;
    found->second->all.missing.emplace_back(socket.id);
    stop_waiting(*found->second, socket);
  }
}

void acks::stop_waiting(question& asked, socket_state& socket) {
  asked.waiting.erase(&socket);
  if (asked.waiting.empty()) finish(asked.self, false);
}

void acks::finish(key own, bool timed_out) {
  const auto ended = std::move(questions_.extract(own).mapped());  // out of the table before anyone is called
  if (questions_.empty()) release(questions_);
  for (auto* late : ended->waiting) {
    forget(*late, static_cast<std::uint32_t>(own));
    ended->all.missing.emplace_back(late->id);
  }
  ended->then({std::move(ended->all), timed_out, std::move(ended->held)});
}

void acks::clear() {
  questions_.clear();
}

}  // namespace encke::hub
