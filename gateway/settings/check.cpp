// SPDX-License-Identifier: MIT
// Rules between settings, a function per table.
#include "gateway/settings/check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <encke/server.hpp>

#include "gateway/process/files.hpp"
#include "gateway/settings/addresses.hpp"
#include "gateway/settings/listen_address.hpp"
#include "gateway/settings/room_names.hpp"
#include "gateway/text/nearest.hpp"
#include "gateway/text/quotes.hpp"
#include "gateway/text/units.hpp"

namespace encke::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_secret_file = 4096;
constexpr std::size_t room_beside_token = 1024;  // of a request's head, for all that is not the token

// False, and a fault, for a file that cannot be read.
bool check_readable(std::string_view name, const std::string& path, const check_report& report) {
  if (path.empty()) return false;
  const auto why = why_unreadable(path);
  if (!why.empty()) report.refuse(name, fmt::format("{} {}", in_quotes(path), why));
  return why.empty();
}

bool is_cookie_name(std::string_view name) {
  // RFC 6265 4.1.1: a cookie's name is a token.
  return std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) || (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
  });
}

bool is_path(std::string_view path) {
  return path.starts_with('/') && path.ends_with('/') && path.find_first_of("?# %\\") == std::string_view::npos;
}

void check_server(const server_settings& server, const check_report& report) {
  const auto& refuse = report.refuse;
  if (server.listen.is_off()) refuse("server.listen", "must not be empty");
  const auto& path = server.path;
  if (!is_path(path))
    refuse("server.path",
           fmt::format("must start and end with '/', without '?', '#', '%', '\\' and spaces, got {}", in_quotes(path)));
  else if (path == "/" || path.find("//") != std::string::npos)
    refuse("server.path",
           fmt::format("must have a name between each two '/', as in \"/socket.io/\", got {}", in_quotes(path)));
  std::error_code error;
  if (!server.assets_dir.empty() && !fs::is_directory(server.assets_dir, error))
    refuse("server.assets_dir", fmt::format("{} is not a folder", in_quotes(server.assets_dir)));
  if (!server.client_dir.empty() && !fs::is_regular_file(fs::path{server.client_dir} / "socket.io.js", error))
    refuse("server.client_dir", fmt::format("{} is not a folder with socket.io.js", in_quotes(server.client_dir)));
  for (const auto& name : server.namespaces)
    if (!name.starts_with('/') || name.find(',') != std::string::npos)
      refuse("server.namespaces", fmt::format("{} must begin with '/' and have no comma", in_quotes(name)));
  if (std::ranges::find(server.namespaces, "/") == server.namespaces.end())
    refuse("server.namespaces", "must name \"/\"");
}

// Scheme, host and port; the host's first label may be a star.
bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0) return false;
  auto rest = text.substr(scheme + 3);
  if (rest.starts_with("*.")) rest.remove_prefix(2);
  return !rest.empty() && !rest.starts_with('.') && rest.find_first_of("/?#*@ ,") == std::string_view::npos;
}

void check_engine(const engine_settings& engine, const check_report& report) {
  const auto& refuse = report.refuse;
  if (engine.transports.empty()) refuse("engine.transports", R"(must name "polling", "websocket" or both)");
  const std::vector<std::string> known{"polling", "websocket"};
  for (const auto& transport : engine.transports)
    if (std::ranges::find(known, transport) == known.end())
      refuse("engine.transports",
             fmt::format("unknown transport {}{}", in_quotes(transport), did_you_mean(transport, known)));
  if (!is_cookie_name(engine.cookie))
    refuse("engine.cookie", fmt::format("{} cannot be the name of a cookie", in_quotes(engine.cookie)));

  const auto& origins = engine.cors_origins;
  for (const auto& origin : origins) {
    if (origin == "*" || origin == "reflect") {
      if (origins.size() > 1) refuse("engine.cors_origins", fmt::format("\"{}\" must stand alone", origin));
    } else if (!is_origin(origin)) {
      refuse(
          "engine.cors_origins",
          fmt::format("{} is not an origin: write scheme, host and port only, such as \"https://app.example.com\" or "
                      "\"https://*.example.com\"",
                      in_quotes(origin)));
    }
  }
  if (engine.cors_credentials && origins.empty()) refuse("engine.cors_credentials", "needs `engine.cors_origins`");
  if (engine.cors_credentials && std::ranges::find(origins, "*") != origins.end())
    refuse("engine.cors_credentials", R"(browsers refuse it with cors_origins = "*": name the origins, or "reflect")");
}

