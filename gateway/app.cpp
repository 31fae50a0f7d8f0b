// SPDX-License-Identifier: MIT
// The life of the gateway in one straight line: build the server from the settings, listen, say so, serve until a
// signal, leave gently. Signals are watched on a thread of their own, so that reading files on SIGHUP delays nobody.
#include "gateway/app.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <atomic>
#include <boost/asio/io_context.hpp>
#include <boost/asio/signal_set.hpp>
#include <csignal>
#include <encke/encke.hpp>
#include <filesystem>
#include <optional>
#include <stdexcept>
#include <system_error>
#include <thread>

#include "gateway/api/api.hpp"
#include "gateway/clients/door.hpp"
#include "gateway/clients/presence.hpp"
#include "gateway/clients/refusals.hpp"
#include "gateway/clients/welcome.hpp"
#include "gateway/debug/debug.hpp"
#include "gateway/debug/demo.hpp"
#include "gateway/log/log.hpp"
#include "gateway/memory/limit.hpp"
#include "gateway/memory/monitor.hpp"
#include "gateway/process/allocator.hpp"
#include "gateway/process/descriptors.hpp"
#include "gateway/process/every_second.hpp"
#include "gateway/process/standard_streams.hpp"
#include "gateway/reload.hpp"
#include "gateway/settings/listen_address.hpp"
#include "gateway/text/version.hpp"

