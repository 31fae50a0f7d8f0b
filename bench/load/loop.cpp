// SPDX-License-Identifier: MIT
#include "bench/load/loop.hpp"

#include <sys/eventfd.h>
#include <unistd.h>

#include <algorithm>
#include <system_error>

#include "bench/load/stream.hpp"

namespace encke::load {

namespace {

constexpr std::uint64_t wake_token = ~std::uint64_t{0};
constexpr std::size_t scratch_size = 256U << 10;

}  // namespace

loop::loop() : epoll_{epoll_create1(EPOLL_CLOEXEC)}, wake_{eventfd(0, EFD_NONBLOCK | EFD_CLOEXEC)} {
  if (epoll_ < 0 || wake_ < 0) throw std::system_error{errno, std::generic_category(), "epoll"};
  scratch_.resize(scratch_size);
  epoll_event event{};
  event.events = EPOLLIN;
  event.data.u64 = wake_token;
  epoll_ctl(epoll_, EPOLL_CTL_ADD, wake_, &event);
}

loop::~loop() {
  close(epoll_);
  close(wake_);
}

void loop::turn(clock::time_point until) {
  const auto left = std::max(std::chrono::nanoseconds{until - clock::now()}, std::chrono::nanoseconds{0});
  const timespec wait{static_cast<time_t>(left.count() / 1'000'000'000),
                      static_cast<long>(left.count() % 1'000'000'000)};
  const int ready = epoll_pwait2(epoll_, events_.data(), static_cast<int>(events_.size()), &wait, nullptr);
  for (int i = 0; i < ready; ++i) handle(events_[static_cast<std::size_t>(i)]);
}

void loop::handle(const epoll_event& event) {
  if (event.data.u64 == wake_token) {
    std::uint64_t count = 0;
    [[maybe_unused]] const auto got = read(wake_, &count, sizeof count);
    return;
  }
  const auto& e = entries_[event.data.u64 & 0xffffffff];
  if (e.who != nullptr && e.generation == event.data.u64 >> 32) e.who->on_ready(event.events);
}

void loop::wake() noexcept {
  const std::uint64_t one = 1;
  [[maybe_unused]] const auto put = write(wake_, &one, sizeof one);
}

std::uint32_t loop::add(stream& s) {
  if (free_.empty()) {
    free_.push_back(static_cast<std::uint32_t>(entries_.size()));
    entries_.emplace_back();
  }
  const auto slot = free_.back();
  free_.pop_back();
  entries_[slot].who = &s;
  return slot;
}

void loop::watch(int descriptor, std::uint32_t slot, std::uint32_t events, int operation) noexcept {
  epoll_event event{};
  event.events = events;
  event.data.u64 = std::uint64_t{entries_[slot].generation} << 32 | slot;
  epoll_ctl(epoll_, operation, descriptor, &event);
}

void loop::forget(std::uint32_t slot) noexcept {
  auto& e = entries_[slot];
  e.who = nullptr;
  ++e.generation;
  free_.push_back(slot);
}

}  // namespace encke::load
