// SPDX-License-Identifier: MIT
// Scripted sessions: a table of {event, expected actions} with a clock moved by hand.
// Events are short texts ("post end", "packet 4hi", "at 25000"); what comes back is the verdict, if the event has one
// other than the usual, and the actions in order, separated by ", ". The tests read like a conversation.
#pragma once

#include <gtest/gtest.h>

#include <initializer_list>
#include <stdexcept>
#include <string>
#include <string_view>

#include "engineio/session.hpp"

namespace encke::engineio {

inline std::string describe(const action& a) {
  switch (a.what) {
    case action::kind::send: return a.data.type == packet_type::ping ? "send ping" : "send pong";
    case action::kind::deliver: return (a.data.binary ? "deliver binary " : "deliver ") + std::string{a.data.data};
    case action::kind::flush_poll: return "flush";
    case action::kind::answer_poll:
      return a.answer == poll_answer::noop ? "answer 6" : a.answer == poll_answer::close ? "answer 1" : "answer 6 1";
    case action::kind::probe_pong: return "send 3probe";
    case action::kind::switch_to_websocket: return "switch";
    case action::kind::close_probe: return "close probe";
    case action::kind::close_websocket: return "close websocket";
    case action::kind::closing: return "closing " + std::string{to_string(a.reason)};
    case action::kind::ended: return "ended";
  }
  return "?";
}

class script {
 public:
  struct line {
    std::string_view event, expected;
  };

  explicit script(revision rev = revision::v4, transport on = transport::polling, const settings& s = {})
      : settings_{s}, session_{settings_, rev, on, time_point{}} {}

  void run(std::initializer_list<line> lines) {
    int number = 0;
    for (const auto& [event, expected] : lines)
      EXPECT_EQ(does(event), expected) << "step " << ++number << ": " << event;
  }

  /// What the session says to one event.
  std::string does(std::string_view event) {
    std::string said = feed(event);
    while (auto a = session_.take_action()) {
      if (!said.empty()) said += ", ";
      said += describe(*a);
    }
    return said;
  }

  session& subject() { return session_; }

 private:
  static bool takes(std::string_view& event, std::string_view word) {
    if (!event.starts_with(word)) return false;
    event.remove_prefix(word.size());
    return true;
  }

  packet parse(std::string_view text) {
    const auto p = decode_text(session_.rev(), text, scratch_);
    if (!p) throw std::runtime_error{"not a packet: " + std::string{text}};
    return *p;
  }

  std::string poll(bool has_queued) {
    return session_.on_poll(has_queued, now_) == session::poll_verdict::wait ? "" : "400";
  }

  std::string post(bool octet_stream) {
    switch (session_.on_post_begin(octet_stream)) {
      case session::post_verdict::read: return "";
      case session::post_verdict::overlap: return "400 drop earlier";
      case session::post_verdict::refused: return "400";
    }
    return "?";
  }

  std::string feed(std::string_view event) {
    if (event == "poll") return poll(false);
    if (event == "poll queued") return poll(true);
    if (event == "poll gone") return session_.on_poll_gone(), "";
    if (event == "post") return post(false);
    if (event == "post octets") return post(true);
    if (event == "post end") return session_.on_post_end() ? "" : "drop it";
    if (event == "post aborted") return session_.on_post_aborted(), "";
    if (event == "parse error") return session_.on_parse_error(), "";
    if (event == "websocket") return session_.on_probe(now_) ? "" : "close newcomer";
    if (event == "probe parse error") return session_.on_probe_parse_error(), "";
    if (event == "probe gone") return session_.on_probe_gone(), "";
    if (event == "websocket gone") return session_.on_websocket_gone(close_reason::transport_close), "";
    if (event == "websocket failed") return session_.on_websocket_gone(close_reason::transport_error), "";
    if (event == "queued") return session_.on_queued(), "";
    if (event == "close") return session_.close(false, now_), "";
    if (event == "close queued") return session_.close(true, now_), "";
    if (event == "shutdown") return session_.shutdown(), "";
    if (event == "deadline") return deadline();
    if (takes(event, "packet ")) return session_.on_packet(parse(event), now_), "";
    if (takes(event, "probe ")) return session_.on_probe_packet(parse(event), now_), "";
    if (takes(event, "at ")) return at(std::stol(std::string{event})), "";
    if (takes(event, "clock ")) return now_ = time(std::stol(std::string{event})), "";
    throw std::runtime_error{"unknown event: " + std::string{event}};
  }

  static time_point time(long milliseconds) { return time_point{} + std::chrono::milliseconds{milliseconds}; }

  void at(long milliseconds) {
    now_ = time(milliseconds);
    session_.on_time(now_);
  }

  std::string deadline() const {
    const auto next = session_.next_deadline();
    if (!next) return "none";
    return std::to_string(std::chrono::duration_cast<std::chrono::milliseconds>(next->time_since_epoch()).count());
  }

  settings settings_;
  session session_;
  time_point now_{};
  std::string scratch_;
};

}  // namespace encke::engineio
