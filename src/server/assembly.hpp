// SPDX-License-Identifier: MIT
// Assembly: the parts of one server put together: hub, workers, listeners and threads, from options that were checked.
// encke::server is the public face of one whose sessions have Socket.IO above them.
#pragma once

#include <boost/asio/signal_set.hpp>
#include <chrono>
#include <cstdint>
#include <encke/options.hpp>
#include <encke/server.hpp>
#include <hub/core.hpp>
#include <memory>
#include <mutex>
#include <net/acceptor.hpp>
#include <net/memory_guard.hpp>
#include <net/memory_return.hpp>
#include <net/service.hpp>
#include <net/worker.hpp>
#include <optional>
#include <server/processors.hpp>
#include <vector>

namespace encke {

class assembly {
 public:
  /// `above`: what each session gets above it. One worker on `of_user`, or all on loops of their own.
  assembly(options, net::receiver_factory above, boost::asio::io_context* of_user = nullptr);
  ~assembly();

  /// Binds at once and returns the port. Throws std::system_error.
  std::uint16_t listen(const endpoint&);
  /// Loads the certificates of all TLS listeners again, from other files if some are given, or throws and changes
  /// nothing. Any thread.
  void reload_certificates(const tls_options* others = nullptr);
  /// Serves until stopped; the calling thread is the first worker. Once.
  void run();
  /// Serves on the user's loop; `then` is called there once it has stopped. Once.
  void start(std::function<void()> then);
  /// Any thread.
  void stop(std::chrono::milliseconds drain);
  /// Takes a connection over, with what was read of it. Any thread.
  void adopt(int descriptor, std::string received);

  /// Any thread.
  [[nodiscard]] memory_state memory() const;
  [[nodiscard]] net::service& service() { return service_; }
  [[nodiscard]] hub::core& hub() { return hub_; }
  [[nodiscard]] const std::vector<std::unique_ptr<net::worker>>& workers() const { return workers_; }

 private:
  using acceptors = std::vector<std::unique_ptr<net::acceptor>>;
  [[nodiscard]] acceptors bind_all(const endpoint&, const net::listener&);
  void open();
  void watch_signals();

  net::service service_;
  hub::core hub_;
  std::vector<std::unique_ptr<net::listener>> listeners_;
  std::vector<std::unique_ptr<net::worker>> workers_;
  acceptors acceptors_;                             // live on the first worker's loop: go before it
  std::optional<net::memory_guard> guard_;          // likewise; none without a limit
  std::optional<net::memory_return> return_;        // likewise; none if memory is kept
  std::optional<boost::asio::signal_set> signals_;  // likewise, while it runs; takes two descriptors
  net::listener adopted_{};
  std::mutex reloading_;
  processors workers_wanted_;
  const bool on_loop_of_user_;
  bool ran_ = false;
};

}  // namespace encke
