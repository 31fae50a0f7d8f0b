// SPDX-License-Identifier: MIT
#include "bench/soak/cycles.hpp"

#include <memory>

namespace encke::soak {

namespace {

enum class transport : std::uint8_t { websocket, polling, upgraded };

enum class way_out : std::uint8_t {
  close_frame,  ///< of WebSocket; a poller posts the close packet
  end,          ///< the connection is shut down in order; a poller's while a GET is pending
  reset,
  packet,  ///< DISCONNECT and the close packet
  vanish,  ///< says nothing any more: the server has to notice
};

// What a client has begun when it leaves.
enum class loose_end : std::uint8_t {
  nothing,
  question,    ///< one that the server asked and that gets no answer
  attachment,  ///< an event whose attachment does not come
  half_sent,   ///< half of a WebSocket frame, or of a POST
};

struct visit_plan {
  transport how;
  way_out leaves;
  loose_end left;
  unsigned revision;
  unsigned salt;
  std::uint16_t port;
  std::string user;
};

class visit {
 public:
  visit(desk& at, visit_plan plan, std::string token)
      : desk_{at}, plan_{std::move(plan)}, token_{std::move(token)}, http_{at}, ws_{std::make_unique<peer>(at)} {}

  task<void> run() {
    if (plan_.how == transport::websocket)
      co_await open_websocket();
    else
      co_await open_polling();
    co_await join();
    if (plan_.how == transport::upgraded) co_await upgrade();
    if (!is_open_) co_return;
    co_await get_push();
    co_await begin_something();
    if (on_websocket_)
      co_await leave_websocket();
    else
      co_await leave_polling();
  }

 private:
  [[nodiscard]] wish request(bool websocket) const {
    return {.revision = plan_.revision,
            .websocket = websocket,
            .secure = desk_.secure,
            .sid = sid_,
            .token = sid_.empty() ? token_ : std::string_view{},
            .where = static_cast<token_place>(plan_.salt % 3)};
  }

  // --- speaking ---
  task<void> say(std::string packet) {
    if (on_websocket_) {
      co_await ws_->send_message(std::move(packet));
      co_return;
    }
    co_await reuse_or_connect();
    co_await http_.send(post_request(request(false), packet));
    const auto posted = co_await http_.read_answer();
    if (posted.status != 200 || posted.body != "ok") throw surprise{"POST answered " + posted.head + posted.body};
  }

  // Half of the pollers use a new connection for each request.
  task<void> reuse_or_connect() {
    if (http_.is_open() && plan_.salt % 2 == 0) co_return;
    co_await http_.connect(plan_.port);
  }

  task<void> hear(std::string what) {
    while (heard_.find(what) == heard_.npos) {
      if (on_websocket_) {
        auto message = co_await ws_->read_message();
        heard_ += message;
        if (message == "2") co_await ws_->send_message("3");
        continue;
      }
      co_await poll();
    }
  }

  task<void> poll() {
    co_await reuse_or_connect();
    co_await http_.send(get_request(request(false)));
    const auto polled = co_await http_.read_answer();
    if (polled.status != 200) throw surprise{"GET answered " + polled.head + polled.body};
    heard_ += polled.body;
    if (plan_.revision == 4 && (polled.body == "2" || polled.body.ends_with("\x1e"
                                                                            "2")))
      co_await say("3");
  }

  // --- coming ---
  task<void> open_websocket() {
    co_await switch_protocols();
    on_websocket_ = true;
    heard_ = co_await ws_->read_message();
    sid_ = sid_in(heard_);
  }

  task<void> switch_protocols() {
    co_await ws_->connect(plan_.port);
    co_await ws_->send(get_request(request(true)));
    const auto switched = co_await ws_->read_answer();
    if (switched.status != 101) throw surprise{"not 101 but " + switched.head + switched.body};
  }

  task<void> open_polling() {
    co_await http_.connect(plan_.port);
    co_await http_.send(get_request(request(false)));
    auto opened = co_await http_.read_answer();
    if (opened.status != 200) throw surprise{"handshake answered " + opened.head + opened.body};
    heard_ = std::move(opened.body);
    sid_ = sid_in(heard_);
  }

  // Some join a second namespace, and some ask for one that does not exist.
  task<void> join() {
    if (plan_.revision == 4) co_await say("40");
    co_await hear(plan_.revision == 4 ? "40{" : "40");
    if (plan_.salt % 3 == 0) {
      co_await say("40" + std::string{second_namespace} + ",");
      co_await hear("40" + std::string{second_namespace});
    }
    if (plan_.salt % 8 == 1) {
      co_await say("40/nowhere,");
      co_await hear("44/nowhere,");
    }
  }

