// SPDX-License-Identifier: MIT
// The settings of the gateway: plain values with their defaults, and how they are read and checked.
// A file in TOML is overridden by the environment (ENCKE_<TABLE>_<KEY>), and that by flags (--<table>-<key>).
// The rows of rows.cpp give each value its name, its range and its help: file, environment, flags, the
// sample file and the checks are all made from them. `cli` loads, `app` uses; nothing here opens a socket.
#pragma once

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <encke/jwt.hpp>
#include <encke/log.hpp>
#include <encke/options.hpp>
#include <filesystem>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/process/environment.hpp"
#include "gateway/settings/keys.hpp"
#include "gateway/settings/listen_address.hpp"

namespace encke::gateway {

using milliseconds = std::chrono::milliseconds;

enum class log_format { text, json };

struct server_settings {
  listen_address listen{"0.0.0.0", 8080};
  std::string path = "/socket.io/";
  unsigned workers = 0;  // 0: one per CPU that there is for this process
  milliseconds drain_time{10'000};
  std::vector<std::string> namespaces{"/"};
  bool serve_client = true;
  std::string client_dir;  // empty: the one of the installation
  std::string assets_dir;  // empty: the one of the installation
};

struct engine_settings {
  milliseconds ping_interval{25'000};
  milliseconds ping_timeout{20'000};
  milliseconds connect_timeout{45'000};
  milliseconds upgrade_timeout{10'000};
  std::size_t max_payload = 1'000'000;
  std::vector<std::string> transports{"polling", "websocket"};
  bool allow_upgrades = true;
  bool allow_eio3 = true;
  bool jsonp = false;
  std::vector<std::string> cors_origins;  // {"*"}, {"reflect"} or origins; empty: no CORS headers
  bool cors_credentials = false;
  std::string cookie;  // name; empty: none is set
  bool deflate = false;
  bool http_compression = true;
  std::size_t compression_threshold = 1024;
};

struct limit_settings {
  std::size_t connections = 0;  // 0: no limit
  std::size_t unjoined_payload = 16 * 1024;
  std::size_t outbox_bytes = 1'000'000;
  std::size_t outbox_messages = 16'384;
  milliseconds outbox_age{0};  // 0: as long as the client is there
  encke::overflow overflow = encke::overflow::close;
  std::vector<slow_rule> slow;
  std::size_t answer_bytes = 2 * 1024 * 1024;
  std::size_t attachments = 10;
  std::size_t http_head = 16 * 1024;
  std::size_t token = 8 * 1024;
  std::size_t http_headers = 100;
  milliseconds head_timeout{10'000};
  milliseconds body_timeout{60'000};
  milliseconds idle_timeout{75'000};
};

/// Bytes, or a share of what the control group or the machine has; neither: no limit.
struct memory_bound {
  std::size_t bytes = 0;
  unsigned percent = 0;

  friend bool operator==(const memory_bound&, const memory_bound&) = default;
};

struct memory_settings {
  memory_bound limit;
};

struct auth_settings {
  bool enabled = true;
  jwt::algorithm algorithm = jwt::algorithm::hs256;
  std::string secret;
  std::string secret_file;
  std::vector<std::string> secrets;
  std::vector<std::string> sources{"query:token", "header", "auth:token", "cookie:token"};
  std::string user_claim = "sub";
  std::string issuer;
  std::vector<std::string> audience;
  milliseconds leeway{30'000};
  bool require_exp = false;

  /// Filled by `load_config`: `secret`, the content of `secret_file`, then `secrets`. The first one signs.
  std::vector<std::string> accepted;
  /// Filled by `load_config`: bytes, from `limits.token`.
  std::size_t max_token = 8 * 1024;
};

struct room_settings {
  std::string user = "user:{id}";
  std::string house = "house";
};

struct api_settings {
  listen_address listen{"127.0.0.1", 9090};
  std::vector<api_key> keys;
  std::size_t connections = 1000;
  std::size_t max_body = 1'000'000;
  milliseconds ack_timeout_max{30'000};
};

struct tls_settings {
  std::string certificate;
  std::string key;

  [[nodiscard]] bool is_on() const { return !certificate.empty(); }
};

struct log_settings {
  std::optional<log_level> level = log_level::info;  // records of less are left out; none: all are
  log_format format = log_format::text;
  std::string file;  // empty: standard error
};

struct debug_settings {
  bool enabled = false;
};

struct config {
  server_settings server;
  engine_settings engine;
  limit_settings limits;
  memory_settings memory;
  auth_settings auth;
  room_settings rooms;
  api_settings api;
  tls_settings tls;
  log_settings log;
  debug_settings debug;
  bool dev = false;  // started with --dev; no file can say so

  /// Filled by `load_config`: what works and is likely not meant, a line each ("t.toml:3: auth.secret_file: ...").
  std::vector<std::string> warnings;
};

/// Something wrong in the settings. `where` is "encke.toml:12", a variable, a flag, or empty for what was left out.
/// Never holds the value of a setting that is secret.
struct settings_fault {
  std::string where;
  std::string message;
  std::size_t line = 0;  // of the file; 0 for a fault elsewhere
};

/// "where: message", or "message" alone.
[[nodiscard]] std::string to_string(const settings_fault&);

/// Name and values of a flag, as given: "--engine-ping-interval", {"10s"}. Aliases are already replaced.
using flag_values = std::map<std::string, std::vector<std::string>, std::less<>>;

/// Where settings come from. Kept by `serve`, so that a reload reads the same places again.
struct config_sources {
  std::string file;                      // empty: none
  std::optional<std::string> file_text;  // when set, used instead of reading `file` (standard input, tests)
  gateway::environment environment;      // all of it; only ENCKE_*, HOME and XDG_CONFIG_HOME are looked at
  flag_values flags;
  bool dev = false;  // start from the development defaults: loopback, debug on, a secret kept in the state directory
  std::filesystem::path state_dir;  // empty: state_dir::default_path
};

/// What is asked of the settings: all of them and what only the start of a server needs (that its addresses can be
/// found), all of them, or only what it takes to make and check tokens.
enum class check_scope { start, all, tokens };

/// A setting of the file whose value does not hold, because a variable or a flag gives another.
struct outdone_setting {
  std::string name;  ///< "auth.secret"
  std::string by;    ///< "ENCKE_AUTH_SECRET"

  friend bool operator==(const outdone_setting&, const outdone_setting&) = default;
};

/// The settings, and all that is wrong with them. Use the settings only when there is no fault.
struct loaded_config {
  config settings;
  std::vector<settings_fault> faults;
  std::vector<outdone_setting> outdone{};  ///< of those that a reload takes over
};

/// Reads every source, then checks the whole. Throws nothing for what a user can get wrong. Reads the files that the
/// settings name, and with `dev` makes the development secret on the first call.
[[nodiscard]] loaded_config load_config(const config_sources&, check_scope = check_scope::all);

/// What `jwt` needs to check tokens and to make them; from settings without a fault.
[[nodiscard]] jwt::options token_options(const auth_settings&);

/// The sample file: every setting with its default and what it means. Kept as packaging/encke.toml.
[[nodiscard]] std::string sample_config();

}  // namespace encke::gateway