// All of it counts, which who wrote it with an editor may not know.
void warn_of_blanks(std::string_view name, std::string_view secret, const check_report& report) {
  const auto is_blank = [](char c) { return c == ' ' || c == '\t'; };
  if (!secret.empty() && (is_blank(secret.front()) || is_blank(secret.back())))
    report.warn(name, "begins or ends with a blank, which is part of the secret");
  if (secret.find_first_of("\r\n") != std::string_view::npos)
    report.warn(name, "has several lines, which are all one secret");
  if (secret.find('\0') != std::string_view::npos) report.warn(name, "has a NUL, which is part of the secret");
}

void take_secret(std::string_view name, const std::string& secret, auth_settings& auth, const check_report& report) {
  const auto least = jwt::least_secret(auth.algorithm);
  if (secret.size() < least)
    report.refuse(name, fmt::format("too short: {} needs at least {} bytes", jwt::to_string(auth.algorithm), least));
  warn_of_blanks(name, secret, report);
  auth.accepted.push_back(secret);
}

void take_secret_file(auth_settings& auth, const check_report& report) {
  constexpr std::string_view name = "auth.secret_file";
  const auto file = in_quotes(auth.secret_file);
  std::string why;
  auto secret = read_file(auth.secret_file, most_secret_file + 1, why);
  if (secret && secret->size() > most_secret_file)
    why = fmt::format("cannot be read: it is longer than {} bytes", most_secret_file);
  if (!why.empty()) return report.refuse(name, fmt::format("{} {}", file, why));
  while (secret->ends_with('\n') || secret->ends_with('\r')) secret->pop_back();
  if (secret->empty()) return report.refuse(name, fmt::format("{} is empty", file));
  if (const auto open = why_not_private(auth.secret_file); !open.empty())
    report.warn(name, fmt::format("{} {}", file, open));
  take_secret(name, *secret, auth, report);
}

// A token has to come through what carries it.
void check_token_limit(const config& c, const check_report& report) {
  const auto& limits = c.limits;
  const auto& auth = c.auth;
  const auto comes_in_head = [](std::string_view source) { return !source.starts_with("auth:"); };
  const bool fits = limits.token + room_beside_token <= limits.http_head;
  if (!fits && report.is_given("limits.token") && std::ranges::any_of(auth.sources, comes_in_head))
    report.refuse("limits.token", fmt::format("{} does not fit into `limits.http_head`, {}: a request needs about "
                                              "{} beside a token",
                                              format_size(limits.token), format_size(limits.http_head),
                                              format_size(room_beside_token)));
  if (limits.token > c.engine.max_payload && report.is_given("limits.token"))
    return report.refuse("limits.token", fmt::format("{} is more than `engine.max_payload`, {}",
                                                     format_size(limits.token), format_size(c.engine.max_payload)));
  // By `auth` it is part of the first message.
  const bool may_be_sent = limits.token + room_beside_token <= limits.unjoined_payload;
  const bool is_given = report.is_given("limits.token") || report.is_given("limits.unjoined_payload");
  if (!may_be_sent && is_given && !std::ranges::all_of(auth.sources, comes_in_head))
    report.refuse("limits.unjoined_payload",
                  fmt::format("{} is too little for a token of `limits.token`, {}, in a first message",
                              format_size(limits.unjoined_payload), format_size(limits.token)));
}

void check_auth(auth_settings& auth, const check_report& given_report) {
  bool is_refused = false;
  auto report = given_report;
  report.refuse = [&](std::string_view name, std::string message) {
    is_refused = true;
    given_report.refuse(name, std::move(message));
  };
  const auto& refuse = report.refuse;
  auth.accepted.clear();
  std::vector<std::string> lookup_faults;
  (void)jwt::parse_lookup(auth.sources, lookup_faults);
  for (auto& message : lookup_faults) refuse("auth.sources", std::move(message));
  if (auth.user_claim.empty()) refuse("auth.user_claim", "must not be empty");

  if (!auth.secret.empty() && !auth.secret_file.empty())
    refuse("auth.secret_file",
           "must not be set together with `auth.secret`: keep one, put the other in `auth.secrets`");
  if (!auth.secret.empty()) take_secret("auth.secret", auth.secret, auth, report);
  if (!auth.secret_file.empty()) take_secret_file(auth, report);
  for (const auto& secret : auth.secrets) take_secret("auth.secrets", secret, auth, report);
  const bool given = !auth.secret.empty() || !auth.secret_file.empty() || !auth.secrets.empty();
  if (auth.enabled && !given)
    refuse("auth.secret",
           "not set: give `auth.secret_file` or the variable ENCKE_AUTH_SECRET, or set `auth.enabled = false`");
  // Rules of the token library that are not ours; it names its options, not our settings.
  if (is_refused || auth.accepted.empty()) return;
  for (const auto& sentence : jwt::check(token_options(auth))) refuse("auth", sentence);
}

