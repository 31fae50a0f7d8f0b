// SPDX-License-Identifier: MIT
#include "exits/matrix_server.hpp"

#include <boost/asio/steady_timer.hpp>
#include <boost/asio/this_coro.hpp>
#include <boost/asio/use_awaitable.hpp>

namespace encke::test::matrix {
namespace {

constexpr std::size_t queue_bytes = 100'000;
constexpr std::size_t more_than_the_kernel_takes = 6'000'000;

}  // namespace

matrix_server::matrix_server(scene what, bool tls) : fixture_{options_for(what)} {
  register_all();
  control_port_ = fixture_.io().listen({.address = "127.0.0.1", .internal = true});
  tls ? fixture_.start_tls() : fixture_.start();
}

// A deadline that is not the one a cell is about is too long to be taken for it.
options matrix_server::options_for(scene what) {
  auto o = exit_options();
  o.max_payload = most_payload;
  o.outbox_bytes = queue_bytes;
  const auto ordinary = what == scene::by_deadline ? 1000ms : 120'000ms;
  o.ping_interval = ordinary;
  o.ping_timeout = what == scene::by_deadline ? 600ms : 120'000ms;
  o.head_timeout = o.body_timeout = o.idle_timeout = o.upgrade_timeout = ordinary;
  o.connect_timeout = what == scene::never_joins ? 1000ms : 120'000ms;
  return o;
}

void matrix_server::register_all() {
  auto& root = fixture_.root();
  root.on_connect([](const socket& s) {
    if (const auto key = s.handshake().query_value("key")) s.join(*key);
    s.data<std::string>() = std::string(100, 'x');
  });
  root.on("ask", [](socket s) -> task<void> {
    auto asking = s.timeout(120s).emit_with_ack<int>("confirm", "sure?");
    (void)co_await std::move(asking);
  });
  root.on("work", [this](socket s) -> task<int> {
    co_await wait_for_release();
    s.emit("done");
    co_return 1;
  });
  root.on("upload", [](const socket&, const bytes&, const bytes&) {});
  root.on("leave", [](const socket& s) { s.disconnect(true); });
  root.on("fill", [](const socket& s) { s.emit("full", std::string(more_than_the_kernel_takes, 'x')); });
  fixture_.io().of("/refusing").use([](const socket&) { return refuse("not you"); });
  fixture_.io().of("/slow").use([this](socket s) -> task<admission> {
    s.data<std::string>() = std::string(100, 'x');
    co_await wait_for_release();
    co_return admit;
  });
  fixture_.io().route("GET", "/flood/{key}",
                      [&root](const http_request& request) {
                        const auto client = root.to(request.param("key"));
                        for (int i = 0; i < 30; ++i) client.emit("much", std::string(queue_bytes / 10, 'x'));
                        return http_response{.status = 204};
                      },
                      {.internal = true});
}

task<void> matrix_server::wait_for_release() {
  ++waiting_;
  boost::asio::steady_timer timer(co_await boost::asio::this_coro::executor);
  while (!released_) {
    timer.expires_after(2ms);
    co_await timer.async_wait(boost::asio::use_awaitable);
  }
  --waiting_;
}

void matrix_server::disconnect(const std::string& key, bool close) {
  fixture_.root().to(key).disconnect(close);
}

void matrix_server::flood(const std::string& key) {
  if (scripted_peer{control_port_}.request("GET", "/flood/" + key).status != 204) throw std::runtime_error{"no flood"};
}

bool matrix_server::has_sessions() const {
  const auto now = const_cast<server_fixture&>(fixture_).io().stats();
  return now.sessions + now.sockets > 0;
}

bool matrix_server::has_connections() const {
  return const_cast<server_fixture&>(fixture_).io().stats().connections > 0;
}

}  // namespace encke::test::matrix
