// SPDX-License-Identifier: MIT
// An object with one deadline in a worker's timer wheel. The worker calls `on_alarm` when it has come.
#pragma once

#include <base/timer_wheel.hpp>

namespace encke {

class alarm : public timer_wheel::entry {
 public:
  /// The deadline has come; the entry is not armed any more. May arm it again, and may destroy the object.
  virtual void on_alarm(time_point now) = 0;

 protected:
  alarm() = default;
  ~alarm() = default;
};

}  // namespace encke
