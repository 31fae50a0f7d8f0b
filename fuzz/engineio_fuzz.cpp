// SPDX-License-Identifier: MIT
// Engine.IO under fuzzing: packets and payloads are decoded, encoded again and compared; a session is fed random events
// by a caller that behaves, while a model of its GET, its probe and its end checks every action. The first byte picks
// what is fuzzed, the second one revision and form.
#include <cstdio>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "base/utf8.hpp"
#include "engineio/payload.hpp"
#include "engineio/session.hpp"

namespace {

using namespace encke;
using namespace encke::engineio;

void check(bool holds, const char* what) {
  if (holds) return;
  std::fprintf(stderr, "does not hold: %s\n", what);
  std::abort();
}

struct owned {
  packet_type type;
  bool binary;
  std::string data;
  friend bool operator==(const owned&, const owned&) = default;
};

class input {
 public:
  explicit input(std::string_view bytes) : rest_{bytes} {}
  unsigned byte() {
    if (rest_.empty()) return 0;
    const auto b = static_cast<unsigned char>(rest_[0]);
    rest_.remove_prefix(1);
    return b;
  }
  std::string_view take(std::size_t size) {
    const auto taken = rest_.substr(0, size);
    rest_.remove_prefix(taken.size());
    return taken;
  }
  std::string_view rest() const { return rest_; }
  bool empty() const { return rest_.empty(); }

 private:
  std::string_view rest_;
};

// --- packets
// -----------------------------------------------------------------------------------------------------------

void fuzz_text_packet(revision rev, std::string_view wire) {
  std::string scratch, again, scratch_again;
  const auto p = decode_text(rev, wire, scratch);
  if (!p) return;
  if (!p->binary) {
    append_text_packet(again, p->type, p->data);
    check(again == wire, "a text packet is written as it was read");
    return;
  }
  if (p->type != packet_type::message) return;
  append_base64_packet(again, rev, p->data);
  const auto q = decode_text(rev, again, scratch_again);
  check(q && *q == *p, "base64 survives the round trip");
}

void fuzz_binary_packet(revision rev, std::string_view wire) {
  const auto p = decode_binary(rev, wire);
  if (!p || p->type != packet_type::message) return;
  std::string again;
  append_binary_packet(again, rev, p->data);
  check(again == wire, "a binary packet is written as it was read");
}

// --- payloads
// ----------------------------------------------------------------------------------------------------------

bool decode_all(revision rev, payload_form form, std::string_view body, std::vector<owned>& packets) {
  payload_decoder decoder{rev, form, body, {.packets = 1000}};
  for (;;) {
    const auto next = decoder.next();
    if (!next) {
      check(decoder.next().has_error(), "an error is final");
      return false;
    }
    if (!*next) return true;
    packets.push_back({(*next)->type, (*next)->binary, std::string{(*next)->data}});
  }
}

std::string encode_all(revision rev, payload_form form, const std::vector<owned>& packets) {
  std::string body;
  payload_encoder encoder{rev, form, body};
  for (const auto& p : packets) {
    if (p.binary)
      encoder.add_binary(p.data);
    else
      encoder.add_text(p.type, p.data);
  }
  return body;
}

void check_round_trip(revision rev, payload_form form, const std::vector<owned>& packets) {
  if (packets.empty()) return;
  std::vector<owned> again;
  check(decode_all(rev, form, encode_all(rev, form, packets), again), "what was encoded can be decoded");
  check(again == packets, "packets survive the round trip");
}

void fuzz_payload(revision rev, payload_form form, std::string_view body) {
  std::vector<owned> packets;
  decode_all(rev, form, body, packets);
  for (auto& p : packets) {
    check(p.binary || utf8::is_valid(p.data), "text is valid");
    if (p.binary) p.type = packet_type::message;  // the only binary packets that are ever written
  }
  check_round_trip(rev, form, packets);
}

/// The input as packets, written first.
void fuzz_encoder(revision rev, payload_form form, input in) {
  std::vector<owned> packets;
  while (!in.empty() && packets.size() < 1000) {
    const auto head = in.byte();
    const auto data = in.take(head >> 3);
    if (head % 8 == 7) {
      packets.push_back({packet_type::message, true, std::string{data}});
      continue;
    }
    auto text = utf8::replace_invalid(data);
    if (rev == revision::v4) std::erase(text, '\x1e');
    packets.push_back({static_cast<packet_type>(head % 8), false, std::move(text)});
  }
  check_round_trip(rev, form, packets);
}

void fuzz_jsonp(std::string_view bytes) {
  (void)jsonp_unwrap(bytes);
  const auto script = jsonp_wrap(bytes.substr(0, 4), utf8::replace_invalid(bytes));
  for (const unsigned char c : script) check(c >= 0x20, "no control character in a script");
  check(script.find("\xe2\x80\xa8") == std::string::npos, "no line separator in a script");
}

// --- the session
// ---------------------------------------------------------------------------------------------------------

class caller {
 public:
  caller(revision rev, transport on, input in) : session_{settings_, rev, on, now_}, in_{in} {}

  void run() {
    while (!in_.empty()) {
      event(in_.byte());
      drain();
      check_quiet();
    }
    // Left alone by its client a session ends by its own deadlines, after few of them.
    for (int left = 100; !ended_; --left) {
      check(left > 0, "a silent session ends");
      now_ = *session_.next_deadline();
      session_.on_time(now_);
      drain();
      check_quiet();
    }
    check(!session_.next_deadline(), "no deadline after the end");
  }

