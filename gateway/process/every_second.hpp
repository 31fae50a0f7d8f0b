// SPDX-License-Identifier: MIT
// Calls a function once a second, on a thread of its own, from its beginning to its end. Used by app for figures that
// are taken whatever the workers are at.
#pragma once

#include <chrono>
#include <condition_variable>
#include <functional>
#include <mutex>
#include <thread>

namespace encke::gateway {

class every_second {
 public:
  explicit every_second(std::function<void()> call)
      : call_{std::move(call)}, thread_{[this](const std::stop_token& stop) {
          std::unique_lock lock{mutex_};
          while (!stopped_.wait_for(lock, stop, std::chrono::seconds{1}, [&stop] { return stop.stop_requested(); }))
            call_();
        }} {}
  every_second(const every_second&) = delete;
  every_second& operator=(const every_second&) = delete;

 private:
  std::mutex mutex_;
  std::condition_variable_any stopped_;
  std::function<void()> call_;
  std::jthread thread_;  // last: it uses the others
};

}  // namespace encke::gateway
