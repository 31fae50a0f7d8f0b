// SPDX-License-Identifier: MIT
// Worker: one thread with its loop, its connections and sessions, its timers and its shard of the hub. Shares nothing
// with other workers; what crosses over is posted.
#pragma once

#include <array>
#include <atomic>
#include <base/keyed_set.hpp>
#include <boost/asio/executor_work_guard.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/steady_timer.hpp>
#include <deque>
#include <encke/ledger.hpp>
#include <encke/stats.hpp>
#include <http/date.hpp>
#include <hub/environment.hpp>
#include <hub/shard.hpp>
#include <memory>
#include <net/connection.hpp>
#include <net/flush_queue.hpp>
#include <net/lifeline.hpp>
#include <net/poller.hpp>
#include <net/service.hpp>
#include <net/session.hpp>
#include <optional>
#include <span>
#include <vector>

namespace encke::net {

/// What there was no more of when a connection was refused.
enum class refused_for : std::uint8_t { connections, internal_connections, descriptors };

class worker final : public hub::environment {
 public:
  /// On a loop of its own, or on that of the user's program.
  worker(service&, std::uint8_t number, boost::asio::io_context* of_user = nullptr);
  ~worker();

  /// After `run`: destroys what still waits on a loop of its own, coroutines of users above all. These may hold on to
  /// other workers, so it is done to all of them before the first is destroyed. On a user's loop: drops what is left.
  void clear();

  /// Serves on the calling thread until `stop` is through.
  void run();
  /// Makes `run` return at once, whatever is left. Any thread.
  void abort();
  /// Serves on the user's loop. Once `stop` is through, calls `ending` there, which stops what else waits on the loop
  /// for this worker, and later `ended`, which may destroy it.
  void start(std::move_only_function<void()> ending, std::move_only_function<void()> ended);
  /// Closes everything in order and ends when all are gone, or at `deadline`. On this worker.
  void stop(time_point deadline);

  // --- connections and sessions, on this worker ---
  /// `received`: what was read of it before.
  void adopt(std::unique_ptr<connection>, std::string received = {});
  /// Moves a connection at the end of the turn, when nothing of it is on the stack.
  void hand_over_later(connection&, worker& to);
  /// Adds a session that begins; `find` knows it from now on.
  session& add(std::unique_ptr<session>);
  [[nodiscard]] session* find(std::string_view sid);
  /// `visit` adds and ends none.
  template <class Visit>
  void for_each_session(Visit&& visit) {
    sessions_.visit_while([&](session& one) {
      visit(one);
      return true;
    });
  }
  /// Out of the tables at once, destroyed at the end of the turn.
  void doom(connection&);
  void doom(session&);
  /// Kept until the end of the turn, because it is still on the stack.
  void doom(std::unique_ptr<protocol>);
  void flush_later(connection&);
  /// This one is being read: what is sent to it goes out with this turn.
  void hear(const connection& one) { heard_ = &one; }
  /// Calls session::on_turn_end at the end of the turn.
  void at_turn_end(session&);

  [[nodiscard]] poller& sockets() { return poller_; }
  /// Room for one read; what it holds is gone at the next.
  [[nodiscard]] std::span<char> room_to_read() {
    return is_full_ ? std::span{scratch_}.first(least_read) : std::span{scratch_};
  }
  [[nodiscard]] std::span<char> plain_scratch() { return plain_scratch_; }
  [[nodiscard]] std::span<char> outgoing_scratch() { return outgoing_scratch_; }
  [[nodiscard]] service& shared() { return service_; }
  [[nodiscard]] hub::shard& shard() { return shard_; }
  [[nodiscard]] boost::asio::io_context& loop() { return loop_; }
  /// To be asked by whatever the loop calls.
  [[nodiscard]] const lifeline& line() const { return line_; }
  [[nodiscard]] std::uint8_t number() const { return shard_.number(); }
  /// A control packet that is always the same ("2", "3"), encoded once per worker.
  [[nodiscard]] const hub::frame_ptr& control_frame(engineio::packet_type) const;

  // --- hub::environment ---
  void post(std::move_only_function<void()>) override;
  [[nodiscard]] bool is_here() const override;
  void deliver_at_turn_end() override { end_turn_later(); }
  boost::asio::any_io_executor executor() override;
  timer_wheel& wheel() override { return wheel_; }
  /// The same for all that happens in one batch of ready sockets.
  time_point now() const override { return in_batch_ ? batch_began_ : clock::now(); }
  /// For the Date field of answers.
  [[nodiscard]] std::string_view date() { return date_.at(now()); }
  /// The time for what is put into queues, exact to a batch of ready sockets or a tick.
  [[nodiscard]] stamp now_stamp() const { return now_stamp_; }
  void count(counter, std::uint64_t by = 1) override;
  void count(reason) override;

