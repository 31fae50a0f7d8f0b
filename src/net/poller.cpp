// SPDX-License-Identifier: MIT
#include <net/poller.hpp>

#include <sys/epoll.h>
#include <algorithm>
#include <array>
#include <base/prefetch.hpp>
#include <system_error>

namespace encke::net {

namespace {

constexpr int many = 8;  // ready at once
constexpr int most_rounds = 8;
constexpr unsigned steps_ahead = 5;      // connection, its protocol, session, receiver, socket
constexpr std::size_t usual_size = 128;  // bytes of a pollable

int make_set() {
  const int set = ::epoll_create1(EPOLL_CLOEXEC);
  if (set < 0) throw std::system_error{errno, std::generic_category(), "epoll_create1"};
  return set;
}

epoll_event event_for(pollable& who, interest in) {
  epoll_event event{};
  event.events = (in.read ? EPOLLIN | EPOLLRDHUP : 0U) | (in.write ? EPOLLOUT : 0U);
  event.data.ptr = &who;
  return event;
}

}  // namespace

poller::poller(boost::asio::io_context& loop, lifeline line, std::function<void()> before_batch,
               std::function<void()> after_batch)
    : set_{loop, make_set()},
      line_{std::move(line)},
      before_batch_{std::move(before_batch)},
      after_batch_{std::move(after_batch)} {}

bool poller::add(int fd, pollable& who, interest in) {
  auto event = event_for(who, in);
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_ADD, fd, &event) != 0) return false;
  ++registered_;
  return true;
}

void poller::change(int fd, pollable& who, interest in) {
  auto event = event_for(who, in);
  ::epoll_ctl(set_.native_handle(), EPOLL_CTL_MOD, fd, &event);
}

void poller::remove(int fd) {
  if (::epoll_ctl(set_.native_handle(), EPOLL_CTL_DEL, fd, nullptr) == 0) --registered_;
}

void poller::stop() {
  boost::system::error_code ignored;
  set_.close(ignored);
}

void poller::wait() {
  set_.async_wait(boost::asio::posix::stream_descriptor::wait_read,
                  [this, line = line_](const boost::system::error_code& failed) {
                    if (failed || !line.serves()) return;
                    if (!set_.is_open()) return;
                    wake();
                    if (set_.is_open()) wait();
                  });
}

// Where many were ready, more are by now: looking again here saves the way through Asio. Others on the loop, timers and
// accepting above all, do not wait for more than a few rounds of it.
void poller::wake() {
  for (int rounds = 0; rounds < most_rounds && wake_once() >= many; ++rounds) {
  }
}

int poller::wake_once() {
  std::array<epoll_event, 256> ready;
  const int count = ::epoll_wait(set_.native_handle(), ready.data(), ready.size(), 0);
  before_batch_();
  const auto who = [&ready](std::size_t i) { return static_cast<pollable*>(ready[i].data.ptr); };
  const auto ask = [&who](std::size_t i, unsigned step) {
    step == 0 ? prefetch(who(i), usual_size) : who(i)->warm(step);
  };
  for (std::size_t i = 0; i < static_cast<std::size_t>(std::max(count, 0)); ++i) {
    if (registered_ >= crowd) look_ahead(i, static_cast<std::size_t>(count), steps_ahead, ask);
    const auto events = ready[i].events;
    who(i)->on_ready({.readable = (events & (EPOLLIN | EPOLLRDHUP | EPOLLHUP | EPOLLERR)) != 0,
                      .writable = (events & EPOLLOUT) != 0});
  }
  after_batch_();
  return count;
}

}  // namespace encke::net