  task<void> upgrade() {
    // Half of them with a GET pending, which the server has to end.
    const bool polls = plan_.salt % 2 == 0;
    if (polls) {
      co_await reuse_or_connect();
      co_await http_.send(get_request(request(false)));
    }
    co_await switch_protocols();
    co_await ws_->send_message("2probe");
    const auto probed = co_await ws_->read_message();
    if (probed != "3probe") throw surprise{"probe answered " + probed};
    if (polls) {
      const auto ended = co_await http_.read_answer();
      if (ended.status != 200) throw surprise{"pending GET answered " + ended.head + ended.body};
    }
    if (plan_.leaves == way_out::reset && plan_.salt % 4 < 2) {  // changes its mind
      ws_->reset();
      co_await say("1");
      http_.close();
      is_open_ = false;
      co_return;
    }
    co_await ws_->send_message("5");
    on_websocket_ = true;
    http_.close();
  }

  task<void> get_push() {
    co_await say("4217[\"" + std::string{push_event} + "\",\"" + plan_.user + "\"]");
    co_await hear("[\"" + std::string{pushed_event} + '"');
    co_await hear("4317[");
  }

  // --- leaving ---
  task<void> begin_something() {
    switch (plan_.left) {
      case loose_end::nothing: break;
      case loose_end::question: co_await say("42[\"" + std::string{ask_event} + "\"]"); break;
      case loose_end::attachment:
        co_await say("451-[\"" + std::string{push_event} + R"(",{"_placeholder":true,"num":0}])");
        break;
      case loose_end::half_sent: co_await send_half(); break;
    }
  }

  // Whoever means to say more has to finish what it says.
  task<void> send_half() {
    const bool says_more = plan_.leaves == way_out::close_frame || plan_.leaves == way_out::packet;
    if (says_more) co_return;
    if (on_websocket_) {
      co_await ws_->send_half_message();
      co_return;
    }
    auto post = post_request(request(false), "42[\"cut\"]");
    post.resize(post.size() - 3);
    co_await ws_->connect(plan_.port);
    co_await ws_->send(std::move(post));
  }

  task<void> leave_websocket() {
    switch (plan_.leaves) {
      case way_out::close_frame: co_await ws_->send_close(); break;
      case way_out::end: ws_->finish(); break;
      case way_out::reset: ws_->reset(); co_return;
      case way_out::packet:
        if (disconnects_first()) co_await ws_->send_message("41");
        co_await ws_->send_message("1");
        break;
      case way_out::vanish: desk_.in_background(wait_to_be_missed(std::move(ws_))); co_return;
    }
    co_await ws_->read_end();
  }

  static task<void> wait_to_be_missed(std::unique_ptr<peer> silent) { co_await silent->read_end(); }

  task<void> leave_polling() {
    switch (plan_.leaves) {
      case way_out::close_frame: co_await say("1"); break;
      case way_out::end:
        co_await begin_poll();
        http_.finish();
        co_await http_.read_end();
        break;
      case way_out::reset:
        co_await begin_poll();
        http_.reset();
        break;
      case way_out::packet: co_await leave_while_polling(); break;
      case way_out::vanish: break;
    }
    http_.close();
  }

  // Not in the place of an attachment: that would be an error, and the server would be the one to leave.
  [[nodiscard]] bool disconnects_first() const { return plan_.salt % 2 == 0 && plan_.left != loose_end::attachment; }

  task<void> begin_poll() {
    co_await reuse_or_connect();
    co_await http_.send(get_request(request(false)));
  }

  // The pending GET is answered when the session closes. The POST overtakes it at times: then there is no session for
  // it.
  task<void> leave_while_polling() {
    if (disconnects_first()) co_await say("41");
    co_await begin_poll();
    co_await ws_->connect(plan_.port);  // a second connection; no WebSocket this time
    co_await ws_->send(post_request(request(false), "1"));
    const auto posted = co_await ws_->read_answer();
    const auto ended = co_await http_.read_answer();
    if (posted.status != 200 || (ended.status != 200 && ended.status != 400))
      throw surprise{"close packet answered " + posted.head + ended.head};
  }

  desk& desk_;
  visit_plan plan_;
  std::string token_;
  peer http_;
  std::unique_ptr<peer> ws_;
  std::string sid_;
  std::string heard_;
  bool on_websocket_ = false;
  bool is_open_ = true;
};

}  // namespace

cycles::cycles(desk& at, const mint& tokens, places to) : desk_{at}, mint_{tokens}, to_{to} {}

task<void> cycles::run(std::uint64_t number) {
  auto rest = number;
  const auto take = [&rest](unsigned choices) {
    const auto chosen = static_cast<unsigned>(rest % choices);
    rest /= choices;
    return chosen;
  };
  visit_plan plan;
  plan.how = static_cast<transport>(take(3));
  plan.leaves = static_cast<way_out>(take(5));
  plan.revision = 3 + take(2);
  plan.salt = static_cast<unsigned>(rest % 1000);
  plan.left = static_cast<loose_end>(plan.salt / 2 % 4);
  plan.port = to_.open;
  plan.user = "user-" + std::to_string(number);
  auto token = mint_.good(plan.user);
  visit one{desk_, std::move(plan), std::move(token)};
  co_await one.run();
}

}  // namespace encke::soak
