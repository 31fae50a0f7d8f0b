// SPDX-License-Identifier: MIT
// Server: puts hub and net together behind encke/server.hpp: checks the options, owns workers, listeners and threads.
#include <encke/server.hpp>

#include <atomic>
#include <boost/asio/signal_set.hpp>
#include <hub/core.hpp>
#include <mutex>
#include <net/acceptor.hpp>
#include <net/service.hpp>
#include <net/worker.hpp>
#include <server/check_options.hpp>
#include <server/settings_of.hpp>
#include <stdexcept>
#include <thread>
#include <tls/context.hpp>

namespace encke {

struct server::implementation {
  explicit implementation(encke::options given) : hub{hub_settings_of(given)} {
    service.options = std::move(given);
    service.engine = engine_settings_of(service.options);
    service.http_limits = {.head = service.options.http_head, .headers = service.options.http_headers};
    service.cors = cors_policy_of(service.options.cors);
    service.path = trimmed_path(service.options.path);
    service.hub = &hub;
    if (!service.options.client_files.empty()) service.bundle = net::client_files{service.options.client_files};
    hub.of("/");
    const unsigned count = worker_count(service.options);
    for (unsigned i = 0; i < count; ++i) {
      workers.push_back(std::make_unique<net::worker>(service, static_cast<std::uint8_t>(i)));
      service.workers.push_back(workers.back().get());
      hub.add_shard(workers.back()->shard());
    }
  }

  void stop(std::chrono::milliseconds drain) {
    service.stopping = true;
    const auto deadline = clock::now() + drain;
    workers.front()->post([this] {
      for (auto& one : acceptors) one->stop();
    });
    for (auto& one : workers) one->post([worker = one.get(), deadline] { worker->stop(deadline); });
  }

  void watch_signals(boost::asio::signal_set& signals) {
    signals.async_wait([this, &signals](const boost::system::error_code& failed, int) {
      if (failed) return;
      const bool again = service.stopping;
      stop(again ? std::chrono::milliseconds{0} : std::chrono::milliseconds{2000});
      watch_signals(signals);
    });
  }

  net::service service;
  hub::core hub;
  std::vector<std::unique_ptr<net::listener>> listeners;
  std::vector<std::unique_ptr<net::worker>> workers;
  std::vector<std::unique_ptr<net::acceptor>> acceptors;  // live on the first worker's loop: go before it
  bool ran = false;
};

server::server(encke::options given) {
  check_options(given);
  impl_ = std::make_unique<implementation>(std::move(given));
}

server::~server() = default;

nsp& server::of(std::string_view name) { return impl_->hub.of(name).api(); }

void server::add_middleware(middleware check) { impl_->hub.add_middleware(std::move(check)); }

void server::allow_request(std::function<admission(handshake&)> hook) {
  impl_->hub.check_not_frozen();
  if (impl_->service.allow_request) throw std::logic_error{"a second allow_request hook"};
  impl_->service.allow_request = std::move(hook);
}

void server::add_route(std::string_view method, std::string_view pattern, http_handler handler, route_options options) {
  impl_->hub.check_not_frozen();
  impl_->service.plain.add(method, pattern, std::move(handler), options);
}

std::uint16_t server::listen(const endpoint& where) {
  auto made = std::make_unique<net::listener>();
  made->internal = where.internal;
  if (where.tls) {
    made->tls_files = {where.tls->certificate, where.tls->key};
    made->tls = tls::context::load(made->tls_files);
  }
  auto& loop = impl_->workers.front()->loop();
  auto accepting = std::make_unique<net::acceptor>(loop, impl_->service, where.address, where.port, *made);
  const auto port = accepting->port();
  impl_->listeners.push_back(std::move(made));
  impl_->acceptors.push_back(std::move(accepting));
  return port;
}

void server::reload_certificates() {
  std::vector<std::pair<net::listener*, std::shared_ptr<const tls::context>>> loaded;
  for (auto& one : impl_->listeners)
    if (!one->tls_files.certificate_file.empty()) loaded.emplace_back(one.get(), tls::context::load(one->tls_files));
  for (auto& [listener, context] : loaded) listener->tls = std::move(context);
}

void server::run() {
  auto& all = *impl_;
  if (std::exchange(all.ran, true)) throw std::logic_error{"a server runs once"};
  all.hub.freeze();
  for (auto& one : all.workers) one->shard().open();
  boost::asio::signal_set signals{all.workers.front()->loop()};
  if (all.service.options.handle_signals) {
    signals.add(SIGINT);
    signals.add(SIGTERM);
    all.watch_signals(signals);
  }
  for (auto& one : all.acceptors) one->start();
  std::vector<std::jthread> threads;
  for (std::size_t i = 1; i < all.workers.size(); ++i) threads.emplace_back([worker = all.workers[i].get()] { worker->run(); });
  all.workers.front()->run();
}

void server::stop(std::chrono::milliseconds drain) { impl_->stop(drain); }

std::vector<std::string> server::namespaces() const { return impl_->hub.names(); }

stats server::stats() const {
  encke::stats sum;
  for (const auto& one : impl_->workers) one->add_to(sum);
  return sum;
}

unsigned server::threads() const { return static_cast<unsigned>(impl_->workers.size()); }

}  // namespace encke