namespace encke::gateway {

namespace {

constexpr auto dev_token_lifetime = std::chrono::hours{24 * 30};
constexpr std::string_view dev_user = "dev";
constexpr int between_sums = 60;  // seconds

/// A folder of files: as configured, or share/encke/NAME beside the bin of an installed program, or where the source
/// has it. "" where there is none.
std::string folder_or(const std::string& configured, const char* name, const char* in_source) {
  namespace fs = std::filesystem;
  std::error_code ignored;
  if (!configured.empty()) return configured;
  const auto share = fs::read_symlink("/proc/self/exe", ignored).parent_path() / "../share/encke";
  const auto found = fs::is_directory(share, ignored) ? share / name : fs::path{in_source};
  return fs::is_directory(found, ignored) ? fs::canonical(found, ignored).string() : "";
}

std::string client_folder(const config& c) {
  return c.server.serve_client ? folder_or(c.server.client_dir, "client", ENCKE_CLIENT_DIR) : "";
}

cors_options cors_of(const engine_settings& engine) {
  using mode = cors_options::mode;
  const auto& origins = engine.cors_origins;
  if (origins.empty()) return {};
  if (origins.front() == "*") return {.allow = mode::any, .origins = {}, .credentials = engine.cors_credentials};
  if (origins.front() == "reflect")
    return {.allow = mode::reflect, .origins = {}, .credentials = engine.cors_credentials};
  return {.allow = mode::list, .origins = origins, .credentials = engine.cors_credentials};
}

std::vector<transport> transports_of(const engine_settings& engine) {
  std::vector<transport> all{transport::polling, transport::websocket};
  std::erase_if(all, [&](transport one) {
    return std::ranges::find(engine.transports, to_string(one)) == engine.transports.end();
  });
  return all;
}

options options_of(const config& c, const logger& log, const memory_limit& limit) {
  options o;
  o.threads = c.server.workers;
  o.path = c.server.path;
  o.handle_signals = false;
  o.ping_interval = c.engine.ping_interval;
  o.ping_timeout = c.engine.ping_timeout;
  o.upgrade_timeout = c.engine.upgrade_timeout;
  o.connect_timeout = c.engine.connect_timeout;
  o.transports = transports_of(c.engine);
  o.allow_upgrades = c.engine.allow_upgrades;
  o.allow_eio3 = c.engine.allow_eio3;
  o.jsonp = c.engine.jsonp;
  o.cors = cors_of(c.engine);
  if (!c.engine.cookie.empty()) o.cookie = cookie_options{.name = c.engine.cookie};
  o.keep_handshake = false;
  if (c.engine.deflate) o.deflate = deflate_options{.threshold = c.engine.compression_threshold};
  if (c.engine.http_compression)
    o.http_compression = http_compression_options{.threshold = c.engine.compression_threshold};
  o.max_payload = c.engine.max_payload;
  o.max_attachments = c.limits.attachments;
  o.max_unjoined_payload = c.limits.unjoined_payload;
  o.max_connections = c.limits.connections;
  o.max_internal_connections = c.api.connections;
  o.max_answer_bytes = c.limits.answer_bytes;
  o.outbox_bytes = c.limits.outbox_bytes;
  o.outbox_messages = c.limits.outbox_messages;
  o.outbox_age = c.limits.outbox_age;
  o.overflow = c.limits.overflow;
  o.slow_rules = c.limits.slow;
  o.memory = {.limit = limit.bytes(), .used = [&limit] { return limit.used(); }, .purge = allocator::purge};
  o.http_head = c.limits.http_head;
  o.http_headers = c.limits.http_headers;
  o.head_timeout = c.limits.head_timeout;
  o.body_timeout = c.limits.body_timeout;
  o.idle_timeout = c.limits.idle_timeout;
  o.client_files = client_folder(c);
  o.log = log.hook();
  return o;
}

/// What a page of ours may do: load its own files and talk to its own server.
void add_assets(server& io, const config& c) {
  const auto folder = folder_or(c.server.assets_dir, "assets", ENCKE_ASSETS_DIR);
  if (folder.empty()) return;
  io.route("GET", "/{path*}",
           serve_folder(folder, {{"Content-Security-Policy",
                                  "default-src 'self'; connect-src 'self' ws: wss:; img-src 'self' data:"},
                                 {"X-Content-Type-Options", "nosniff"},
                                 {"Referrer-Policy", "no-referrer"}}));
}

std::string url_of(const config& c, const listen_address& at, std::uint16_t port) {
  const bool tls = c.tls.is_on() && &at == &c.server.listen;
  return fmt::format("{}://{}", tls ? "https" : "http", format_address({at.host, port}));
}

/// Listens where a setting says; what is thrown names the setting.
std::uint16_t listen(server& io, std::string_view setting, const endpoint& where) {
  try {
    return io.listen(where);
  } catch (const std::system_error& error) {
    throw std::runtime_error{fmt::format("{}: {}", setting, error.what())};
  }
}

/// Tells where it listens: on standard output, for people and scripts, in the format of the log.
void announce(const config& c, std::uint16_t port, std::optional<std::uint16_t> api_port, logger& log) {
  const auto line = [&](std::string_view what, std::string_view url) {
    const auto text = fmt::format("{} {}", what, url);
    return c.log.format == log_format::text
               ? text + '\n'
               : format_record(c.log.format, std::chrono::system_clock::now(), log_level::info, text, {});
  };
  const auto url = url_of(c, c.server.listen, port);
  auto lines = line("listening on", url);
  if (api_port) lines += line("api on", url_of(c, c.api.listen, *api_port));
  if (c.dev && c.auth.enabled)
    lines += line("open", fmt::format("{}/?token={}", url,
                                      jwt::mint(token_options(c.auth), dev_user, dev_token_lifetime, "{}",
                                                std::chrono::system_clock::now())));
  if (!say(lines)) log.write(log_level::warning, "standard output takes no lines");
}

/// SIGINT and SIGTERM stop the server, gently first and at once the second time; SIGHUP loads the settings again.
class signal_watch {
 public:
  signal_watch(std::function<void(bool again)> stop, std::function<void()> reload)
      : stop_{std::move(stop)}, reload_{std::move(reload)} {
    wait();
    thread_ = std::jthread{[this] { loop_.run(); }};
  }
  ~signal_watch() { loop_.stop(); }

 private:
  void wait() {
    signals_.async_wait([this](const boost::system::error_code& failed, int number) {
      if (failed) return;
      if (number == SIGHUP)
        reload_();
      else
        stop_(std::exchange(stopping_, true));
      wait();
    });
  }

  /// A signal that comes while the last things are put away asks for what is done already: it must not end as a crash.
  struct deaf_afterwards {
    ~deaf_afterwards() {
      std::signal(SIGINT, SIG_IGN);
      std::signal(SIGTERM, SIG_IGN);
    }
  };

