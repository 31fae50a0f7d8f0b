// SPDX-License-Identifier: MIT
#include <server/assembly.hpp>

#include <fcntl.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <cerrno>
#include <csignal>
#include <iterator>
#include <optional>
#include <server/listening.hpp>
#include <server/settings_of.hpp>
#include <stdexcept>
#include <system_error>
#include <thread>
#include <tls/context.hpp>
#include <utility>

namespace encke {

namespace {

constexpr int most_tries = 20;  // for a port that is free at all addresses of a name

}  // namespace

assembly::assembly(options given, net::receiver_factory above, boost::asio::io_context* of_user)
    : hub_{hub_settings_of(given)}, on_loop_of_user_{of_user != nullptr} {
  service_.options = std::move(given);
  service_.slow = net::slow_rules{service_.options};
  service_.engine = engine_settings_of(service_.options);
  const auto& [head, fields] = std::pair{service_.options.http_head, service_.options.http_headers};
  service_.http_limits = {.head = head, .headers = fields, .target = head};
  if (const auto& wanted = service_.options.deflate) service_.deflate = deflate_settings_of(*wanted);
  service_.cors = cors_policy_of(service_.options.cors);
  service_.path = trimmed_path(service_.options.path);
  service_.hub = &hub_;
  service_.make_receiver = std::move(above);
  if (!service_.options.client_files.empty()) service_.bundle = net::client_files{service_.options.client_files};
  workers_wanted_ =
      of_user ? processors{.count = 1, .because = "on a loop of the program's"} : workers_of(service_.options);
  for (unsigned i = 0; i < workers_wanted_.count; ++i) {
    workers_.push_back(std::make_unique<net::worker>(service_, static_cast<std::uint8_t>(i), of_user));
    service_.workers.push_back(workers_.back().get());
    hub_.add_shard(workers_.back()->shard());
  }
  if (service_.options.memory.limit != 0) guard_.emplace(service_);
  if (service_.options.memory.give_back) return_.emplace(service_);
}

assembly::~assembly() {
  acceptors_.clear();
  guard_.reset();
  return_.reset();
  signals_.reset();
  for (auto& one : workers_) one->clear();
}

std::uint16_t assembly::listen(const endpoint& where) {
  auto made = std::make_unique<net::listener>();
  made->internal = where.internal;
  if (where.tls) {
    made->tls_files = {where.tls->certificate, where.tls->key};
    made->tls = tls::context::load(made->tls_files);
  }
  auto accepting = bind_all(where, *made);
  const auto port = accepting.front()->port();
  listeners_.push_back(std::move(made));
  std::move(accepting.begin(), accepting.end(), std::back_inserter(acceptors_));
  return port;
}

// A name may have addresses of a family that this machine does not speak: those are left out while there are others.
// All get one port; a free one of the first may be taken at the next, and then they look for another.
assembly::acceptors assembly::bind_all(const endpoint& where, const net::listener& as) {
  auto& loop = workers_.front()->loop();
  const auto addresses = addresses_of(loop, where.address, where.port);
  acceptors bound;
  for (int tries = 0; bound.empty(); ++tries) {
    for (auto address : addresses) {
      if (!bound.empty()) address.port(bound.front()->port());
      try {
        bound.push_back(std::make_unique<net::acceptor>(loop, service_, address, as));
      } catch (const boost::system::system_error& failed) {
        const std::error_code why = failed.code();
        const bool is_foreign =
            why == std::errc::address_not_available || why == std::errc::address_family_not_supported;
        if (is_foreign && (!bound.empty() || address != addresses.back())) continue;
        if (bound.empty() || where.port != 0 || why != std::errc::address_in_use || tries == most_tries)
          throw_cannot_listen(why, address, where.address);
        bound.clear();
        break;
      }
    }
  }
  return bound;
}

void assembly::reload_certificates(const tls_options* others) {
  struct fresh {
    net::listener* listener;
    tls::settings files;
    std::shared_ptr<const tls::context> context;
  };
  const std::lock_guard one_at_a_time{reloading_};
  std::vector<fresh> all;
  for (auto& one : listeners_) {
    if (one->tls_files.certificate_file.empty()) continue;
    auto files = others ? tls::settings{others->certificate, others->key} : one->tls_files;
    auto context = tls::context::load(files);
    all.push_back({one.get(), std::move(files), std::move(context)});
  }
  for (auto& [listener, files, context] : all) {
    listener->tls_files = std::move(files);
    listener->tls = std::move(context);
  }
}

void assembly::open() {
  if (std::exchange(ran_, true)) throw std::logic_error{"a server runs once"};
  hub_.freeze();
  hub_.log(log_level::info, "workers",
           {{"count", std::to_string(workers_wanted_.count)}, {"because", workers_wanted_.because}});
  for (auto& one : workers_) one->shard().open();
  if (service_.options.handle_signals) {
    signals_.emplace(workers_.front()->loop(), SIGINT, SIGTERM);
    watch_signals();
  }
  for (auto& one : acceptors_) one->start();
  workers_.front()->post([this] {
    if (guard_) guard_->start();
    if (return_) return_->start();
  });
}

void assembly::run() {
  if (on_loop_of_user_) throw std::logic_error{"a server on your io_context is started by `start`"};
  open();
  std::vector<std::jthread> threads;
  try {
    for (std::size_t i = 1; i < workers_.size(); ++i)
      threads.emplace_back([worker = workers_[i].get()] { worker->run(); });
    workers_.front()->run();
  } catch (...) {  // threads that began are waited for
    for (auto& one : workers_) one->abort();
    signals_.reset();
    throw;
  }
  signals_.reset();
}

void assembly::start(std::function<void()> then) {
  if (!on_loop_of_user_) throw std::logic_error{"`start` is for a server on your io_context; this one has `run`"};
  open();
  const auto ending = [this] {
    for (auto& one : acceptors_) one->stop();
    if (guard_) guard_->stop();
    if (return_) return_->stop();
    if (signals_) signals_->cancel();
  };
  workers_.front()->start(ending, [this, then = std::move(then)] {
    acceptors_.clear();
    signals_.reset();
    if (then) then();
  });
}

memory_state assembly::memory() const {
  if (!guard_) return {};
  return {service_.options.memory.limit, guard_->used(), service_.step.load(std::memory_order_relaxed)};
}

void assembly::stop(std::chrono::milliseconds drain) {
  service_.stopping = true;
  const auto deadline = after(clock::now(), drain);
  workers_.front()->post([this] {
    for (auto& one : acceptors_)
      if (!one->is_internal()) one->stop();  // whoever watches the server may ask until the end
  });
  for (auto& one : workers_) one->post([worker = one.get(), deadline] { worker->stop(deadline); });
}

void assembly::adopt(int descriptor, std::string received) {
  sockaddr_storage peer{};
  socklen_t size = sizeof peer;
  const int flags = ::fcntl(descriptor, F_GETFL);
  if (::getpeername(descriptor, reinterpret_cast<sockaddr*>(&peer), &size) != 0 ||
      ::fcntl(descriptor, F_SETFL, flags | O_NONBLOCK) != 0 || ::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) {
    const std::error_code why{errno, std::generic_category()};
    ::close(descriptor);
    throw std::system_error{why, "adopt"};
  }
  auto made = std::make_unique<net::connection>(descriptor, net::peer_address{peer}, adopted_);
  workers_.front()->post([this, made = std::move(made), received = std::move(received)]() mutable {
    net::deal_out(service_, std::move(made), std::move(received));
  });
}

void assembly::watch_signals() {
  signals_->async_wait([this, line = workers_.front()->line()](const boost::system::error_code& failed, int) {
    if (failed || !line.serves()) return;
    const bool again = service_.stopping;
    stop(again ? std::chrono::milliseconds{0} : std::chrono::milliseconds{2000});
    watch_signals();
  });
}

}  // namespace encke
