// SPDX-License-Identifier: MIT
#include "bench/load/options.hpp"

#include <fmt/format.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cmath>
#include <map>

#include "bench/load/outgoing.hpp"
#include "bench/load/process.hpp"
#include "bench/load/target.hpp"

namespace encke::load {

namespace {

constexpr unsigned most_connections = 1'000'000;

constexpr const char* scenarios = R"(Scenarios
  idle       connections that do nothing: memory and CPU of each, memory after they left
  echo       acks: round trips, --window at a time on each connection, or --rate of them a second
  broadcast  one event to everybody, from a socket or --by http; --burst of them at once
  rooms      events to random rooms of Zipf sizes
  churn      come with a token, be let in, leave, come again
  refuse     bad tokens: --transport polling (default) or websocket, --keep-alive on or off
  slow       a broadcast, from a socket or --by http, while --stalled of the readers have stopped
             reading; the others have to get every event, once and in order
  fill       --count events for each client through a push API while nobody reads, then all read
             or leave (--then); --leaving seconds to watch what the server gives back
  upgrade    come by polling, move to a WebSocket, leave, come again; an echo 10 ms after being let in
  polling    round trips over polling: a GET that waits and POSTs
  publish    POSTs to a push API, one user each, and what arrives; --batch lines in one body
  fair       broadcasts, --rate of them a second, to all but 50 connections; these send 500 echoes a
             second, in a thread of their own: how long the few wait for the many
  mixed      all of these at once

The server joins each socket to rooms <uid> and house, and has events echo-ack, shout (to house) and
tell (first argument: the room). With --rate, times count from when a message was due, so a server
that stalls cannot hide it. See README.md beside the source.)";

template <class Enum>
CLI::CheckedTransformer one_of(std::map<std::string, Enum> names) {
  return CLI::CheckedTransformer(std::move(names));
}

void add_server(CLI::App& app, options& o) {
  app.add_option("--url", o.url, "ws://HOST:PORT[/socket.io/]")->required();
  app.add_option("--pid", o.pids, "processes of the server, whose CPU and memory are read")->delimiter(',');
  app.add_option("--secret", o.secret, "HS256 key to mint tokens with; none: no tokens");
  app.add_option("--token", o.token, "one token for all instead");
  app.add_option("--claim", o.claim, "claim that names the user")->capture_default_str();
  app.add_option("--param", o.param, "query parameter of the token")->capture_default_str();
  app.add_option("--eio", o.eio, "Engine.IO protocol, 3 or 4")->capture_default_str()->check(CLI::IsMember({3, 4}));
  app.add_option("--transport", o.transport, "websocket or polling")
      ->transform(one_of<way>({{"websocket", way::websocket}, {"polling", way::polling}}));
}

void add_load(CLI::App& app, options& o) {
  app.add_option("-c,--connections", o.connections, "how many")->capture_default_str();
  app.add_option("--seconds", o.seconds, "time that is measured")->capture_default_str();
  app.add_option("--warmup", o.warmup, "seconds of load before")->capture_default_str();
  app.add_option("--threads", o.threads, "threads of this program")->capture_default_str();
  app.add_option("--count", o.count,
                 "refuse, slow: exactly so many, without --warmup, if --seconds allow; fill: events for each client");
  app.add_option("--rate", o.rate, "messages a second in all, whatever comes back (open loop)");
  app.add_option("--byte-rate", o.byte_rate, "slow, broadcast: bytes a second that are published, instead of --rate")
      ->transform(CLI::AsSizeValue(true));
  app.add_option("--window", o.window, "messages on their way at a time")->capture_default_str();
  app.add_option("--size", o.size, "bytes of the text in a message")->capture_default_str();
  app.add_option("--burst", o.burst, "broadcast, slow: events at once")->capture_default_str();
  app.add_option("--by", o.by, "broadcast, slow: socket or http")
      ->transform(one_of<sender>({{"socket", sender::socket}, {"http", sender::http}}));
  app.add_option("--rooms", o.rooms, "rooms: how many; default a fifth of the connections");
  app.add_option("--zipf", o.zipf, "rooms: exponent of their sizes")->capture_default_str();
  app.add_option("--stalled", o.stalled, "slow: share of readers that stop, or from 1 on how many")
      ->capture_default_str();
  app.add_option("--connecting", o.connecting, "connections on their way in at a time")->capture_default_str();
  app.add_option("--leave", o.leave, "how clients leave: frame (a close frame, wait) or drop")
      ->transform(one_of<goodbye>({{"frame", goodbye::frame}, {"drop", goodbye::drop}}));
  app.add_option("--leaving", o.leaving, "idle: seconds to watch memory after all left; fill: after all read or left")
      ->capture_default_str();
  app.add_option("--then", o.then, "fill: read or leave")
      ->transform(one_of<afterwards>({{"read", afterwards::read}, {"leave", afterwards::leave}}));
  app.add_option("--hold", o.hold, "fill: seconds before the first, and between the last and then")
      ->capture_default_str();
  app.add_option("--flaw", o.bad, "refuse: signature, expired, malformed or missing")
      ->transform(one_of<flaw>({{"signature", flaw::signature},
                                {"expired", flaw::expired},
                                {"malformed", flaw::malformed},
                                {"missing", flaw::missing}}));
  app.add_option("--keep-alive", o.keep_alive, "refuse, publish: on or off")
      ->transform(one_of<bool>({{"on", true}, {"off", false}}));
}

void add_publish(CLI::App& app, options& o) {
  app.add_option("--publish-url", o.publish_url, "where to POST; default /publish at the server");
  app.add_option("--publish-header", o.publish_headers, "such as 'Authorization: Bearer KEY'; may be repeated");
  app.add_option("--publish-body", o.publish_body, "{user} and {data} are filled in")->capture_default_str();
  app.add_option("--batch", o.batch, "publish, fill: lines of NDJSON in one body")->capture_default_str();
}

}  // namespace

