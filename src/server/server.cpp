// SPDX-License-Identifier: MIT
// Server: encke/server.hpp on top of an assembly whose sessions speak Socket.IO.
#include <encke/server.hpp>

#include <boost/asio/co_spawn.hpp>
#include <hub/client.hpp>
#include <hub/shard.hpp>
#include <hub/slow_labels.hpp>
#include <hub/translator.hpp>
#include <server/assembly.hpp>
#include <server/check_options.hpp>
#include <stdexcept>
#include <tls/context.hpp>

namespace encke {

namespace {

// Which dialect of Socket.IO a client speaks follows from the revision of Engine.IO under it.
std::unique_ptr<hub::receiver> make_client(hub::shard& home, hub::link& to, engineio::revision rev, handshake sent) {
  if (home.owner().with().parser) return std::make_unique<hub::translator>(home, to, std::move(sent));
  const auto dialect = rev == engineio::revision::v3 ? socketio::dialect::v4 : socketio::dialect::v5;
  return std::make_unique<hub::client>(home, to, dialect, std::move(sent));
}

}  // namespace

struct server::implementation : assembly {
  explicit implementation(encke::options given, boost::asio::io_context* of_user = nullptr)
      : assembly{std::move(given), make_client, of_user} {
    service().text_is_json = true;
    hub().of("/");
  }
};

server::server(encke::options given) {
  check_options(given);
  impl_ = std::make_unique<implementation>(std::move(given));
}

server::server(boost::asio::io_context& loop, encke::options given) {
  check_options(given);
  impl_ = std::make_unique<implementation>(std::move(given), &loop);
}

server::~server() = default;

nsp& server::of(std::string_view name) {
  return impl_->hub().of(name).api();
}

nsp& server::of_matching(std::string pattern) {
  auto accepts = [pattern](std::string_view name, const handshake&) { return hub::matches(pattern, name); };
  impl_->hub().check_not_frozen();
  return impl_->hub().spaces().add_parent(std::move(pattern), std::move(accepts)).api();
}

nsp& server::of_matching(namespace_predicate accepts) {
  impl_->hub().check_not_frozen();
  return impl_->hub().spaces().add_parent("", std::move(accepts)).api();
}

void server::on_new_namespace(std::function<void(std::string_view)> hook) {
  impl_->hub().set_new_namespace_hook(std::move(hook));
}

target server::everyone_in(std::string_view nsp) const {
  const auto found = impl_->hub().spaces().find_any(nsp);
  return target{found ? *found : impl_->hub().spaces().nobody()};
}

void server::add_middleware(middleware check) {
  impl_->hub().add_middleware(std::move(check));
}

void server::on_error(error_hook hook) {
  impl_->hub().set_error_hook(std::move(hook));
}

void server::set_request_check(request_check hook) {
  impl_->hub().check_not_frozen();
  auto& service = impl_->service();
  if (service.allow_request.now || service.allow_request.later) throw std::logic_error{"a second allow_request hook"};
  service.allow_request = std::move(hook);
}

void server::engine(engine_hooks hooks) {
  impl_->hub().check_not_frozen();
  impl_->service().engine_hooks = std::move(hooks);
}

void server::on_http_refusal(http_refusal_hook hook) {
  impl_->hub().check_not_frozen();
  auto& service = impl_->service();
  if (service.refusal_hook) throw std::logic_error{"a second on_http_refusal hook"};
  service.refusal_hook = std::move(hook);
}

void server::spawn(task<void> work) {
  auto& home = *impl_->workers().front();
  boost::asio::co_spawn(home.executor(), std::move(work), [&home](const std::exception_ptr& thrown) {
    if (thrown) home.note_exception("spawn", thrown);
  });
}

void server::add_route(std::string_view method, std::string_view pattern, http_handler handler, route_options options) {
  impl_->hub().check_not_frozen();
  impl_->service().plain.add(method, pattern, std::move(handler), options);
}

std::string try_certificate(const tls_options& files) {
  return tls::context::load({files.certificate, files.key})->warning();
}

std::uint16_t server::listen(const endpoint& where) {
  return impl_->listen(where);
}

void server::reload_certificates() {
  impl_->reload_certificates();
}

void server::reload_certificates(const tls_options& files) {
  impl_->reload_certificates(&files);
}

void server::run() {
  impl_->run();
}

void server::start(std::function<void()> stopped) {
  impl_->start(std::move(stopped));
}

void server::adopt(int descriptor, std::string received) {
  impl_->adopt(descriptor, std::move(received));
}

void server::stop(std::chrono::milliseconds drain) {
  impl_->stop(drain);
}

std::vector<std::string> server::namespaces() const {
  return impl_->hub().spaces().names();
}

bool server::has_namespace(std::string_view name) const {
  return impl_->hub().spaces().find_any(name) != nullptr;
}

stats server::stats() const {
  encke::stats sum;
  for (const auto& one : impl_->workers()) one->add_to(sum);
  return sum;
}

void server::purge() {
  net::purge(impl_->service());
}

memory_state server::memory() const {
  return impl_->memory();
}

unsigned server::threads() const {
  return static_cast<unsigned>(impl_->workers().size());
}

}  // namespace encke
