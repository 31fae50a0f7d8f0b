// SPDX-License-Identifier: MIT
// Rules between settings, a function per table.
#include "gateway/config_check.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <cctype>
#include <cerrno>
#include <cstring>
#include <fstream>

#include "gateway/config_units.hpp"

namespace encke::gateway {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t most_secret_file = 4096;

// RFC 7518 3.2: a key of the same size as the hash output or larger.
std::size_t least_secret(jwt::algorithm algorithm) {
  switch (algorithm) {
    case jwt::algorithm::hs256: return 32;
    case jwt::algorithm::hs384: return 48;
    case jwt::algorithm::hs512: return 64;
  }
  return 64;
}

std::string why_unreadable(const std::string& path) {
  std::error_code error;
  if (fs::is_directory(path, error)) return "is a directory";
  return access(path.c_str(), R_OK) == 0 ? std::string{} : std::strerror(errno);
}

void check_readable(std::string_view name, const std::string& path, const refuse_function& refuse) {
  if (path.empty()) return;
  if (const auto why = why_unreadable(path); !why.empty())
    refuse(name, fmt::format("{} cannot be read: {}", in_quotes(path), why));
}

bool is_cookie_name(std::string_view name) {
  // RFC 6265 4.1.1: a cookie's name is a token.
  return std::ranges::all_of(name, [](unsigned char c) {
    return std::isalnum(c) || (c != 0 && std::strchr("!#$%&'*+-.^_`|~", c) != nullptr);
  });
}

void check_server(const server_settings& server, const refuse_function& refuse) {
  if (server.listen.is_off()) refuse("server.listen", "must not be empty");
  const auto& path = server.path;
  if (!path.starts_with('/') || !path.ends_with('/') || path.find_first_of("?# %\\") != std::string::npos)
    refuse("server.path",
           fmt::format("must start and end with '/', without '?', '#', '%', '\\' and spaces, got {}", in_quotes(path)));
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

bool is_origin(std::string_view text) {
  const auto scheme = text.find("://");
  if (scheme == std::string_view::npos || scheme == 0 || scheme + 3 == text.size()) return false;
  return text.find_first_of("/?#*@ ", scheme + 3) == std::string_view::npos;
}

void check_engine(const engine_settings& engine, const refuse_function& refuse) {
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
      refuse("engine.cors_origins",
             fmt::format("{} is not an origin: write scheme, host and port only, such as \"https://app.example.com\"",
                         in_quotes(origin)));
    }
  }
  if (engine.cors_credentials && origins.empty()) refuse("engine.cors_credentials", "needs `engine.cors_origins`");
  if (engine.cors_credentials && std::ranges::find(origins, "*") != origins.end())
    refuse("engine.cors_credentials", R"(browsers refuse it with cors_origins = "*": name the origins, or "reflect")");
}

void take_secret(std::string_view name, const std::string& secret, auth_settings& auth, const refuse_function& refuse) {
  const auto least = least_secret(auth.algorithm);
  if (secret.size() < least)
    refuse(name, fmt::format("too short: {} needs at least {} bytes", jwt::to_string(auth.algorithm), least));
  auth.accepted.push_back(secret);
}

void take_secret_file(auth_settings& auth, const refuse_function& refuse) {
  const auto cannot = [&](std::string_view why) {
    refuse("auth.secret_file", fmt::format("{} cannot be read: {}", in_quotes(auth.secret_file), why));
  };
  if (const auto why = why_unreadable(auth.secret_file); !why.empty()) return cannot(why);
  std::ifstream file{auth.secret_file, std::ios::binary};
  std::string secret(most_secret_file + 1, '\0');
  file.read(secret.data(), static_cast<std::streamsize>(secret.size()));
  secret.resize(static_cast<std::size_t>(std::max<std::streamsize>(file.gcount(), 0)));
  if (file.bad()) return cannot("reading failed");
  if (secret.size() > most_secret_file) return cannot(fmt::format("it is longer than {} bytes", most_secret_file));
  while (secret.ends_with('\n') || secret.ends_with('\r')) secret.pop_back();
  if (secret.empty()) return refuse("auth.secret_file", fmt::format("{} is empty", in_quotes(auth.secret_file)));
  take_secret("auth.secret_file", secret, auth, refuse);
}

