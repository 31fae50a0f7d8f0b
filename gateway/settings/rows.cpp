// SPDX-License-Identifier: MIT
// The rows of the table of settings, in the order of the sample file. A new setting is one row here.
// Ranges are wide: they keep out what cannot work (a ping every 0 seconds) and slips of the unit, not taste.
#include "gateway/settings/rows.hpp"

#include <algorithm>
#include <array>
#include <cctype>

#include "gateway/settings/codecs.hpp"
#include "gateway/settings/slow.hpp"

namespace encke::gateway {
namespace {

using namespace std::chrono_literals;

using codec::address;
using codec::boolean;
using codec::duration;
using codec::keys;
using codec::list;
using codec::size;
using codec::text;
using count = codec::number<std::size_t>;

constexpr std::pair<std::string_view, jwt::algorithm> algorithms[] = {
    {"HS256", jwt::algorithm::hs256}, {"HS384", jwt::algorithm::hs384}, {"HS512", jwt::algorithm::hs512}};
// Without those that only a rule can have, for it has their key.
constexpr auto usual_overflows = [] {
  constexpr auto is_usual = [](const named_overflow& one) { return !has_key(one.second); };
  std::array<named_overflow, std::ranges::count_if(all_overflows, is_usual)> usual{};
  std::ranges::copy_if(all_overflows, usual.begin(), is_usual);
  return usual;
}();
constexpr std::pair<std::string_view, log_format> formats[] = {{"text", log_format::text}, {"json", log_format::json}};
constexpr std::pair<std::string_view, std::optional<log_level>> levels[] = {
    {"trace", log_level::trace},  {"debug", log_level::debug}, {"info", log_level::info},
    {"warn", log_level::warning}, {"error", log_level::error}, {"off", std::nullopt}};

constexpr std::size_t KiB = 1024, GiB = 1024 * 1024 * KiB;

/// One row: where the value lives, how it is written, what it means.
template <class Section, class T, class Codec>
setting row(std::string_view table, std::string_view key, Section config::*section, T Section::*member, Codec codec,
            std::string_view help, bool is_secret = false, std::string_view alias = {}) {
  return {.table = table,
          .key = key,
          .type = Codec::type,
          .set = [=](config& c, const raw_value& raw) { return codec.parse(raw, c.*section.*member); },
          .show = [=](const config& c) { return codec.show(c.*section.*member); },
          .help = help,
          .is_secret = is_secret,
          .alias = alias};
}

template <class Section>
auto table(std::string_view name, Section config::*section) {
  return [=](std::string_view key, auto Section::*member, auto codec, std::string_view help, auto... more) {
    return row(name, key, section, member, codec, help, more...);
  };
}

// clang-format off
std::vector<setting> make_settings() {
  constexpr bool secret = true, open = false;
  using sv = server_settings;
  using en = engine_settings;
  using li = limit_settings;
  using au = auth_settings;
  const auto server = table("server", &config::server);
  const auto engine = table("engine", &config::engine);
  const auto limits = table("limits", &config::limits);
  const auto memory = table("memory", &config::memory);
  const auto auth = table("auth", &config::auth);
  const auto rooms = table("rooms", &config::rooms);
  const auto api = table("api", &config::api);
  const auto tls = table("tls", &config::tls);
  const auto log = table("log", &config::log);
  const auto debug = table("debug", &config::debug);
  return {
    server("listen", &sv::listen, address{}, "Where clients connect: an IP address or a name, and a port. A name stands for all its addresses, localhost for 127.0.0.1 and [::1]. Port 0 takes any free one.", open, "--listen"),
    server("path", &sv::path, text{}, "The path of Socket.IO. Clients need no option when it is \"/socket.io/\"."),
    server("workers", &sv::workers, codec::number<unsigned>{0, 255}, "Threads that serve clients. 0: one per CPU that the process may use, by its affinity mask and the quota of its control group.", open, "--workers"),
    server("drain_time", &sv::drain_time, duration{0s, 1h}, "How long a stop may take: clients are sent away bit by bit, not all at once."),
    server("namespaces", &sv::namespaces, list{64}, "The namespaces that clients may join. \"/\" must be among them: presence counts the connections there."),
    server("serve_client", &sv::serve_client, boolean{}, "Serve the browser client, socket.io.js, under the path."),
    server("client_dir", &sv::client_dir, text{}, "The folder with socket.io.js: `dist` of the npm package socket.io-client. Empty: the one that was installed with encke."),
    server("assets_dir", &sv::assets_dir, text{}, "A folder of files to serve at \"/\" while debug is enabled. Empty: the inbox page that was installed with encke."),

    engine("ping_interval", &en::ping_interval, duration{100ms, 1h}, "How often a client is asked whether it is still there."),
    engine("ping_timeout", &en::ping_timeout, duration{100ms, 1h}, "How long its answer may take. Then the client is gone."),
    engine("connect_timeout", &en::connect_timeout, duration{100ms, 1h}, "How long a client may take to join its first namespace."),
    engine("upgrade_timeout", &en::upgrade_timeout, duration{100ms, 1h}, "How long moving from polling to WebSocket may take."),
    engine("max_payload", &en::max_payload, size{KiB, GiB}, "The largest message a client may send."),
    engine("transports", &en::transports, list{}, "How clients may connect: \"polling\", \"websocket\" or both."),
    engine("allow_upgrades", &en::allow_upgrades, boolean{}, "Clients that start with polling may move to WebSocket."),
    engine("allow_eio3", &en::allow_eio3, boolean{}, "Let clients of Socket.IO 1 and 2 in (Engine.IO protocol v3)."),
    engine("jsonp", &en::jsonp, boolean{}, "Let browsers without CORS poll by script tags (JSONP). Scripts pass all rules about origins: only for clients that need it."),
    engine("cors_origins", &en::cors_origins, list{}, "Web pages of which origins may connect by polling, and with a token in a cookie: a list such as [\"https://app.example.com\", \"https://*.example.com\"], \"*\" for all without cookies, \"reflect\" for all. Empty: only pages of the same origin."),
    engine("cors_credentials", &en::cors_credentials, boolean{}, "Those pages may send cookies."),
    engine("cookie", &en::cookie, text{256}, "Name of a cookie that holds the session id, for load balancers that stick by cookie. Empty: none is set."),
    engine("deflate", &en::deflate, boolean{}, "Compress WebSocket messages for clients that offer it (permessage-deflate). A broadcast is compressed once. Costs CPU and saves network; do not compress secrets beside text that others choose."),
    engine("http_compression", &en::http_compression, boolean{}, "Compress the answers to clients that poll and accept gzip or deflate."),
    engine("compression_threshold", &en::compression_threshold, size{64, GiB}, "Shorter messages and answers are not compressed."),

    limits("connections", &li::connections, count{0, 10'000'000}, "Most connections of clients at a time. 0: as many as the process may open, less a reserve of 64 for the API and files."),
    limits("unjoined_payload", &li::unjoined_payload, size{KiB, GiB}, "The largest message of a client that has not joined a namespace yet. A token given as `auth` has to fit into it."),
    limits("outbox_bytes", &li::outbox_bytes, size{KiB, GiB}, "Most bytes that wait for one slow client."),
    limits("outbox_messages", &li::outbox_messages, count{1, 1'000'000}, "Most messages that wait for one slow client."),
    limits("overflow", &li::overflow, codec::choice<overflow>{usual_overflows}, "When that is reached: \"close\" the client, leave out the new message (\"drop_newest\") or the oldest (\"drop_oldest\")."),
    limits("outbox_age", &li::outbox_age, duration{0s, 24h}, "How long a message may wait for a slow client. 0s: as long as the client is there."),
    limits("slow", &li::slow, codec::slow_rules{}, "Rules for some events and rooms, the first that matches holds: [{event = \"price\", room = \"ticker:*\", policy = \"latest\", key = \"symbol\", bytes = \"64KiB\", messages = 100, age = \"5s\"}, {event = \"typing\", policy = \"drop_newest\"}]. Policies are those of overflow, and \"latest\": a message replaces the one with the same key, a member of its first argument, that still waits."),
    limits("answer_bytes", &li::answer_bytes, size{KiB, GiB}, "Most bytes of the answers to one emit-with-ack, on each worker. Answers that come then count as missing."),
    limits("attachments", &li::attachments, count{0, 1000}, "Most binary attachments of one message."),
    limits("http_head", &li::http_head, size{KiB, 1024 * KiB}, "Most bytes of a request line and its headers."),
    limits("token", &li::token, size{256, 1024 * KiB}, "The longest token that a client may show. In the URL or a header it has to fit into http_head, too."),
    limits("http_headers", &li::http_headers, count{10, 10'000}, "Most header fields of a request."),
    limits("head_timeout", &li::head_timeout, duration{100ms, 1h}, "How long a request head, or a TLS handshake, may take."),
    limits("body_timeout", &li::body_timeout, duration{100ms, 1h}, "How long a request's body may take."),
    limits("idle_timeout", &li::idle_timeout, duration{100ms, 24h}, "How long a kept-alive connection may wait for its next request."),

    memory("limit", &memory_settings::limit, codec::share_or_size{16 * 1024 * KiB, 1024 * GiB}, "What the process may use: a size, or \"80%\" of what its control group (container), or else the machine, has. When it comes near, first free memory goes back, then who has not joined is sent away, then new sessions are refused (503), then lossy messages left out, then the slowest clients disconnected. 0: no limit."),

    auth("enabled", &au::enabled, boolean{}, "Clients must show a token (JWT). When false, everybody gets in."),
    auth("algorithm", &au::algorithm, codec::choice<jwt::algorithm>{algorithms}, "How tokens are signed: \"HS256\", \"HS384\" or \"HS512\"."),
    auth("secret", &au::secret, text{}, "The secret shared with the backend that makes tokens, at least 32, 48 or 64 bytes for HS256, HS384 and HS512. Better kept in secret_file or in the environment than here or in a flag, which other users may read.", secret, "--secret"),
    auth("secret_file", &au::secret_file, text{}, "A file that holds the secret. A line break at its end does not count."),
    auth("secrets", &au::secrets, list{16}, "More secrets whose tokens are good too, for a change of secrets without a gap.", secret),
    auth("sources", &au::sources, list{16}, "Where to look for the token, in this order: \"query:NAME\" of the URL, \"header\" (Authorization: Bearer), \"auth:NAME\" of the object given to the client library, \"cookie:NAME\". The first one found decides, but a cookie only if it is good."),
    auth("user_claim", &au::user_claim, text{256}, "The claim with the user's id."),
    auth("issuer", &au::issuer, text{}, "What the claim \"iss\" must be. Empty: not checked."),
    auth("audience", &au::audience, list{}, "The claim \"aud\" must hold one of these. Empty: not checked."),
    auth("leeway", &au::leeway, duration{0s, 1h}, "How far the clocks of this machine and the backend may differ."),
    auth("require_exp", &au::require_exp, boolean{}, "Refuse tokens without the claim \"exp\": they are good for ever."),

    rooms("user", &room_settings::user, text{512}, "The room of all connections of one user; {id} stands for the user's id, and what is around it tells the room from all others."),
    rooms("house", &room_settings::house, text{512}, "The room everybody is in."),

    api("listen", &api_settings::listen, address{}, "Where the backend reaches the HTTP API, health checks and metrics. Empty: off. Without keys, only an address of this machine (127.0.0.1, [::1]) is allowed.", open, "--api-listen"),
    api("keys", &api_settings::keys, keys{}, "Who may call the API: {name = \"backend\", hash = \"sha256:...\"} or \"backend:sha256:...\". `encke hash-key` makes one. Empty: whoever reaches the address.", secret),
    api("connections", &api_settings::connections, count{1, 1'000'000}, "Most connections to this address at a time; clients cannot take them away."),
    api("max_body", &api_settings::max_body, size{KiB, GiB}, "The largest request."),
    api("ack_timeout_max", &api_settings::ack_timeout_max, duration{100ms, 10min}, "The longest a request may wait for answers of clients."),

    tls("certificate", &tls_settings::certificate, text{}, "The certificate chain of the clients' listener, a PEM file. Empty: no TLS."),
    tls("key", &tls_settings::key, text{}, "Its private key, a PEM file."),

    log("level", &log_settings::level, codec::choice<std::optional<log_level>>{levels}, "What to log: \"trace\", \"debug\", \"info\", \"warn\", \"error\" or \"off\"."),
    log("format", &log_settings::format, codec::choice<log_format>{formats}, "\"text\" for people, \"json\" for programs: one object per line."),
    log("file", &log_settings::file, text{}, "A file, or a named pipe, to append to, opened again on SIGHUP. Empty: standard error."),

    debug("enabled", &debug_settings::enabled, boolean{}, "Show what happens inside: the demo page and details in answers. Not for production.", open, "--debug"),
  };
}
// clang-format on

constexpr settings_table tables[] = {
    {"server", "Where and how clients are served."},
    {"engine", "The protocol, as in the options of a Socket.IO server."},
    {"limits", "What one client may cost."},
    {"memory", "What all of them together may cost."},
    {"auth", "Who gets in."},
    {"rooms", "Rooms that every client joins by itself."},
    {"api", "The HTTP API through which the backend reaches clients."},
    {"tls", "HTTPS and WSS without a proxy. SIGHUP loads both files again."},
    {"log", "What is written about all this, and where."},
    {"debug", "For development."},
};

std::string joined(std::string_view prefix, const setting& s, char between) {
  std::string out{prefix};
  out.append(s.table).append(1, between).append(s.key);
  return out;
}

}  // namespace

std::string setting::name() const {
  return joined("", *this, '.');
}

bool setting::is_reloaded() const {
  const auto is = [this](std::string_view a, std::string_view b) { return table == a && key == b; };
  return table == "log" || table == "tls" || (table == "auth" && key != "enabled") || is("api", "keys") ||
         is("limits", "token");
}

std::string setting::variable() const {
  auto out = joined("ENCKE_", *this, '_');
  for (auto& c : out) c = static_cast<char>(std::toupper(static_cast<unsigned char>(c)));
  return out;
}

std::string setting::flag() const {
  auto out = joined("--", *this, '-');
  std::replace(out.begin(), out.end(), '_', '-');
  return out;
}

std::span<const setting> all_settings() {
  static const auto settings = make_settings();
  return settings;
}

std::span<const settings_table> all_tables() {
  return tables;
}

const setting* find_setting(std::string_view table, std::string_view key) {
  for (const auto& s : all_settings())
    if (s.table == table && s.key == key) return &s;
  return nullptr;
}

std::string_view placeholder_of(value_type type) {
  switch (type) {
    case value_type::text: return "TEXT";
    case value_type::number: return "NUMBER";
    case value_type::boolean: return "true|false";
    case value_type::duration: return "DURATION";
    case value_type::size: return "SIZE";
    case value_type::address: return "ADDRESS:PORT";
    case value_type::choice: return "NAME";
    case value_type::list: return "LIST";
    case value_type::rules: return "RULES";
    case value_type::keys: break;
  }
  return "NAME:HASH";
}

}  // namespace encke::gateway