 private:
  void check_quiet() const {
    check(session_.is_closed() == ended_, "closed when it ended");
    check(session_.next_deadline().has_value() == !ended_, "a deadline exactly until the end");
    check(!session_.is_open() == told_, "the layer above knows whether it is open");
    check(session_.has_pending_poll() == poll_, "a GET is pending exactly until it is answered");
    check(session_.is_upgrading() == probe_, "a probe lasts until it is switched to or closed");
    check(!ended_ || (!poll_ && !probe_), "nothing is left open at the end");
  }

  void event(unsigned which) {
    switch (which % 19) {
      case 0: return on_poll();
      case 1: return on_post();
      case 2: return on_post_end();
      case 3: return session_.on_post_aborted();
      case 4:
      case 5: return on_packet();
      case 6: return session_.on_parse_error();
      case 7: return on_websocket();
      case 8:
      case 9: return on_probe_packet();
      case 10: return session_.on_probe_parse_error();
      case 11: return pass(std::chrono::milliseconds{in_.byte() * 4});
      case 12: return pass(std::chrono::milliseconds{in_.byte() * 200});
      case 13: return to_deadline();
      default: return outside_event(which % 19);
    }
  }

  /// What may come at any time, also while actions are being done.
  void outside_event(unsigned which) {
    switch (which) {
      case 14: queued_ = true; return session_.on_queued();
      case 15: return session_.close(queued_, now_);
      case 16:
        if (poll_ && session_.has_pending_poll()) {
          poll_ = false;
          session_.on_poll_gone();
        }
        return;
      case 17:
        if (!probe_ || !session_.is_upgrading()) return session_.on_websocket_gone(close_reason::transport_close);
        probe_ = false;
        return session_.on_probe_gone();
      case 18:
        if (in_.byte() % 8 == 0) session_.shutdown();
        return;
      default: return;
    }
  }

  void on_poll() {
    const bool was_free = !poll_;
    if (session_.on_poll(queued_, now_) == session::poll_verdict::overlap) return;
    check(was_free, "one GET at a time");
    poll_ = true;
  }

  void on_post() {
    const bool was_free = !session_.is_reading_post();
    if (session_.on_post_begin(in_.byte() % 8 == 0) == session::post_verdict::read)
      check(was_free, "one POST at a time");
  }

  void on_post_end() {
    if (!session_.on_post_end()) return;
    check(session_.current() == transport::polling, "a POST counts on polling only");
    on_packet();
  }

  packet any_packet() {
    const auto b = in_.byte();
    return {static_cast<packet_type>(b % 7), (b & 64) != 0, (b & 128) != 0 ? "probe" : ""};
  }

  void on_packet() { session_.on_packet(any_packet(), now_); }

  void on_websocket() {
    const bool was_free = !probe_;
    if (!session_.on_probe(now_)) return;
    check(was_free && session_.current() == transport::polling, "one probe at a time, on polling only");
    probe_ = true;
  }

  void on_probe_packet() {
    if (probe_) session_.on_probe_packet(any_packet(), now_);
  }

  void pass(std::chrono::milliseconds time) {
    now_ += time;
    session_.on_time(now_);
    const auto next = session_.next_deadline();
    check(!next || *next > now_, "a deadline that was served has moved on");
  }

  void to_deadline() {
    if (const auto next = session_.next_deadline(); next && *next > now_) now_ = *next;
    pass({});
  }

  void drain() {
    while (const auto a = session_.take_action()) {
      check(!ended_, "nothing after the end");
      perform(*a);
      if (in_.byte() % 4 == 0) outside_event(14 + in_.byte() % 5);
    }
  }

  void perform(const action& a) {
    switch (a.what) {
      case action::kind::send: queued_ = true; return check(!told_, "no heartbeat once closing");
      case action::kind::deliver: return check(!told_, "no message once closing");
      case action::kind::flush_poll: queued_ = false; [[fallthrough]];
      case action::kind::answer_poll:
        check(poll_, "a GET is there to be answered");
        poll_ = false;
        return;
      case action::kind::probe_pong: return;  // the probe may be gone by now
      case action::kind::switch_to_websocket:
        queued_ = false;
        probe_ = false;
        return;
      case action::kind::close_probe:
        check(probe_, "a probe is there to be closed");
        probe_ = false;
        return;
      case action::kind::close_websocket:
        return check(session_.current() == transport::websocket, "a WebSocket is current");
      case action::kind::closing:
        check(!told_, "closing is told once");
        told_ = true;
        return;
      case action::kind::ended: check(told_, "closing comes before the end"); ended_ = true;
    }
  }

  settings settings_;
  time_point now_{};
  session session_;
  input in_;
  bool poll_ = false, probe_ = false, queued_ = false, told_ = false, ended_ = false;
};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  input in{{reinterpret_cast<const char*>(data), size}};
  const auto what = in.byte(), how = in.byte();
  const auto rev = how % 2 == 0 ? revision::v4 : revision::v3;
  const auto form = how % 4 < 2 ? payload_form::text : payload_form::binary;
  switch (what % 6) {
    case 0: fuzz_text_packet(rev, in.rest()); break;
    case 1: fuzz_binary_packet(rev, in.rest()); break;
    case 2: fuzz_payload(rev, form, in.rest()); break;
    case 3: fuzz_encoder(rev, form, in); break;
    case 4: fuzz_jsonp(in.rest()); break;
    case 5: caller{rev, how % 4 < 2 ? transport::polling : transport::websocket, in}.run(); break;
  }
  return 0;
}
