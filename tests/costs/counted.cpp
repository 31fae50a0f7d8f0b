// SPDX-License-Identifier: MIT
#include "costs/counted.hpp"

#include <sys/epoll.h>
#include <sys/socket.h>
#include <atomic>
#include <cstdlib>
#include <new>

namespace {

std::atomic<std::uint64_t> receives, sends, waits, controls, allocations;
thread_local bool counts = false;

void note(std::atomic<std::uint64_t>& call) {
  if (counts) call.fetch_add(1, std::memory_order_relaxed);
}

}  // namespace

extern "C" {

ssize_t __real_recv(int, void*, size_t, int);
ssize_t __wrap_recv(int fd, void* to, size_t size, int flags) {
  note(receives);
  return __real_recv(fd, to, size, flags);
}

ssize_t __real_send(int, const void*, size_t, int);
ssize_t __wrap_send(int fd, const void* from, size_t size, int flags) {
  note(sends);
  return __real_send(fd, from, size, flags);
}

ssize_t __real_sendmsg(int, const msghdr*, int);
ssize_t __wrap_sendmsg(int fd, const msghdr* message, int flags) {
  note(sends);
  return __real_sendmsg(fd, message, flags);
}

int __real_epoll_wait(int, epoll_event*, int, int);
int __wrap_epoll_wait(int set, epoll_event* events, int most, int timeout) {
  note(waits);
  return __real_epoll_wait(set, events, most, timeout);
}

int __real_epoll_ctl(int, int, int, epoll_event*);
int __wrap_epoll_ctl(int set, int what, int fd, epoll_event* event) {
  note(controls);
  return __real_epoll_ctl(set, what, fd, event);
}
}

void* operator new(std::size_t size) {
  note(allocations);
  if (void* memory = std::malloc(size == 0 ? 1 : size)) return memory;
  throw std::bad_alloc{};
}
void operator delete(void* memory) noexcept {
  std::free(memory);
}
void operator delete(void* memory, std::size_t) noexcept {
  std::free(memory);
}

namespace encke::test {

void count_this_thread() {
  counts = true;
}

costs counted() {
  return {receives.load(), sends.load(), waits.load(), controls.load(), allocations.load()};
}

costs operator-(costs a, costs b) {
  return {a.receives - b.receives, a.sends - b.sends, a.waits - b.waits, a.controls - b.controls,
          a.allocations - b.allocations};
}

}  // namespace encke::test