void check_rooms(const config& c, const check_report& report) {
  const auto& refuse = report.refuse;
  const auto& rooms = c.rooms;
  if (rooms.house.empty()) refuse("rooms.house", "must not be empty");
  const auto at = rooms.user.find("{id}");
  if (at == std::string::npos) return refuse("rooms.user", "must contain {id}, as in \"user:{id}\"");
  const auto rest = rooms.user.substr(0, at) + rooms.user.substr(at + 4);
  if (rest.find_first_of("{}") != std::string::npos)
    return refuse("rooms.user", "must contain {id} once, and no other braces");
  for (auto& sentence : collisions_of(rooms, c.server.namespaces)) refuse("rooms.user", std::move(sentence));
}

void check_api(const config& c, const check_report& report) {
  const auto& refuse = report.refuse;
  const auto& api = c.api;
  if (api.listen.is_off()) return;
  if (api.keys.empty() && !is_loopback(api.listen))
    refuse("api.listen", fmt::format("{} can be reached by other machines and there are no `api.keys`: make one with "
                                     "`encke hash-key`, or listen on 127.0.0.1",
                                     in_quotes(format_address(api.listen))));
  if (api.listen.port != 0 && api.listen == c.server.listen) refuse("api.listen", "is the same as `server.listen`");
}

void check_tls(const tls_settings& tls, const check_report& report) {
  const auto& refuse = report.refuse;
  if (tls.certificate.empty() && !tls.key.empty()) refuse("tls.certificate", "missing: `tls.key` is set");
  if (!tls.certificate.empty() && tls.key.empty()) refuse("tls.key", "missing: `tls.certificate` is set");
  const bool has_certificate = check_readable("tls.certificate", tls.certificate, report);
  const bool has_key = check_readable("tls.key", tls.key, report);
  if (has_key)
    if (const auto open = why_not_private(tls.key); !open.empty())
      report.warn("tls.key", fmt::format("{} {}", in_quotes(tls.key), open));
  if (!has_certificate || !has_key) return;
  try {
    if (auto warning = try_certificate({tls.certificate, tls.key}); !warning.empty())
      report.warn("tls.certificate", std::move(warning));
  } catch (const std::runtime_error& wrong) {
    refuse("tls.certificate", wrong.what());
  }
}

void check_log(const log_settings& log, const check_report& report) {
  const auto& refuse = report.refuse;
  if (log.file.empty()) return;
  std::error_code error;
  const auto cannot = [&](std::string_view why) {
    refuse("log.file", fmt::format("{} cannot be written: {}", in_quotes(log.file), why));
  };
  if (fs::is_directory(log.file, error)) return cannot("is a directory");
  if (fs::exists(log.file, error)) {
    if (access(log.file.c_str(), W_OK) != 0) cannot(std::strerror(errno));
    return;
  }
  const auto folder = fs::path{log.file}.parent_path();
  const auto parent = folder.empty() ? std::string{"."} : folder.string();
  if (access(parent.c_str(), W_OK | X_OK) != 0) cannot(fmt::format("its folder: {}", std::strerror(errno)));
}

}  // namespace

void check_settings(config& c, check_scope scope, const check_report& report) {
  c.auth.max_token = c.limits.token;
  check_auth(c.auth, report);
  if (scope == check_scope::tokens) return;
  check_token_limit(c, report);
  check_rooms(c, report);
  check_server(c.server, report);
  check_engine(c.engine, report);
  check_api(c, report);
  check_tls(c.tls, report);
  check_log(c.log, report);
  if (scope == check_scope::all) return;
  check_addresses(c, report);
}

jwt::options token_options(const auth_settings& auth) {
  jwt::options options;
  options.alg = auth.algorithm;
  if (!auth.accepted.empty()) {
    options.secret = auth.accepted.front();
    options.secrets.assign(auth.accepted.begin() + 1, auth.accepted.end());
  }
  options.lookup = auth.sources;
  options.user_claim = auth.user_claim;
  options.issuer = auth.issuer;
  options.audience = auth.audience;
  options.leeway = std::chrono::ceil<std::chrono::seconds>(auth.leeway);
  options.require_exp = auth.require_exp;
  options.max_token = auth.max_token;
  return options;
}

}  // namespace encke::gateway
