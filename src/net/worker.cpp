// SPDX-License-Identifier: MIT
#include <net/worker.hpp>

#include <algorithm>
#include <boost/asio/post.hpp>
#include <string>

namespace encke::net {

namespace {

constexpr auto slice = std::chrono::milliseconds{1};  // of a crowd, until others have their turn
constexpr int most_rounds = 16;                       // of a turn's end
constexpr std::size_t few = 16;                       // sessions, between two looks at the clock
constexpr std::size_t least_at_a_time = 256;
constexpr auto time_between_partings = std::chrono::milliseconds{50};
constexpr auto between_logged_refusals = std::chrono::minutes{1};

std::string_view to_string(refused_for why) {
  switch (why) {
    case refused_for::connections: return "as many connections as allowed";
    case refused_for::internal_connections: return "as many internal connections as allowed";
    case refused_for::descriptors: break;
  }
  return "no file descriptors left";
}

// Fine enough for heartbeats that were set short, so that none is late by more than a twentieth.
clock::duration tick_for(const engineio::settings& s) {
  using std::chrono::milliseconds;
  return std::clamp(std::min(s.ping_interval, s.ping_timeout) / 20, milliseconds{5}, milliseconds{100});
}

}  // namespace

worker::worker(service& shared, std::uint8_t number, boost::asio::io_context* of_user)
    : service_{shared},
      own_loop_{of_user ? nullptr : std::make_unique<event_loop>(1)},
      loop_{of_user ? *of_user : *own_loop_},
      line_{of_user ? lifeline::of_mortal() : lifeline{}},
      poller_{loop_, line_, [this] { begin_batch(); }, [this] { end_batch(); }},
      wheel_{clock::now(), tick_for(shared.engine)},
      shard_{*shared.hub, *this, number} {
  for (std::size_t i = 0; i < control_frames_.size(); ++i)
    control_frames_[i] = hub::frame::make_permanent(std::string(1, static_cast<char>('0' + i)));
  if (own_loop_) alive_.emplace(loop_.get_executor());
}

worker::~worker() = default;

void worker::clear() {
  if (own_loop_) return own_loop_->shutdown();
  hub::shard::set_current(&shard_);
  abort_all();
  hub::shard::set_current(nullptr);
  line_.lose();
}

boost::asio::any_io_executor worker::executor() {
  if (own_loop_) return loop_.get_executor();
  return mortal_executor{loop_.get_executor(), line_};
}

void worker::abort() {
  if (own_loop_) own_loop_->stop();
}

void worker::run() {
  ledger::name_thread("worker " + std::to_string(number()));
  hub::shard::set_current(&shard_);
  poller_.start();
  tick();
  loop_.run();
  abort_all();
  hub::shard::set_current(nullptr);
}

void worker::start(std::move_only_function<void()> ending, std::move_only_function<void()> ended) {
  on_ending_ = std::move(ending);
  on_ended_ = std::move(ended);
  boost::asio::post(loop_, [this, line = line_] {
    if (!line.is_there()) return;
    if (ended_) return leave_loop_of_user();
    poller_.start();
    tick();
  });
}

// Whoever is told may destroy this.
void worker::tell_ended() {
  if (auto then = std::exchange(on_ended_, nullptr)) then();
}

bool worker::is_here() const {
  return !own_loop_ && loop_.get_executor().running_in_this_thread();
}

// --- connections and sessions -------------------------------------------------------------------------------------

void worker::adopt(std::unique_ptr<connection> one, std::string received) {
  auto& adopted = *one;
  adopted.place = static_cast<std::uint32_t>(connections_.size());
  connections_.push_back(std::move(one));
  connection_count_.store(connections_.size(), std::memory_order_relaxed);
  adopted.attach(*this);
  if (!received.empty()) adopted.take_over(std::move(received));
  if (stopping_ && !adopted.is_doomed && !adopted.from().internal) adopted.on_stop();
  if (ended_) abort_all();
}

void worker::hand_over_later(connection& one, worker& to) {
  moving_.emplace_back(&one, &to);
  end_turn_later();
}

// It is no longer served here.
std::unique_ptr<connection> worker::take_out(connection& one) {
  one.detach();
  out_.remove(one);
  if (std::exchange(one.is_held_back, false)) std::erase(held_back_, &one);
  auto owned = std::move(connections_[one.place]);
  connections_[one.place] = std::move(connections_.back());
  if (connections_[one.place]) connections_[one.place]->place = one.place;
  connections_.pop_back();
  connection_count_.store(connections_.size(), std::memory_order_relaxed);
  return owned;
}

void worker::hand_over(connection& one, worker& to) {
  auto owned = take_out(one);
  to.post([&to, owned = std::move(owned)]() mutable { to.adopt(std::move(owned)); });
}

session& worker::add(std::unique_ptr<session> one) {
  auto& added = *one;
  sessions_.insert(std::move(one));
  session_count_.store(sessions_.size(), std::memory_order_relaxed);
  count(counter::sessions_opened);
  return added;
}

session* worker::find(std::string_view sid) {
  return sessions_.find(sid);
}

void worker::doom(connection& one) {
  one.is_doomed = true;
  doomed_connections_.push_back(take_out(one));
  if (connections_.empty()) connections_.shrink_to_fit();
  service_.count_of(one.from().internal).fetch_sub(1, std::memory_order_relaxed);
  count(counter::connections_closed);
  end_turn_later();
}

void worker::doom(session& one) {
  auto owned = sessions_.take(one.sid());
  if (!owned) return;
  wheel_.cancel(one);
  doomed_sessions_.push_back(std::move(owned));
  session_count_.store(sessions_.size(), std::memory_order_relaxed);
  count(counter::sessions_closed);
  end_turn_later();
}

void worker::doom(std::unique_ptr<protocol> one) {
  doomed_protocols_.push_back(std::move(one));
  end_turn_later();
}

void worker::flush_later(connection& one) {
  out_.add(one, &one == heard_);
  end_turn_later();
}

void worker::at_turn_end(session& one) {
  put_off_.push_back(&one);
  end_turn_later();
}

// --- room for input -----------------------------------------------------------------------------------------------

bool worker::took_input(std::size_t bytes) {
  input_ += bytes;
  is_full_ = is_full_ || input_ > service_.room_for_input.load(std::memory_order_relaxed);
  return !is_full_;
}

void worker::hold_back(connection& one) {
  one.is_held_back = true;
  held_back_.push_back(&one);
}

void worker::renew_room() {
  const auto looks = service_.looks.load(std::memory_order_relaxed);
  if (std::exchange(looks_, looks) == looks) return;
  input_ = 0;
  is_full_ = false;
  for (auto* one : std::exchange(held_back_, {})) one->go_on_reading();
}

// --- the turn of the loop -----------------------------------------------------------------------------------------

void worker::end_turn_later() {
  if (in_batch_ || turn_ends_ || std::exchange(end_is_posted_, true)) return;  // a batch ends in a turn's end anyway
  later([this] {
    end_is_posted_ = false;
    end_turn();
  });
}

void worker::set_stamp(time_point now) {
  now_stamp_ = static_cast<stamp>(std::chrono::duration_cast<std::chrono::milliseconds>(now - began_).count());
}

void worker::begin_batch() {
  batch_began_ = clock::now();
  set_stamp(batch_began_);
  in_batch_ = true;
}

void worker::end_batch() {
  in_batch_ = false;
  end_turn();
}

// A crowd is served in slices: what is left of it waits for the end of the next turn, which comes at once, and before
// it whoever is ready is heard.
void worker::end_turn() {
  turn_ends_ = true;
  const auto until = clock::now() + slice;
  settle(until);
  if (out_.has_crowd()) {
    out_.flush_crowd(until);
    settle(until);
  }
  for (const auto& [one, to] : std::exchange(moving_, {}))
    if (!one->is_doomed) hand_over(*one, *to);
  // Destroyed at the end of this function, when nothing of them is on the stack: destructors of what users attached may
  // ask for another turn.
  const auto protocols = std::exchange(doomed_protocols_, {});
  const auto connections = std::exchange(doomed_connections_, {});
  const auto sessions = take_doomed_sessions();
  if (connections_.empty()) out_.shrink();
  turn_ends_ = false;
  if (out_.has_crowd() || out_.has_prompt() || shard_.has_pending() || !put_off_.empty()) end_turn_later();
  socket_count_.store(shard_.socket_count(), std::memory_order_relaxed);
  if (stopping_) end_if_empty();
}

// Those that are in `put_off_` wait for their turn there.
std::vector<std::unique_ptr<session>> worker::take_doomed_sessions() {
  if (put_off_.empty()) return std::exchange(doomed_sessions_, {});
  const auto free = std::partition(doomed_sessions_.begin(), doomed_sessions_.end(),
                                   [](const auto& one) { return one->is_put_off(); });
  std::vector<std::unique_ptr<session>> taken{std::move_iterator{free}, std::move_iterator{doomed_sessions_.end()}};
  doomed_sessions_.erase(free, doomed_sessions_.end());
  return taken;
}

// Delivering, answering and flushing may make each other necessary; what goes on doing so waits for other turns.
void worker::settle(time_point until) {
  bool has_time = true;
  int rounds = 0;
  while (++rounds <= most_rounds && (shard_.has_pending() || out_.has_prompt() || (has_time && !put_off_.empty()))) {
    shard_.end_turn();
    for (std::size_t n = 0; has_time && !put_off_.empty(); ++n) {
      auto* const one = put_off_.front();
      put_off_.pop_front();
      one->on_turn_end();
      has_time = n % few != few - 1 || clock::now() < until;
    }
    out_.flush_prompt();
  }
}

void worker::tick() {
  const auto now_is = now();
  set_stamp(now_is);
  renew_room();
  while (auto* due = wheel_.advance(now_is)) static_cast<alarm*>(due)->on_alarm(now_is);
  if (stopping_) end_if_empty();
  if (ended_) return;
  ticker_.expires_after(wheel_.tick());
  ticker_.async_wait([this, line = line_](const boost::system::error_code& failed) {
    if (!failed && line.serves()) tick();
  });
}

template <class Act>
void worker::later(Act&& act) {
  if (own_loop_) return boost::asio::post(loop_, std::forward<Act>(act));
  boost::asio::post(loop_, [act = std::forward<Act>(act), line = line_]() mutable {
    if (line.serves()) act();
  });
}

void worker::post(std::move_only_function<void()> act) {
  later(std::move(act));
}

// --- stopping -----------------------------------------------------------------------------------------------------

void worker::stop(time_point deadline) {
  if (ended_) return;
  if (!stopping_) {
    stopping_ = true;
    for (std::size_t i = connections_.size(); i-- > 0;)
      if (i < connections_.size()) connections_[i]->on_stop();
    send_away(now() + (deadline - now()) / 2);
  }
  if (const auto earlier = limit_.expiry(); earlier != time_point{} && earlier <= deadline) return;
  limit_.expires_at(deadline);
  limit_.async_wait([this, line = line_](const boost::system::error_code& failed) {
    if (!failed && line.serves()) end();
  });
  end_turn_later();
}

// A few clients leave at once; many leave bit by bit, so that they do not all come to another server together.
void worker::send_away(time_point last) {
  const auto steps = std::max<std::int64_t>((last - now()) / time_between_partings, 1);
  auto count = std::max(sessions_.size() / static_cast<std::size_t>(steps), least_at_a_time);
  std::vector<session*> leaving;
  sessions_.visit_while([&](session& one) {
    leaving.push_back(&one);
    return --count > 0;
  });
  for (auto* one : leaving) one->on_stop();
  if (sessions_.empty()) return;
  parting_.expires_after(time_between_partings);
  parting_.async_wait([this, last, line = line_](const boost::system::error_code& failed) {
    if (!failed && line.serves()) send_away(last);
  });
}

// The first worker accepts for all, so it goes last.
void worker::end_if_empty() {
  const auto all = service_.connections.load(std::memory_order_relaxed) +
                   service_.internal_connections.load(std::memory_order_relaxed);
  const bool others_left = number() != 0 || all == 0;
  if (connections_.empty() && others_left) end();
}

void worker::end() {
  if (own_loop_) return loop_.stop();
  if (!std::exchange(ended_, true)) leave_loop_of_user();
}

// A user's loop goes on: in the first step all that waits on it for this server is stopped, so that by the second one
// nothing does.
void worker::leave_loop_of_user() {
  boost::asio::post(loop_, [this, line = line_] {
    if (!line.is_there()) return;
    if (auto ending = std::exchange(on_ending_, nullptr)) ending();
    abort_all();
    line.end();
    boost::asio::post(loop_, [this, line] {
      if (line.is_there()) tell_ended();
    });
  });
}

void worker::abort_all() {
  std::vector<session*> open;
  sessions_.visit_while([&](session& one) {
    open.push_back(&one);
    return true;
  });
  for (auto* one : open) one->on_stop();
  while (!connections_.empty()) doom(*connections_.back());
  do end_turn();
  while (!put_off_.empty());
  shard_.close();
  poller_.stop();
  for (auto* one : {&ticker_, &parting_, &limit_}) one->cancel();
}

// --- counting -----------------------------------------------------------------------------------------------------

const hub::frame_ptr& worker::control_frame(engineio::packet_type type) const {
  return control_frames_[static_cast<std::size_t>(type)];
}

void worker::count(counter what, std::uint64_t by) {
  auto& value = counts_[static_cast<std::size_t>(what)];
  value.store(value.load(std::memory_order_relaxed) + by, std::memory_order_relaxed);
}

void worker::count(reason why) {
  auto& value = disconnects_[static_cast<std::size_t>(why)];
  value.store(value.load(std::memory_order_relaxed) + 1, std::memory_order_relaxed);
}

void worker::note_refused(refused_for why) {
  count(counter::connections_refused);
  if (why == refused_for::descriptors) count(counter::descriptors_short);
  ++refused_;
  const auto now_is = now();
  if (refusals_logged_ != time_point{} && now_is - refusals_logged_ < between_logged_refusals) return;
  refusals_logged_ = now_is;
  shared().hub->log(log_level::warning, "connections refused",
                    {{"reason", to_string(why)}, {"refused", std::to_string(std::exchange(refused_, 0))}});
}

void worker::note_cut(const session& one, too_much why) {
  switch (why) {
    case too_much::nothing: return;
    case too_much::bytes: count(counter::cut_bytes); break;
    case too_much::messages: count(counter::cut_messages); break;
    case too_much::age: count(counter::cut_age); break;
    case too_much::memory: count(counter::cut_memory); break;
    case too_much::unfinished: count(counter::cut_unfinished); break;
    case too_much::unjoined: count(counter::cut_unjoined); break;
  }
  auto& kept = past_cuts_[next_past_cut_++ % past_cuts_.size()];
  one.sid().copy(kept.sid.data(), kept.sid.size());
  kept.why = why;
  if (why == too_much::unjoined) return;  // they come in crowds, and nobody knows them
  const auto weight = one.weight();
  shared().hub->log(
      log_level::info,
      why == too_much::unfinished ? "client with half a message disconnected" : "slow reader disconnected",
      {{"session", one.sid().substr(0, 8)},
       {"sockets", one.names()},
       {"address", one.facts().address},
       {"reason", to_string(why)},
       {"bytes", std::to_string(weight.queued_bytes)},
       {"messages", std::to_string(weight.queued_messages)},
       {"waited_ms", std::to_string(weight.waiting.count())}});
}

too_much worker::cut_before(std::string_view sid) const {
  const auto found = std::ranges::find_if(past_cuts_, [sid](const past_cut& one) {
    return sid == std::string_view{one.sid.data(), one.sid.size()};
  });
  return found == past_cuts_.end() ? too_much::nothing : found->why;
}

void worker::note_exception(std::string_view where, const std::exception_ptr& thrown) {
  count(counter::handler_errors);
  const auto what = hub::words_of(thrown);
  shared().hub->log(log_level::error, "exception in a handler", {{"handler", where}, {"what", what}});
  shared().hub->report({.handler = where, .what = what, .thrown = thrown});
}

void worker::add_to(stats& sum) const {
  for (std::size_t i = 0; i < counters; ++i) sum.counts[i] += counts_[i].load(std::memory_order_relaxed);
  for (std::size_t i = 0; i < reasons; ++i) sum.disconnects[i] += disconnects_[i].load(std::memory_order_relaxed);
  sum.connections += connection_count_.load(std::memory_order_relaxed);
  sum.sessions += session_count_.load(std::memory_order_relaxed);
  sum.sockets += socket_count_.load(std::memory_order_relaxed);
}

}  // namespace encke::net
