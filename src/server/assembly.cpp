// SPDX-License-Identifier: MIT
#include <server/assembly.hpp>

#include <csignal>
#include <optional>
#include <server/settings_of.hpp>
#include <stdexcept>
#include <thread>
#include <tls/context.hpp>
#include <utility>

namespace encke {

assembly::assembly(options given, net::receiver_factory above) : hub_{hub_settings_of(given)} {
  service_.options = std::move(given);
  service_.slow = net::slow_rules{service_.options};
  service_.engine = engine_settings_of(service_.options);
  service_.http_limits = {.head = service_.options.http_head, .headers = service_.options.http_headers};
  if (const auto& wanted = service_.options.deflate) service_.deflate = deflate_settings_of(*wanted);
  service_.cors = cors_policy_of(service_.options.cors);
  service_.path = trimmed_path(service_.options.path);
  service_.hub = &hub_;
  service_.make_receiver = std::move(above);
  if (!service_.options.client_files.empty()) service_.bundle = net::client_files{service_.options.client_files};
  const unsigned count = worker_count(service_.options);
  for (unsigned i = 0; i < count; ++i) {
    workers_.push_back(std::make_unique<net::worker>(service_, static_cast<std::uint8_t>(i)));
    service_.workers.push_back(workers_.back().get());
    hub_.add_shard(workers_.back()->shard());
  }
  if (service_.options.memory.limit != 0) guard_.emplace(service_);
}

assembly::~assembly() {
  for (auto& one : workers_) one->abandon();
}

std::uint16_t assembly::listen(const endpoint& where) {
  auto made = std::make_unique<net::listener>();
  made->internal = where.internal;
  if (where.tls) {
    made->tls_files = {where.tls->certificate, where.tls->key};
    made->tls = tls::context::load(made->tls_files);
  }
  auto& loop = workers_.front()->loop();
  auto accepting = std::make_unique<net::acceptor>(loop, service_, where.address, where.port, *made);
  const auto port = accepting->port();
  listeners_.push_back(std::move(made));
  acceptors_.push_back(std::move(accepting));
  return port;
}

void assembly::reload_certificates() {
  std::vector<std::pair<net::listener*, std::shared_ptr<const tls::context>>> loaded;
  for (auto& one : listeners_)
    if (!one->tls_files.certificate_file.empty()) loaded.emplace_back(one.get(), tls::context::load(one->tls_files));
  for (auto& [listener, context] : loaded) listener->tls = std::move(context);
}

void assembly::run() {
  if (std::exchange(ran_, true)) throw std::logic_error{"a server runs once"};
  hub_.freeze();
  for (auto& one : workers_) one->shard().open();
  std::optional<boost::asio::signal_set> signals;  // takes two descriptors
  if (service_.options.handle_signals) watch_signals(signals.emplace(workers_.front()->loop(), SIGINT, SIGTERM));
  for (auto& one : acceptors_) one->start();
  if (guard_) workers_.front()->post([this] { guard_->start(); });
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < workers_.size(); ++i)
    threads.emplace_back([worker = workers_[i].get()] { worker->run(); });
  workers_.front()->run();
}

memory_state assembly::memory() const {
  if (!guard_) return {};
  return {service_.options.memory.limit, guard_->used(), service_.step.load(std::memory_order_relaxed)};
}

void assembly::stop(std::chrono::milliseconds drain) {
  service_.stopping = true;
  const auto deadline = clock::now() + drain;
  workers_.front()->post([this] {
    for (auto& one : acceptors_)
      if (!one->is_internal()) one->stop();  // whoever watches the server may ask until the end
  });
  for (auto& one : workers_) one->post([worker = one.get(), deadline] { worker->stop(deadline); });
}

void assembly::watch_signals(boost::asio::signal_set& signals) {
  signals.async_wait([this, &signals](const boost::system::error_code& failed, int) {
    if (failed) return;
    const bool again = service_.stopping;
    stop(again ? std::chrono::milliseconds{0} : std::chrono::milliseconds{2000});
    watch_signals(signals);
  });
}

}  // namespace encke
