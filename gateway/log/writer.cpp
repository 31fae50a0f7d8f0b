// SPDX-License-Identifier: MIT
#include "gateway/log/writer.hpp"

#include <fcntl.h>
#include <poll.h>
#include <pthread.h>
#include <sys/eventfd.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <cerrno>
#include <climits>
#include <condition_variable>
#include <csignal>
#include <encke/ledger.hpp>
#include <mutex>
#include <new>
#include <system_error>
#include <utility>

namespace encke::gateway {

namespace {

using namespace std::chrono_literals;
using text = ledger::string<ledger::purpose::history>;

constexpr auto last_words = 1s;
constexpr auto parting = 100ms;
constexpr std::size_t kept_room = 64 * 1024;   // of a buffer that was written
constexpr std::size_t usual_chunk = PIPE_BUF;  // a pipe that is ready takes that much without waiting

bool is_standard(int descriptor) {
  return descriptor >= 0 && descriptor <= STDERR_FILENO;
}

void close_own(int descriptor) {
  if (descriptor >= 0 && !is_standard(descriptor)) ::close(descriptor);
}

}  // namespace

struct log_writer::shared {
  explicit shared(notice tell) : tell_of{std::move(tell)}, bell{::eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK)} {
    if (bell < 0) throw std::system_error{errno, std::generic_category(), "no descriptor for the log"};
  }
  ~shared() {
    close_own(next);
    ::close(bell);
  }

  void ring() const noexcept {
    const std::uint64_t once = 1;
    (void)!::write(bell, &once, sizeof once);
  }

  /// A record finds no place. With `mutex` held.
  void turn_away() noexcept {
    ++turned_away;
    lost.fetch_add(1, std::memory_order_relaxed);
  }

  const notice tell_of;
  const int bell;
  std::atomic<std::uint64_t> lost{0};

  std::mutex mutex;
  std::condition_variable changed;  // `is_idle` or `has_ended`
  text waiting;
  std::uint64_t turned_away = 0;  // since `waiting` was last taken
  int next = -1;                  // the descriptor to turn to
  bool is_stopping = false;
  bool is_idle = true;
  bool has_ended = false;
};

/// The writing thread. The torn record, the notice and the batch are written in this order; the last two begin at the
/// border of a record.
class log_writer::worker {
 public:
  worker(std::shared_ptr<shared> with, int descriptor) : with_{std::move(with)} { turn(descriptor); }
  ~worker() { close_own(descriptor_); }
  worker(const worker&) = delete;
  worker& operator=(const worker&) = delete;

  void run() {
    while (take()) wait();
    const std::lock_guard hold{with_->mutex};
    with_->has_ended = true;
    with_->changed.notify_all();
  }

 private:
  /// Takes what waits, once the batch before is done. False: it is time to end.
  bool take() {
    const std::lock_guard hold{with_->mutex};
    if (with_->is_stopping) return false;
    if (const int next = std::exchange(with_->next, -1); next >= 0) turn(next);
    if (has_more()) return true;
    empty(batch_);
    at_ = 0;
    with_->is_idle = with_->waiting.empty() && (untold_ == 0 || !was_taken_);
    if (with_->is_idle) {
      with_->changed.notify_all();
      return true;
    }
    if (untold_ != 0) notice_ = with_->tell_of(untold_);
    told_ = std::exchange(untold_, std::exchange(with_->turned_away, 0));  // these came behind what is taken now
    batch_.swap(with_->waiting);
    was_taken_ = true;
    return true;
  }

  void turn(int descriptor) {
    close_own(descriptor_);
    descriptor_ = descriptor;
    struct stat of {};
    const bool is_known = ::fstat(descriptor, &of) == 0;
    is_file_ = is_known && S_ISREG(of.st_mode);
    is_socket_ = is_known && S_ISSOCK(of.st_mode);
    was_taken_ = true;
    if (!torn_.empty()) count_lost(1);  // its beginning is elsewhere
    torn_.clear();
  }

  static void empty(text& done) {
    if (done.capacity() > kept_room)
      text{}.swap(done);
    else
      done.clear();
  }

  [[nodiscard]] bool has_more() const {
    return at_ != batch_.size() || !notice_.empty() || (!torn_.empty() && was_taken_);
  }

  void wait() {
    std::array<pollfd, 2> ready{{{with_->bell, POLLIN, 0}, {descriptor_, POLLOUT, 0}}};
    if (::poll(ready.data(), has_more() ? 2 : 1, -1) < 0) return;
    if (ready[0].revents != 0) {
      std::uint64_t rings = 0;
      (void)!::read(with_->bell, &rings, sizeof rings);
    }
    if (ready[1].revents != 0) write_some();
  }

