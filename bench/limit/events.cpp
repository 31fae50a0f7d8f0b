// SPDX-License-Identifier: MIT
#include "frame.hpp"
#include "server.hpp"
#include "text.hpp"

namespace limit {

void server::on_message(session& from, std::string_view packet) {
  const char type = packet.empty() ? '\0' : packet.front();
  if (type == '0') return connect(from, packet.substr(1));
  if (!from.connected) return close(from);
  switch (type) {
    case '1':
      from.connected = false;
      if (turn_.has_news(from)) reply(from, {});
      return turn_.leave(from);
    case '2': return on_event(from, packet.substr(1));
    case '3': return;  // nothing was asked
    default: return close(from);
  }
}

void server::connect(session& from, std::string_view rest) {
  if (rest.starts_with('/'))
    return reply(from, {"44", rest.substr(0, rest.find(',')), R"(,{"message":"Invalid namespace"})"});
  if (from.connected || (!rest.empty() && rest.front() != '{')) return close(from);
  from.connected = true;
  const auto id = ids_.next();
  reply(from, {R"(40{"sid":")", {id.data(), id.size()}, R"("})"});
  turn_.join(from, from.user, 0);
  turn_.join(from, "house", 1);
}

void server::on_event(session& from, std::string_view packet) {
  const auto digits = std::min(packet.find_first_not_of("0123456789"), packet.size());
  const auto id = packet.substr(0, digits);
  const auto array = packet.substr(digits);
  const auto end = array.find('"', 2);
  if (!array.starts_with("[\"") || !array.ends_with(']') || end == array.npos) return close(from);
  const auto name = array.substr(2, end - 2);
  const auto rest = array.substr(end + 1);  // from the comma, or the end of the array
  if (rest.front() != ',' && rest.size() != 1) return close(from);
  if (name == "echo") return reply(from, {R"(42["echo")", rest});
  if (name == "shout") return send(turn_.find("house"), {R"(42["shout")", rest});
  if (name == "tell") return tell(from, rest);
  if (name == "echo-ack" && !id.empty()) reply(from, {"43", id, "[", rest.front() == ',' ? rest.substr(1) : rest});
}

void server::tell(session& from, std::string_view rest) {
  const auto named = rest.substr(1);
  const auto end = end_of_value(named);
  const auto to = string_in(named.substr(0, end));
  if (to.empty()) return close(from);
  send(turn_.find(to), {R"(42["tell")", named.substr(end)});
}

void server::reply(session& to, std::initializer_list<std::string_view> packet) {
  std::size_t size = 0;
  for (const auto part : packet) size += part.size();
  if (to.polling) {
    if (turn_.has_news(to)) append_contents(to.queue, turn_.news_of(to), '\x1e');
    if (size != 0 && !to.queue.empty()) to.queue.push_back('\x1e');
    for (const auto part : packet) to.queue.append(part);
    return;
  }
  if (turn_.has_news(to)) out_.append(turn_.news_of(to));
  if (size != 0) append_header(out_, opcode::text, size);
  for (const auto part : packet) out_.append(part);
}

void server::send(room* to, std::initializer_list<std::string_view> packet) {
  if (to == nullptr) return;
  std::size_t size = 0;
  for (const auto part : packet) size += part.size();
  append_header(turn_.text(), opcode::text, size);
  for (const auto part : packet) turn_.text().append(part);
  turn_.sent(*to);
}

}  // namespace limit
