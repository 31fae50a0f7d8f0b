// SPDX-License-Identifier: MIT
// Poller: the client sockets of one worker, in an epoll set of their own that hangs as one descriptor in the worker's
// Asio loop. A socket costs a kernel entry here and nothing in user space. Level-triggered, so a caller may read less
// than there is. Behind these few functions another kernel's call would fit.
#pragma once

#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <functional>
#include <net/lifeline.hpp>

namespace encke::net {

/// What the poller wakes.
class pollable {
 public:
  struct events {
    bool readable = false;  ///< bytes, the end of the stream, or an error is there to be read
    bool writable = false;
  };
  virtual void on_ready(events) = 0;
  /// on_ready comes soon (base/prefetch.hpp); the object itself is there at `step` 1.
  virtual void warm(unsigned step) const = 0;

 protected:
  ~pollable() = default;
};

struct interest {
  bool read = true;
  bool write = false;
};

class poller {
 public:
  /// All that is ready at once is woken between the two calls. Throws std::system_error.
  poller(boost::asio::io_context&, lifeline, std::function<void()> before_batch, std::function<void()> after_batch);

  /// A registered object must stay alive until the batch that is being woken is over.
  /// False if the kernel has no room for another.
  [[nodiscard]] bool add(int fd, pollable&, interest);
  void change(int fd, pollable&, interest);
  void remove(int fd);

  /// Begins to wake; nothing happens before.
  void start() { wait(); }
  /// Wakes nobody any more.
  void stop();

 private:
  void wait();
  void wake();
  int wake_once();

  boost::asio::posix::stream_descriptor set_;
  lifeline line_;
  std::size_t registered_ = 0;
  std::function<void()> before_batch_, after_batch_;
};

}  // namespace encke::net