  [[nodiscard]] std::string_view next_piece() const {
    if (!torn_.empty()) return torn_;
    if (!notice_.empty()) return notice_;
    return std::string_view{batch_}.substr(at_);
  }

  void write_some() {
    const auto piece = is_file_ ? next_piece() : next_piece().substr(0, usual_chunk);
    const auto count = is_socket_ ? ::send(descriptor_, piece.data(), piece.size(), MSG_DONTWAIT | MSG_NOSIGNAL)
                                  : ::write(descriptor_, piece.data(), piece.size());
    if (count < 0 && (errno == EINTR || errno == EAGAIN)) return;
    count > 0 ? on_written(static_cast<std::size_t>(count)) : give_up();
  }

  void on_written(std::size_t count) {
    was_taken_ = true;
    if (!torn_.empty()) {
      torn_.erase(0, count);
    } else if (!notice_.empty()) {
      torn_.assign(notice_, count);
      notice_.clear();
      told_ = 0;
    } else {
      at_ += count;
      if (batch_[at_ - 1] == '\n') return;
      const auto end = batch_.find('\n', at_) + 1;
      torn_.assign(batch_, at_, end - at_);
      at_ = end;
    }
  }

  /// The disk is full, or the reader is gone. The end of a record that is half there is kept for the next try, so that
  /// no other is glued to it.
  void give_up() {
    was_taken_ = false;
    notice_.clear();
    untold_ += std::exchange(told_, 0);
    count_lost(static_cast<std::uint64_t>(std::ranges::count(std::string_view{batch_}.substr(at_), '\n')));
    at_ = batch_.size();
  }

  void count_lost(std::uint64_t records) {
    untold_ += records;
    with_->lost.fetch_add(records, std::memory_order_relaxed);
  }

  const std::shared_ptr<shared> with_;
  int descriptor_ = -1;
  bool is_file_ = false, is_socket_ = false;
  bool was_taken_ = true;  // the last write succeeded; otherwise the next try is with the next record
  text torn_;              // the end of a record whose beginning is written
  text notice_;
  text batch_;
  std::size_t at_ = 0;        // of the batch, done
  std::uint64_t told_ = 0;    // records that the notice tells of
  std::uint64_t untold_ = 0;  // lost ones that none has told of
};

log_writer::log_writer(int descriptor, notice tell) : shared_{std::make_shared<shared>(std::move(tell))} {
  thread_ = std::thread{[with = shared_, descriptor] {
    // What a write may raise is for this thread: a pipe without a reader, a limit for files. Others are not its
    // business.
    sigset_t all;
    ::sigfillset(&all);
    ::pthread_sigmask(SIG_SETMASK, &all, nullptr);
    ledger::name_thread("log");
    worker{with, descriptor}.run();
  }};
}

log_writer::~log_writer() {
  flush(last_words);
  std::unique_lock hold{shared_->mutex};
  shared_->is_stopping = true;
  shared_->ring();
  const bool has_ended = shared_->changed.wait_for(hold, parting, [this] { return shared_->has_ended; });
  hold.unlock();
  // A terminal or a file system may hold it in the middle of a write; the process ends without it.
  has_ended ? thread_.join() : thread_.detach();
}

void log_writer::put(std::string_view record) noexcept {
  const std::lock_guard hold{shared_->mutex};
  auto& waiting = shared_->waiting;
  const bool is_first = waiting.empty();
  try {
    if (waiting.size() + record.size() > most_waiting) throw std::bad_alloc{};
    waiting += record;
  } catch (const std::bad_alloc&) {
    return shared_->turn_away();
  }
  shared_->is_idle = false;
  if (is_first) shared_->ring();
}

void log_writer::lose() noexcept {
  const std::lock_guard hold{shared_->mutex};
  shared_->turn_away();
}

void log_writer::turn_to(int descriptor) {
  const std::lock_guard hold{shared_->mutex};
  close_own(std::exchange(shared_->next, descriptor));
  shared_->ring();
}

bool log_writer::flush(std::chrono::milliseconds most) noexcept {
  std::unique_lock hold{shared_->mutex};
  return shared_->changed.wait_for(hold, most, [this] { return shared_->is_idle; });
}

std::uint64_t log_writer::lost() const noexcept {
  return shared_->lost.load(std::memory_order_relaxed);
}

}  // namespace encke::gateway
