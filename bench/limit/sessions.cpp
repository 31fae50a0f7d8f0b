// SPDX-License-Identifier: MIT
#include <algorithm>

#include "frame.hpp"
#include "server.hpp"
#include "text.hpp"

namespace limit {
namespace {

// Deadlines may be this late, so that clients that came one after another are pinged together.
constexpr std::int64_t tick = 50;

constexpr char separator = '\x1e';

}  // namespace

session& server::open(std::string_view user, bool polling) {
  auto* made = new session;
  made->user = user;
  made->polling = polling;
  made->due = now_ + options_.ping_interval;
  to_ping_.push_back(*made);
  if (polling) {
    made->id = ids_.next();
    polling_.emplace(made->id, made);
  }
  return *made;
}

std::string server::open_packet(const random_id& sid) const {
  std::string packet = R"(0{"sid":")";
  packet.append(sid.data(), sid.size()).append(R"(","upgrades":[],"pingInterval":)");
  packet.append(std::to_string(options_.ping_interval)).append(R"(,"pingTimeout":)");
  packet.append(std::to_string(options_.ping_timeout)).append(R"(,"maxPayload":)");
  return packet.append(std::to_string(largest_body)).append("}");
}

session* server::find(std::string_view sid) const {
  random_id key{};
  if (sid.size() != key.size()) return nullptr;
  std::ranges::copy(sid, key.begin());
  const auto at = polling_.find(key);
  return at == polling_.end() ? nullptr : at->second;
}

std::size_t server::take_frame(connection& from, char* bytes, std::size_t size) {
  frame got;
  std::size_t used = 0;
  auto& client = *from.client;
  switch (read(bytes, size, got, used)) {
    case framing::incomplete: return 0;
    case framing::bad: close(client); return size;
    case framing::too_big: close(client); return size;
    case framing::whole: break;
  }
  switch (got.code) {
    case opcode::text:
      if (!is_utf8(got.data)) {
        close(client);
        break;
      }
      on_packet(client, got.data);
      break;
    case opcode::close: close(client); break;
    case opcode::ping:
      append_header(out_, opcode::pong, got.data.size());
      out_.append(got.data);
      break;
    case opcode::pong: break;
  }
  return used;
}

void server::on_packet(session& from, std::string_view packet) {
  switch (packet.empty() ? '\0' : packet.front()) {
    case '3': return on_pong(from);
    case '4': return on_message(from, packet.substr(1));
    case '0':
    case '5':
    case '6': return;
    default: return close(from);
  }
}

void server::on_pong(session& from) {
  from.take_out();
  from.due = now_ + options_.ping_interval;
  to_ping_.push_back(from);
}

int server::milliseconds_to_wait() const {
  std::int64_t due = INT64_MAX;
  for (const auto* list : {&to_ping_, &pinged_})
    if (list->next != list) due = std::min(due, static_cast<const session*>(list->next)->due);
  if (due == INT64_MAX) return -1;
  return static_cast<int>(std::max(due - now_, std::int64_t{0}) / tick * tick + tick);
}

void server::on_time() {
  while (pinged_.next != &pinged_) {
    auto& silent = static_cast<session&>(*pinged_.next);
    if (silent.due > now_) break;
    auto* by = silent.carrier;
    close(silent);
    if (by != nullptr && by->websocket) drop(*by);  // it may never read the goodbye
  }
  while (to_ping_.next != &to_ping_) {
    auto& quiet = static_cast<session&>(*to_ping_.next);
    if (quiet.due > now_) break;
    quiet.take_out();
    quiet.due = now_ + options_.ping_timeout;
    pinged_.push_back(quiet);
    deliver(quiet,
            "\x81\x01"
            "2");
  }
}

void server::deliver(session& to, std::string_view frames) {
  if (to.over) return;
  if (!to.polling) return write(*to.carrier, frames);
  append_contents(to.queue, frames, separator);
  flush(to);
}

void server::flush(session& to) {
  if (to.carrier == nullptr || to.queue.empty()) return;
  auto& by = *to.carrier;
  to.carrier = nullptr;
  by.client = nullptr;
  answer_.clear();
  append_answer(answer_, "200 OK", "text/plain; charset=UTF-8", to.queue);
  std::string{}.swap(to.queue);
  write(by, answer_);
  hang_up_after_last_answer(by);
}

void server::close(session& one) {
  if (one.over) return;
  one.over = true;
  one.take_out();
  ended_sessions_.emplace_back(&one);
  if (one.polling) polling_.erase(one.id);
  if (one.carrier == nullptr) return;
  auto& by = *one.carrier;
  one.carrier = nullptr;
  by.client = nullptr;
  answer_.clear();
  if (one.polling) {
    append_answer(answer_, "200 OK", "text/plain; charset=UTF-8", "1");
  } else {
    by.last_answer = true;
    append_header(&by == reading_ ? out_ : answer_, opcode::close, 0);
    if (&by == reading_) return;  // it is written behind what was answered before
  }
  write(by, answer_);
  hang_up_after_last_answer(by);
}

}  // namespace limit