  // --- a limit for memory: unfinished input grows by a share of what is left between two looks of the guard ---
  [[nodiscard]] bool minds_input() const { return service_.options.memory.limit != 0; }
  /// So many bytes were kept, for a message or request that is not whole. False: there is no room for more of them.
  [[nodiscard]] bool took_input(std::size_t bytes);
  /// Has a connection stop reading until there is room again.
  void hold_back(connection&);
  template <class Visit>
  void for_each_connection(Visit&& visit) const {
    for (const auto& one : connections_) visit(*one);
  }

  /// Counts that a connection was refused, and logs it once a minute. On the first worker.
  void note_refused(refused_for);

  /// Counts and logs that a slow reader is disconnected, and remembers it for when a poller comes back.
  void note_cut(const session&, too_much why);
  /// Why a session that is gone was cut, if it was one of the last.
  [[nodiscard]] too_much cut_before(std::string_view sid) const;

  /// Counts and logs what a hook or a route threw.
  void note_exception(std::string_view where, const std::exception_ptr&);

  /// Any thread.
  void add_to(stats&) const;

 private:
  void tick();
  void set_stamp(time_point now);
  void begin_batch();
  void end_batch();
  void end_turn();
  void end_turn_later();
  void settle(time_point until);
  [[nodiscard]] std::vector<std::unique_ptr<session>> take_doomed_sessions();
  template <class Act>
  void later(Act&& act);
  void renew_room();
  [[nodiscard]] std::unique_ptr<connection> take_out(connection&);
  void send_away(time_point last);
  void hand_over(connection&, worker& to);
  void end_if_empty();
  void end();
  void leave_loop_of_user();
  void tell_ended();
  void abort_all();

  struct event_loop : boost::asio::io_context {
    using boost::asio::execution_context::shutdown;
    using boost::asio::io_context::io_context;
  };

  using work_guard = boost::asio::executor_work_guard<boost::asio::io_context::executor_type>;

  service& service_;
  std::unique_ptr<event_loop> own_loop_;  // none on a user's
  boost::asio::io_context& loop_;
  std::optional<work_guard> alive_;  // likewise
  const lifeline line_;
  std::move_only_function<void()> on_ending_, on_ended_;  // on a user's loop
  poller poller_;
  timer_wheel wheel_;
  boost::asio::steady_timer ticker_{loop_};
  boost::asio::steady_timer parting_{loop_};  // between two groups that are sent away
  boost::asio::steady_timer limit_{loop_};    // for going in order
  hub::shard shard_;

  ledger::vector<std::unique_ptr<connection>, ledger::purpose::connection> connections_;
  keyed_set<std::unique_ptr<session>, &session::sid, ledger::purpose::session> sessions_;
  // What waits for the turn's end, in the order in which it is served there; `shard_` gathers before all of them.
  std::deque<session*, ledger::allocator<session*, ledger::purpose::worker>> put_off_;
  flush_queue out_;
  std::vector<std::pair<connection*, worker*>> moving_;
  std::vector<std::unique_ptr<protocol>> doomed_protocols_;
  std::vector<std::unique_ptr<connection>> doomed_connections_;
  std::vector<std::unique_ptr<session>> doomed_sessions_;  // those in `put_off_` wait until they are served

  const connection* heard_ = nullptr;  // last; only compared

  ledger::vector<connection*, ledger::purpose::connection> held_back_;
  std::size_t input_ = 0;    // bytes of unfinished input that came since the last look of the guard
  std::uint32_t looks_ = 0;  // of the guard, that were noticed
  bool is_full_ = false;     // there is no room for more input
  static constexpr std::size_t least_read = 4096;

  using buffer = ledger::vector<char, ledger::purpose::worker>;
  buffer scratch_ = buffer(64 * 1024);
  buffer plain_scratch_ = buffer(16 * 1024);
  buffer outgoing_scratch_ = buffer(16 * 1024);
  std::array<hub::frame_ptr, 7> control_frames_;
  struct past_cut {
    std::array<char, random::id_size> sid{};
    too_much why = too_much::nothing;
  };
  std::array<past_cut, 64> past_cuts_;  // a ring
  std::size_t next_past_cut_ = 0;
  std::size_t refused_ = 0;  // connections, not yet logged
  time_point refusals_logged_{};

  http::date_clock date_;
  time_point batch_began_;
  time_point began_ = clock::now();
  stamp now_stamp_ = 0;
  bool in_batch_ = false;
  bool turn_ends_ = false;      // it is what happens now
  bool end_is_posted_ = false;  // and will come
  bool stopping_ = false;
  bool ended_ = false;

  // Written by this worker only, read by any.
  std::array<std::atomic<std::uint64_t>, counters> counts_{};
  std::array<std::atomic<std::uint64_t>, reasons> disconnects_{};
  std::atomic<std::size_t> connection_count_{0}, session_count_{0}, socket_count_{0};
};

}  // namespace encke::net
