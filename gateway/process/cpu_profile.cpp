// SPDX-License-Identifier: MIT
// The handler writes into one of two buffers while the other is read. Walking the stack in a handler is safe here: the
// unwinder finds its tables by _dl_find_object (glibc 2.35), without a lock, after a first walk has set it up.
#include "gateway/process/cpu_profile.hpp"

#include <signal.h>
#include <sys/time.h>
#include <ucontext.h>
#include <unwind.h>

#include <algorithm>
#include <atomic>
#include <cerrno>
#include <fstream>
#include <iterator>
#include <span>
#include <thread>

namespace encke::gateway {

namespace {

constexpr std::size_t deepest = 64;
constexpr std::size_t words = 64 * 1024;  // a second of 12 busy processors, with stacks of 50

// Stacks one after another, each behind its depth.
struct buffer {
  std::array<std::uintptr_t, words> space;
  std::atomic<std::size_t> used{0};
};

struct notes : ledger::charged<ledger::purpose::history> {
  std::array<buffer, 2> buffers;
  std::atomic<unsigned> writing{0};  // which buffer
  std::atomic<unsigned> inside{0};   // handlers that may write into either
  std::atomic<std::uint64_t> lost{0};
};

std::atomic<notes*> current{nullptr};
std::atomic<unsigned> handlers{0};  // that may look at `current`
std::atomic<bool> is_taken{false};

struct walk {
  std::uintptr_t interrupted;
  std::array<std::uintptr_t, deepest> frames;
  std::size_t depth = 0;
};

// Frames above the interrupted one are the handler's.
_Unwind_Reason_Code on_frame(_Unwind_Context* frame, void* of) {
  auto& found = *static_cast<walk*>(of);
  const auto at = _Unwind_GetIP(frame);
  if (found.depth == 0 && at != found.interrupted) return _URC_NO_REASON;
  found.frames[found.depth++] = at;
  return found.depth == deepest ? _URC_END_OF_STACK : _URC_NO_REASON;
}

std::uintptr_t program_counter(const void* context) {
  const auto& machine = static_cast<const ucontext_t*>(context)->uc_mcontext;
#if defined(__x86_64__)
  return static_cast<std::uintptr_t>(machine.gregs[REG_RIP]);
#elif defined(__aarch64__)
  return static_cast<std::uintptr_t>(machine.pc);
#else
#error "where is the program counter of this processor?"
#endif
}

void note(notes& into, std::span<const std::uintptr_t> stack) {
  into.inside.fetch_add(1);
  auto& here = into.buffers[into.writing.load()];
  const auto at = here.used.fetch_add(stack.size() + 1);
  if (at + stack.size() + 1 <= words) {
    here.space[at] = stack.size();
    std::ranges::copy(stack, here.space.begin() + static_cast<std::ptrdiff_t>(at) + 1);
  } else {
    // What was taken and not written is the end of what is read.
    if (at < words) here.space[at] = 0;
    into.lost.fetch_add(1);
  }
  into.inside.fetch_sub(1);
}

void on_signal(int, siginfo_t*, void* context) {
  const int saved = errno;
  handlers.fetch_add(1);
  if (auto* into = current.load()) {
    walk found{.interrupted = program_counter(context), .frames = {}};
    _Unwind_Backtrace(on_frame, &found);
    if (found.depth == 0) found.frames[found.depth++] = found.interrupted;
    note(*into, {found.frames.data(), found.depth});
  }
  handlers.fetch_sub(1);
  errno = saved;
}

void set_timer(std::chrono::microseconds every) {
  const timeval step{.tv_sec = 0, .tv_usec = every.count()};
  const itimerval timer{.it_interval = step, .it_value = step};
  ::setitimer(ITIMER_PROF, &timer, nullptr);
}

// Stays for good: a signal may still be on its way when the timer was stopped, and by default it ends the process.
void listen() {
  struct sigaction action {};
  action.sa_sigaction = on_signal;
  action.sa_flags = SA_RESTART | SA_SIGINFO;
  ::sigfillset(&action.sa_mask);
  ::sigaction(SIGPROF, &action, nullptr);
}

void wait_until_nobody(const std::atomic<unsigned>& is_in) {
  while (is_in.load() != 0) std::this_thread::yield();
}

void append_word(std::string& text, std::uintptr_t word) {
  text.append(reinterpret_cast<const char*>(&word), sizeof word);
}

}  // namespace

std::unique_ptr<cpu_profile> cpu_profile::start() {
  if (is_taken.exchange(true)) return nullptr;
  return std::unique_ptr<cpu_profile>{new cpu_profile};
}

cpu_profile::cpu_profile() {
  walk first{.interrupted = 0, .frames = {}};
  _Unwind_Backtrace(on_frame, &first);
  current.store(new notes);
  listen();
  set_timer(period);
}

cpu_profile::~cpu_profile() {
  set_timer(std::chrono::microseconds{0});
  const std::unique_ptr<notes> last{current.exchange(nullptr)};
  wait_until_nobody(handlers);
  is_taken.store(false);
}

void cpu_profile::collect() {
  auto& from = *current.load();
  auto& full = from.buffers[from.writing.load()];
  from.writing.store(1 - from.writing.load());
  wait_until_nobody(from.inside);
  const auto used = std::min(full.used.load(), words);
  for (std::size_t at = 0; at < used && full.space[at] != 0;) {
    const std::span frames{&full.space[at + 1], full.space[at]};
    at += frames.size() + 1;
    ++counts_[stack(frames.begin(), frames.end())];
    ++samples_;
  }
  full.used.store(0);
  lost_ = from.lost.load();
}

// Words of the machine: a head, then for each stack its count, its depth and its addresses, then an end; behind it the
// mappings, so that addresses find their files.
std::string cpu_profile::text() const {
  std::string out;
  for (const std::uintptr_t word : {std::uintptr_t{0}, std::uintptr_t{3}, std::uintptr_t{0},
                                    static_cast<std::uintptr_t>(period.count()), std::uintptr_t{0}})
    append_word(out, word);
  for (const auto& [frames, count] : counts_) {
    append_word(out, count);
    append_word(out, frames.size());
    for (const auto at : frames) append_word(out, at);
  }
  for (const std::uintptr_t word : {0, 1, 0}) append_word(out, word);
  std::ifstream maps{"/proc/self/maps", std::ios::binary};
  out.append(std::istreambuf_iterator<char>{maps}, std::istreambuf_iterator<char>{});
  return out;
}

}  // namespace encke::gateway