  boost::asio::io_context loop_{1};
  deaf_afterwards last_;  // right behind `signals_`, which puts the default handlers back
  boost::asio::signal_set signals_{loop_, SIGINT, SIGTERM, SIGHUP};
  std::function<void(bool)> stop_;
  std::function<void()> reload_;
  bool stopping_ = false;
  std::jthread thread_;
};

}  // namespace

int serve(const config& c, const config_sources& sources) {
  ignore_write_signals();
  ledger::use_size_classes(allocator::size_class);
  const auto descriptors = raise_descriptor_limit();
  const auto monitor = std::make_shared<memory_monitor>();
  logger log{c.log};
  presence present;
  const auto refused = std::make_shared<refusals>();
  if (c.server.serve_client && client_folder(c).empty())
    log.write(log_level::warning,
              "no browser client is served: server.serve_client is on, but there are no files of it. Give "
              "server.client_dir the `dist` of the npm package socket.io-client, or turn serve_client off.");
  const memory_limit limit{c.memory.limit};
  server io{options_of(c, log, limit)};
  const every_second looking{[&, seconds = 0]() mutable {
    monitor->on_second();
    if (++seconds % between_sums == 0) refused->sum_up(log);
  }};

  std::optional<door> guard;
  if (c.auth.enabled)
    guard.emplace(c.auth, log, *refused).guard(io);
  else
    io.allow_request([](handshake& opened) {
      forget_request(opened);
      return admit;
    });
  const auto& namespaces = c.server.namespaces;
  client_observers observers{room_joiner(c.rooms), presence_counter(present, namespaces), client_log(log)};
  if (c.debug.enabled) {
    observers.push_back(debug_greeter());
    log_debug_events(io, namespaces, log);
  }
  watch_clients(io, namespaces, std::move(observers));
  std::atomic<bool> ready{false};
  const auto keys =
      std::make_shared<key_ring>(c.api.keys, [refused, &log](const http_request& request, std::string_view code) {
        refused->on_api_call(log, code, request.address, request.path);
      });
  api_options backend{.keys = keys,
                      .max_body = c.api.max_body,
                      .ack_timeout_max = c.api.ack_timeout_max,
                      .attachments = c.limits.attachments,
                      .user_room = [room = c.rooms.user](std::string_view user) { return user_room(room, user); },
                      .why_not_yours = [rooms = c.rooms](std::string_view room) { return why_not_yours(rooms, room); },
                      .is_ready = [&ready] { return ready.load(); },
                      .memory = monitor,
                      .refused = refused,
                      .log = log.hook(),
                      .log_lost = [&log] { return log.lost(); }};
  add_api(io, backend, present);
  add_debug(io, backend, present);
  std::string api_url;
  if (c.dev && guard) add_demo(io, *guard, present, c.rooms, api_url);
  if (c.debug.enabled) add_assets(io, c);  // last: its route takes every path that is left

  endpoint front{.address = c.server.listen.host, .port = c.server.listen.port};
  if (c.tls.is_on()) front.tls = tls_options{c.tls.certificate, c.tls.key};
  const auto port = listen(io, "server.listen", front);
  std::optional<std::uint16_t> api_port;
  if (!c.api.listen.is_off())
    api_port = listen(io, "api.listen", {.address = c.api.listen.host, .port = c.api.listen.port, .internal = true});
  if (api_port) api_url = url_of(c, c.api.listen, *api_port);

  signal_watch signals{[&](bool again) {
                         ready = false;
                         log.write(log_level::info, again ? "leaving at once" : "leaving");
                         io.stop(again ? std::chrono::milliseconds{0} : c.server.drain_time);
                       },
                       [&, of = reload_target{c, io, log, guard ? &*guard : nullptr, *keys}] { reload(sources, of); }};
  for (const auto& warning : c.warnings) log.write(log_level::warning, warning);
  log.write(log_level::info, "serving",
            log_fields{}
                .add("version", version)
                .add("address", format_address({c.server.listen.host, port}))
                .add("descriptors", std::to_string(descriptors)));
  announce(c, port, api_port, log);
  ready = true;
  monitor->begin([&io] { return io.stats()[counter::connections_accepted] == 0; });
  io.run();
  refused->sum_up(log);
  log.write(log_level::info, "left");
  return 0;
}

}  // namespace encke::gateway