void check_auth(auth_settings& auth, const refuse_function& say) {
  bool is_refused = false;
  const refuse_function refuse = [&](std::string_view name, std::string message) {
    is_refused = true;
    say(name, std::move(message));
  };
  auth.accepted.clear();
  std::vector<std::string> lookup_faults;
  (void)jwt::parse_lookup(auth.sources, lookup_faults);
  for (auto& message : lookup_faults) refuse("auth.sources", std::move(message));
  if (auth.user_claim.empty()) refuse("auth.user_claim", "must not be empty");

  if (!auth.secret.empty() && !auth.secret_file.empty())
    refuse("auth.secret_file",
           "must not be set together with `auth.secret`: keep one, put the other in `auth.secrets`");
  if (!auth.secret.empty()) take_secret("auth.secret", auth.secret, auth, refuse);
  if (!auth.secret_file.empty()) take_secret_file(auth, refuse);
  for (const auto& secret : auth.secrets) take_secret("auth.secrets", secret, auth, refuse);
  const bool given = !auth.secret.empty() || !auth.secret_file.empty() || !auth.secrets.empty();
  if (auth.enabled && !given)
    refuse("auth.secret",
           "not set: give `auth.secret_file` or the variable ENCKE_AUTH_SECRET, or set `auth.enabled = false`");
  // Rules of the token library that are not ours; it names its options, not our settings.
  if (is_refused || auth.accepted.empty()) return;
  for (const auto& sentence : jwt::check(token_options(auth))) say("auth", sentence);
}

void check_rooms(const room_settings& rooms, const refuse_function& refuse) {
  if (rooms.house.empty()) refuse("rooms.house", "must not be empty");
  const auto at = rooms.user.find("{id}");
  if (at == std::string::npos) return refuse("rooms.user", "must contain {id}, as in \"user:{id}\"");
  const auto rest = rooms.user.substr(0, at) + rooms.user.substr(at + 4);
  if (rest.find_first_of("{}") != std::string::npos)
    refuse("rooms.user", "must contain {id} once, and no other braces");
}

void check_api(const config& c, const refuse_function& refuse) {
  const auto& api = c.api;
  if (api.listen.is_off()) return;
  if (api.keys.empty() && !is_loopback(api.listen))
    refuse("api.listen", fmt::format("{} can be reached by other machines and there are no `api.keys`: make one with "
                                     "`encke hash-key`, or listen on 127.0.0.1",
                                     in_quotes(format_address(api.listen))));
  if (api.listen.port != 0 && api.listen == c.server.listen) refuse("api.listen", "is the same as `server.listen`");
}

void check_tls(const tls_settings& tls, const refuse_function& refuse) {
  if (tls.certificate.empty() && !tls.key.empty()) refuse("tls.certificate", "missing: `tls.key` is set");
  if (!tls.certificate.empty() && tls.key.empty()) refuse("tls.key", "missing: `tls.certificate` is set");
  check_readable("tls.certificate", tls.certificate, refuse);
  check_readable("tls.key", tls.key, refuse);
}

void check_log(const log_settings& log, const refuse_function& refuse) {
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

void check_settings(config& c, check_scope scope, const refuse_function& refuse) {
  check_auth(c.auth, refuse);
  if (scope == check_scope::tokens) return;
  check_rooms(c.rooms, refuse);
  check_server(c.server, refuse);
  check_engine(c.engine, refuse);
  check_api(c, refuse);
  check_tls(c.tls, refuse);
  check_log(c.log, refuse);
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
  return options;
}

}  // namespace encke::gateway
