// SPDX-License-Identifier: MIT
#include <time.h>

#include "server.hpp"
#include "text.hpp"

namespace limit {

std::size_t server::take_request(connection& from, std::string_view bytes) {
  request asked;
  std::size_t size = 0;
  switch (read(bytes, asked, size)) {
    case reading::incomplete: return 0;
    case reading::bad: drop(from); return bytes.size();
    case reading::whole: break;
  }
  if (from.client != nullptr) {  // another request before a GET that waits was answered
    drop(from);
    return size;
  }
  from.last_answer = !asked.keep_alive;
  answer(from, asked);
  return size;
}

void server::answer(connection& from, const request& asked) {
  if (asked.method == "POST" && asked.path == "/publish") return answer_publish(asked.body);
  if (asked.path != "/socket.io/") return append_answer(out_, "404 Not Found", "text/plain", "");
  const bool upgrade = asked.transport == "websocket";
  if (!upgrade && asked.transport != "polling") return refuse(R"({"code":0,"message":"Transport unknown"})");
  if (asked.sid.empty()) return answer_opening(from, asked);
  auto* client = find(asked.sid);
  if (client == nullptr) return refuse(R"({"code":1,"message":"Session ID unknown"})");
  if (upgrade) return refuse(R"({"code":3,"message":"Bad request"})");
  if (asked.method == "GET") return answer_poll(from, *client);
  answer_post(*client, asked.body);
}

void server::answer_opening(connection& from, const request& asked) {
  const bool upgrade = asked.transport == "websocket";
  if (asked.method != "GET") return refuse(R"({"code":2,"message":"Bad handshake method"})");
  if (asked.eio != "4") return refuse(R"({"code":5,"message":"Unsupported protocol version"})");
  if (upgrade && asked.websocket_key.empty()) return refuse(R"({"code":3,"message":"Bad request"})");
  const auto user = tokens_.user_of(asked.token, time(nullptr));
  if (user.empty())
    return append_answer(out_, "401 Unauthorized", "application/json", R"({"code":4,"message":"invalid token"})");
  auto& client = open(user, !upgrade);
  if (!upgrade) {
    append_answer(out_, "200 OK", "text/plain; charset=UTF-8", open_packet(client.id));
    return;
  }
  append_switch(out_, asked.websocket_key);
  from.websocket = true;
  from.last_answer = false;
  from.client = &client;
  client.carrier = &from;
  reply(client, {open_packet(ids_.next())});
}

void server::answer_poll(connection& from, session& client) {
  if (client.carrier != nullptr) {  // a second GET ends the session
    refuse("");
    return close(client);
  }
  client.carrier = &from;
  from.client = &client;
  if (client.queue.empty()) return;
  append_answer(out_, "200 OK", "text/plain; charset=UTF-8", client.queue);
  std::string{}.swap(client.queue);
  client.carrier = nullptr;
  from.client = nullptr;
}

void server::answer_post(session& client, std::string_view body) {
  auto rest = is_utf8(body) ? body : std::string_view{};
  do {
    const auto end = rest.find('\x1e');
    on_packet(client, rest.substr(0, end));
    rest = end == rest.npos ? std::string_view{} : rest.substr(end + 1);
  } while (!rest.empty() && !client.over);
  append_answer(out_, "200 OK", "text/html", "ok");
  if (!client.over) flush(client);
}

void server::answer_publish(std::string_view body) {
  const auto event = string_in(member_of(body, "event"));
  const auto data = member_of(body, "data");
  if (event.empty() || data.empty() || !is_utf8(body)) return refuse(R"({"message":"room, event and data"})");
  send(turn_.find(string_in(member_of(body, "room"))), {"42[\"", event, "\",", data, "]"});
  append_answer(out_, "200 OK", "application/json", "{}");
}

void server::refuse(std::string_view code_and_message) {
  append_answer(out_, "400 Bad Request", "application/json", code_and_message);
}

}  // namespace limit
