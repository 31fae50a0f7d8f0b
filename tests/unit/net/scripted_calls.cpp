// SPDX-License-Identifier: MIT
#include "unit/net/scripted_calls.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <algorithm>
#include <cerrno>

namespace encke::test {

namespace {
thread_local scripted_calls* script = nullptr;

// The errno of this call, or 0.
int fault_of_send() {
  if (!script) return 0;
  if (const int fault = script->next_fault()) return fault;
  return script->blocks_now() ? EAGAIN : 0;
}

}  // namespace

scripted_calls::scripted_calls() {
  script = this;
}
scripted_calls::~scripted_calls() {
  script = nullptr;
}
scripted_calls* scripted_calls::current() {
  return script;
}

void scripted_calls::fail(std::size_t before, int with, bool gone_for_good) {
  fails_at_ = calls_ + before;
  fault_ = with;
  gone_for_good_ = gone_for_good;
}

int scripted_calls::next_fault() {
  const auto call = calls_++;
  return call == fails_at_ || (gone_for_good_ && call > fails_at_) ? fault_ : 0;
}

bool scripted_calls::blocks_now() {
  if (blocks_) blocked_before_ = !blocked_before_;
  return blocks_ && blocked_before_;
}

}  // namespace encke::test

extern "C" {

ssize_t __real_recv(int, void*, size_t, int);
ssize_t __wrap_recv(int fd, void* to, size_t size, int flags) {
  if (auto* script = encke::test::scripted_calls::current())
    if (const int fault = script->next_fault()) return errno = fault, -1;
  return __real_recv(fd, to, size, flags);
}

ssize_t __real_send(int, const void*, size_t, int);
ssize_t __wrap_send(int fd, const void* from, size_t size, int flags) {
  if (const int fault = encke::test::fault_of_send()) return errno = fault, -1;
  const auto* script = encke::test::scripted_calls::current();
  return __real_send(fd, from, script ? std::min(size, script->most()) : size, flags);
}

ssize_t __real_sendmsg(int, const msghdr*, int);
ssize_t __wrap_sendmsg(int fd, const msghdr* message, int flags) {
  if (const int fault = encke::test::fault_of_send()) return errno = fault, -1;
  const auto* script = encke::test::scripted_calls::current();
  if (!script || message->msg_iovlen == 0) return __real_sendmsg(fd, message, flags);
  // A short one is cut within its first piece.
  const auto& first = message->msg_iov[0];
  if (script->most() < first.iov_len) return __real_send(fd, first.iov_base, script->most(), flags);
  return __real_sendmsg(fd, message, flags);
}

int __real_epoll_ctl(int, int, int, epoll_event*);
int __wrap_epoll_ctl(int set, int what, int fd, epoll_event* event) {
  if (const auto* script = encke::test::scripted_calls::current(); script && what == EPOLL_CTL_ADD)
    if (const int fault = script->next_watch_fault()) return errno = fault, -1;
  return __real_epoll_ctl(set, what, fd, event);
}
}
