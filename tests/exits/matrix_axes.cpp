// SPDX-License-Identifier: MIT
// Names of the matrix' axes, and the two tables of rules behind it: what is impossible, and what takes time.
#include "exits/matrix.hpp"

#include <algorithm>
#include <initializer_list>

namespace encke::test::matrix {
namespace {

struct naming {
  std::string_view name, words;
};
constexpr std::array<naming, stages> stage_names{{
    {"connected", "TCP connected"},
    {"in_tls_handshake", "TLS handshake half done"},
    {"secured", "TLS established"},
    {"in_head", "request head half sent"},
    {"opened", "session open, nothing joined"},
    {"in_middleware", "middleware undecided"},
    {"refused", "refused by middleware"},
    {"joined", "joined, idle"},
    {"get_pending", "joined, GET pending"},
    {"in_post", "POST half sent"},
    {"in_frame", "frame half sent"},
    {"in_message", "message half sent"},
    {"in_attachments", "attachments half sent"},
    {"ack_awaited", "ack awaited by the server"},
    {"in_handler", "handler still running"},
    {"upgrade_begun", "upgrade begun"},
    {"probe_answered", "probe answered"},
    {"upgraded", "upgraded"},
    {"closing", "closed by the server, no reaction yet"},
    {"blocked", "does not read, queue full"},
}};
constexpr std::array<naming, endings> ending_names{{
    {"frame", "the client sends a close frame"},
    {"packet", "the client sends a close packet of Engine.IO"},
    {"leaves", "the client leaves the namespace, then goes"},
    {"fin", "the client closes its connections"},
    {"half", "the client closes its side of them only"},
    {"reset", "the client resets them"},
    {"silent", "the client falls silent and stays connected"},
    {"nojoin", "the client joins no namespace in time"},
    {"badtls", "the client breaks TLS"},
    {"badhttp", "the client breaks HTTP"},
    {"badws", "the client breaks the WebSocket protocol"},
    {"badeio", "the client sends what is no packet of Engine.IO"},
    {"badsio", "the client sends what is no packet of Socket.IO"},
    {"large", "the client sends more than is allowed"},
    {"disc", "the server disconnects it from the namespace, then the client goes"},
    {"close", "the server closes its connection"},
    {"slow", "the server sends more than the queue takes"},
    {"stop", "the server stops"},
}};

// "/" is joined: by a packet, or without one in protocol 3.
bool is_joined(const cell& one) {
  if (one.at == stage::closing || !has_session(one.at)) return false;
  return one.at >= stage::joined || one.kind.eio == 3;
}

bool is_one_of(stage at, std::initializer_list<stage> those) {
  return std::find(those.begin(), those.end(), at) != those.end();
}
bool is_one_of(ending by, std::initializer_list<ending> those) {
  return std::find(those.begin(), those.end(), by) != those.end();
}

std::string_view impossible_stage(const way& kind, stage at) {
  using enum stage;
  if (is_one_of(at, {in_tls_handshake, secured}) && !kind.tls) return "no TLS";
  if (at == opened && kind.eio == 3) return "protocol 3 joins \"/\" by itself";
  if (is_one_of(at, {get_pending, in_post, upgrade_begun, probe_answered, upgraded}) && kind.by == carrier::websocket)
    return "no polling";
  if (is_one_of(at, {in_frame, in_message}) && kind.by == carrier::polling) return "no WebSocket";
  return "";
}

std::string_view inside_something(const cell& one) {
  const bool is_any_text = one.by == ending::close_packet || one.by == ending::leaves || one.by == ending::bad_packet;
  if (one.at == stage::in_frame && (is_any_text || one.by == ending::close_frame || one.by == ending::bad_message))
    return "inside a frame nothing else can be sent";
  if (one.at == stage::in_frame && one.by == ending::too_large) return "the frame's length was told before";
  if (one.at == stage::in_message && is_any_text) return "inside a message only control frames can be sent";
  if (one.at == stage::in_attachments && one.by == ending::leaves) return "the attachments have to come first";
  return "";
}

}  // namespace

std::string cell::name() const {
  return kind.name() + "_" + std::string{short_name(at)} + "_" + std::string{short_name(by)};
}

std::string_view words(stage one) {
  return stage_names[static_cast<std::size_t>(one)].words;
}
std::string_view words(ending one) {
  return ending_names[static_cast<std::size_t>(one)].words;
}
std::string_view short_name(stage one) {
  return stage_names[static_cast<std::size_t>(one)].name;
}
std::string_view short_name(ending one) {
  return ending_names[static_cast<std::size_t>(one)].name;
}

const std::vector<way>& every_kind() {
  static const std::vector<way> all = [] {
    std::vector<way> kinds;
    for (const bool tls : {false, true})
      for (const way by : {way{}, way{.jsonp = true}, way{.by = carrier::websocket}})
        for (const unsigned eio : {4U, 3U}) kinds.push_back({.by = by.by, .eio = eio, .tls = tls, .jsonp = by.jsonp});
    return kinds;
  }();
  return all;
}

bool has_session(stage at) {
  return at >= stage::opened;
}
bool has_probe(stage at) {
  return at == stage::upgrade_begun || at == stage::probe_answered;
}
bool is_on_websocket(const cell& one) {
  return has_session(one.at) && (one.kind.by == carrier::websocket || one.at == stage::upgraded);
}
bool is_polling(const cell& one) {
  return has_session(one.at) && !is_on_websocket(one);
}

std::string_view impossible(const cell& one) {
  if (const auto why = impossible_stage(one.kind, one.at); !why.empty()) return why;
  if (const auto why = inside_something(one); !why.empty()) return why;
  switch (one.by) {
    case ending::close_frame:
    case ending::broken_frame: return is_on_websocket(one) || has_probe(one.at) ? "" : "no WebSocket";
    case ending::close_packet:
    case ending::bad_packet:
    case ending::bad_message: return has_session(one.at) ? "" : "no session";
    case ending::leaves:
    case ending::disconnected:
    case ending::closed:
    case ending::too_slow: return is_joined(one) ? "" : "nothing joined";
    case ending::never_joins:
      if (!has_session(one.at)) return "no session";
      return is_joined(one) || one.at == stage::closing ? "has joined" : "";
    case ending::broken_tls: return one.kind.tls ? "" : "no TLS";
    case ending::broken_http: return is_on_websocket(one) || one.at == stage::in_tls_handshake ? "no HTTP" : "";
    case ending::too_large:
      return one.at == stage::in_tls_handshake || (one.at == stage::connected && one.kind.tls) ? "no HTTP" : "";
    case ending::fin:
    case ending::half_close:
    case ending::reset:
    case ending::silence:
    case ending::stopped: return "";
  }
  return "";
}

std::vector<cell> possible_cells() {
  std::vector<cell> cells;
  for (const auto& kind : every_kind())
    for (std::size_t at = 0; at < stages; ++at)
      for (std::size_t by = 0; by < endings; ++by) {
        const cell one{kind, static_cast<stage>(at), static_cast<ending>(by)};
        if (impossible(one).empty()) cells.push_back(one);
      }
  return cells;
}

// A polling session outlives its connections, unless one of them carried a request at the time.
scene scene_of(const cell& one) {
  using enum ending;
  if (one.by == silence) return scene::by_deadline;
  if (one.by == never_joins) return scene::never_joins;
  if (one.by == stopped) return scene::stop;
  if (!is_polling(one)) return scene::prompt;
  bool at_once = !is_one_of(one.by, {close_frame, broken_frame, too_large});
  if (is_one_of(one.by, {fin, half_close, reset, broken_tls}))
    at_once = one.at == stage::get_pending || one.at == stage::in_post;
  if (one.by == broken_http) at_once = one.at == stage::in_post;
  if (is_one_of(one.by, {bad_packet, bad_message})) at_once = one.at != stage::closing;
  return at_once ? scene::prompt : scene::by_deadline;
}

}  // namespace encke::test::matrix