std::string_view name_of(kind k) noexcept {
  switch (k) {
    case kind::idle: return "idle";
    case kind::echo: return "echo";
    case kind::broadcast: return "broadcast";
    case kind::rooms: return "rooms";
    case kind::churn: return "churn";
    case kind::refuse: return "refuse";
    case kind::slow: return "slow";
    case kind::mixed: return "mixed";
    case kind::polling: return "polling";
    case kind::publish: return "publish";
    case kind::upgrade: return "upgrade";
    case kind::fair: return "fair";
    case kind::fill: return "fill";
  }
  return "";
}

std::vector<std::string> settle(options& o) {
  std::vector<std::string> faults;
  const auto fault_if = [&](bool is_one, std::string words) {
    if (is_one) faults.push_back(std::move(words));
  };
  if (o.scenario == kind::polling || (o.scenario == kind::refuse && !o.transport)) o.transport = way::polling;
  if (!o.keep_alive) o.keep_alive = !(o.scenario == kind::refuse && !o.is_polling());
  if (o.count > 0) o.warmup = 0;
  if (o.byte_rate > 0 && o.burst > 0) o.rate = o.byte_rate / static_cast<double>(o.size * o.burst);
  if (o.scenario == kind::fair) o.threads = 2;
  if (o.rooms == 0) o.rooms = std::max(1U, o.connections / 5);
  fault_if(!read_url(o.url, "/socket.io/"), fmt::format("--url {} is not ws://HOST:PORT/PATH", o.url));
  fault_if(!o.publish_url.empty() && !read_url(o.publish_url, "/"), "--publish-url is not http://HOST:PORT/PATH");
  fault_if(o.connections == 0 || o.connections > most_connections, "--connections is from 1 to 1000000");
  fault_if(o.threads == 0 || o.threads > 64 || o.threads > o.connections,
           "--threads is from 1 to 64 and to --connections");
  fault_if(!(o.seconds > 0) || !(o.warmup >= 0) || !(o.leaving >= 0), "times are positive");
  fault_if(!(o.rate >= 0), "--rate is positive");
  fault_if(o.count > 0 && o.scenario != kind::refuse && o.scenario != kind::slow && o.scenario != kind::fill,
           "--count is for refuse, slow and fill");
  fault_if(o.scenario == kind::slow && o.burst > 0 && o.count % o.burst != 0, "--count is a multiple of --burst");
  fault_if(o.scenario == kind::fill && (o.count == 0 || o.count > 10'000'000), "fill needs --count, at most 10000000");
  fault_if(!(o.byte_rate >= 0) || (o.byte_rate > 0 && o.scenario != kind::slow && o.scenario != kind::broadcast),
           "--byte-rate is for slow and broadcast");
  fault_if(o.scenario == kind::fair && (o.rate == 0 || o.connections <= 50),
           "fair needs --rate, and more than 50 --connections");
  fault_if(!(o.hold >= 0), "--hold is positive");
  fault_if(o.window == 0 || o.window > 1024, "--window is from 1 to 1024");
  fault_if(o.size < stamp::size || o.size > 16U << 20, fmt::format("--size is from {} to 16777216", stamp::size));
  fault_if(o.burst == 0 || o.burst > 1024 || o.burst * o.threads > stamp::numbers,
           "--burst is from 1 to 1024, with 4 threads at most");
  fault_if(o.batch == 0 || o.batch > 100'000, "--batch is from 1 to 100000");
  fault_if(o.connecting == 0, "--connecting is at least 1");
  fault_if(o.rooms > o.connections, "--rooms is at most --connections");
  fault_if(o.scenario == kind::slow &&
               !(o.stalled > 0 && o.stalled < o.connections && (o.stalled < 1 || o.stalled == std::floor(o.stalled))),
           "--stalled is between 0 and 1, or a number below --connections");
  fault_if((o.scenario == kind::slow || o.scenario == kind::fill) && o.size < stamp::size + sequence::size,
           fmt::format("--size is at least {} here", stamp::size + sequence::size));
  fault_if(o.secret.empty() && (o.scenario == kind::rooms || o.scenario == kind::publish || o.scenario == kind::fill),
           "--secret is needed: users get their events by name");
  fault_if(o.publish_body.find("{data}") == std::string::npos, "--publish-body has no {data}");
  for (const auto pid : o.pids) fault_if(!is_running(pid), fmt::format("--pid {}: no such process", pid));
  for (const auto& line : o.publish_headers)
    fault_if(line.find(':') == std::string::npos || line.find('\n') != std::string::npos,
             fmt::format("--publish-header {} is not 'Name: value'", line));
  return faults;
}

options read_options(int argc, char** argv) {
  options o;
  CLI::App app{"encke-bench: load for any Socket.IO server, and what it costs the server"};
  app.footer(scenarios);
  std::map<std::string, kind> kinds;
  for (unsigned k = 0; k <= static_cast<unsigned>(kind::fill); ++k)
    kinds.emplace(name_of(static_cast<kind>(k)), static_cast<kind>(k));
  app.add_option("scenario", o.scenario, "see below")
      ->required()
      ->transform(one_of<kind>(kinds))
      ->type_name("SCENARIO");
  add_server(app, o);
  add_load(app, o);
  add_publish(app, o);
  app.add_option("--json", o.json, "write the result there as JSON; - is standard output, and no table");
  app.add_flag("--quiet", o.quiet, "no progress line");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e) == 0 ? 0 : 2);
  }
  const auto faults = settle(o);
  for (const auto& fault : faults) fmt::print(stderr, "encke-bench: {}\n", fault);
  if (!faults.empty()) std::exit(2);
  return o;
}

}  // namespace encke::load
