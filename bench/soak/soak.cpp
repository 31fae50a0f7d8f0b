// SPDX-License-Identifier: MIT
// Soak: refused handshakes by the million and visits by the hundred thousand, from raw sockets on loopback, against the
// library's server with the gateway's door and members. Memory is looked at whenever everybody is gone: the ledger must
// be exactly what it was before the first client, and the process must not grow from the first half to the second.
// With --hours everything comes at once for that long (hours.hpp). With --against it is the same load for another
// server, whose processor time is read from /proc.
#include <unistd.h>

#include <CLI/CLI.hpp>
#include <algorithm>
#include <cstdio>
#include <fstream>
#include <iostream>
#include <map>
#include <optional>

#include "bench/soak/client.hpp"
#include "bench/soak/hours.hpp"
#include "bench/soak/measure.hpp"
#include "bench/soak/stand.hpp"

namespace encke::soak {

namespace {

using clock = std::chrono::steady_clock;

struct flags {
  double hours = 0;
  std::uint64_t refused = 1'000'000;
  std::uint64_t cycles = 100'000;
  std::uint64_t tls = 50'000;
  unsigned clients = 1;
  unsigned workers = 2;
  double rss_slack = 1;  // MiB
  double growth = 1;     // %
  unsigned rate = 300;
  std::uint16_t against = 0;
  pid_t pid = 0;
  client_settings client;
};

flags read(int argc, char** argv) {
  flags given;
  CLI::App app{"Soak: refused handshakes and visits, and what they leave behind"};
  std::map<std::string, way> ways_by_name;
  for (std::size_t i = 0; i < ways; ++i) ways_by_name.emplace(to_string(static_cast<way>(i)), static_cast<way>(i));
  std::vector<std::string> without;
  app.add_option("--hours", given.hours, "instead of the phases: everything at once for so long, and RSS over time");
  app.add_option("--rate", given.rate, "with --hours: jobs a second")
      ->capture_default_str()
      ->check(CLI::Range(2, 10000));
  app.add_option("--growth", given.growth, "% of RSS that a trend may add to be let pass")->capture_default_str();
  app.add_option("--refused", given.refused, "handshakes that are refused")->capture_default_str();
  app.add_option("--cycles", given.cycles, "visits: connect, one push, leave")->capture_default_str();
  app.add_option("--tls", given.tls, "refused handshakes over TLS, and a tenth as many visits")->capture_default_str();
  app.add_option("--clients", given.clients, "client processes")->capture_default_str()->check(CLI::Range(1, 16));
  app.add_option("--at-once", given.client.at_once, "jobs at a time in each client")->capture_default_str();
  app.add_option("--workers", given.workers, "worker threads of a server")->capture_default_str();
  app.add_option("--rss-slack", given.rss_slack, "MiB that the second half may add")->capture_default_str();
  app.add_option("--way", given.client.mix.come, "how they come: kept closed upgrade payload reset; default all")
      ->transform(CLI::CheckedTransformer(ways_by_name));
  app.add_option("--without", without, "codes that are left out, e.g. wrong_issuer");
  app.add_option("--against", given.against, "only load, for the server at this port of 127.0.0.1");
  app.add_option("--pid", given.pid, "process of that server");
  app.add_option("--secret", given.client.secret, "of that server");
  app.add_option("--claim", given.client.user_claim, "of that server");
  app.add_flag("--any-refusal", given.client.mix.any_refusal, "any 4xx is right");
  try {
    app.parse(argc, argv);
  } catch (const CLI::ParseError& e) {
    std::exit(app.exit(e) == 0 ? 0 : 2);
  }
  std::erase_if(given.client.mix.with, [&](flaw f) { return std::ranges::find(without, code_of(f)) != without.end(); });
  return given;
}

double seconds_since(clock::time_point then) {
  return std::chrono::duration<double>(clock::now() - then).count();
}

// --- the server of this process -------------------------------------------------------------------------------------

class soaking {
 public:
  explicit soaking(const flags& given) : given_{given}, clients_{given.clients, given.client} {}

  bool run() {
    const auto before_all = ledger::snapshot();
    {
      const stand ground{given_.workers, limits::usual};
      ground_ = &ground;
      print_head();
      phase("refused", work::refusals, given_.refused, 100'000, false);
      phase("cycles", work::cycles, given_.cycles, 10'000, false);
      phase("refused by TLS", work::refusals, given_.tls, 10'000, true);
      phase("cycles by TLS", work::cycles, given_.tls / 10, 1'000, true);
    }
    const auto left = difference(ledger::snapshot(), before_all);
    verdicts_.judge(is_zero(left), "the ledger is zero after the servers: " + by_purpose(left));
    return verdicts_.all_good();
  }

 private:
  void phase(const char* name, work what, std::uint64_t count, std::uint64_t step, bool secure) {
    if (count == 0) return;
    const auto half = (count + 1) / 2;
    std::size_t rss_at_half = 0;
    failed_ = 0;
    ledger_clean_ = true;
    for (std::uint64_t done = 0; done < count;) {
      const auto limit = done < half ? half : count;
      const auto now = std::min(step, limit - done);
      batch(name, {what, ground_->where(secure), done, now});
      done += now;
      if (done == half) rss_at_half = resident_bytes();
    }
    const auto growth = (static_cast<double>(resident_bytes()) - static_cast<double>(rss_at_half)) / (1 << 20);
    char text[160];
    std::snprintf(text, sizeof text, "%s: RSS changed by %+.2f MiB in the second half (bar: %+.2f)", name, growth,
                  given_.rss_slack);
    if (is_sanitized)
      std::printf("---- %s, not judged under a sanitizer\n", text);
    else
      verdicts_.judge(growth <= given_.rss_slack, text);
    verdicts_.judge(failed_ == 0,
                    std::string{name} + ": " + std::to_string(failed_) + " went otherwise than they should");
    verdicts_.judge(ledger_clean_, std::string{name} + ": the ledger was as before whenever everybody had gone");
  }

  void batch(const char* name, const order& what) {
    const auto began = clock::now();
    const auto processor = processor_seconds();
    const auto got = clients_.run(what);
    const auto took = seconds_since(began);
    const auto used = processor_seconds() - processor;
    failed_ += got.failed;
    if (!ground_->wait_until_quiet()) ledger_clean_ = false;
    char line[200];
    std::snprintf(line, sizeof line, "%-14s %9llu %8.1f %9.1f", name,
                  static_cast<unsigned long long>(what.first + what.count), took,
                  used * 1e6 / static_cast<double>(what.count));
    print(line);
  }

  void print_head() {
    std::printf("%-14s %9s %8s %9s %9s %9s %14s %4s\n", "", "done", "seconds", "CPU us", "RSS KiB", "heap KiB",
                "ledger", "fds");
    print("before");
  }

  void print(const char* begin) const {
    const auto held = ledger::snapshot();
    const auto left = ground_->left();
    std::printf("%-43s %9zu %9zu %8lld %5lld %4zu%s\n", begin, resident_bytes() / 1024, heap_bytes() / 1024,
                static_cast<long long>(held.bytes()), static_cast<long long>(held.objects()), open_descriptors(),
                is_zero(left) ? "" : ("  more than before: " + by_purpose(left)).c_str());
    std::fflush(stdout);
  }

  flags given_;
  clients clients_;  // forked before the servers' threads
  const stand* ground_ = nullptr;
  std::uint64_t failed_ = 0;
  bool ledger_clean_ = true;
  verdicts verdicts_;
};

// --- another server --------------------------------------------------------------------------------------------------

bool load(const flags& given) {
  clients all{given.clients, given.client};
  const auto warm_up = std::max<std::uint64_t>(given.refused / 10, 1);
  const places to{given.against, given.against, false};
  auto failed = all.run({work::refusals, to, 0, warm_up}).failed;
  const auto began = clock::now();
  const auto processor = given.pid ? processor_seconds_of(given.pid) : 0;
  failed += all.run({work::refusals, to, warm_up, given.refused}).failed;
  const auto used = given.pid ? processor_seconds_of(given.pid) - processor : 0;
  std::printf(R"({"refused":%llu,"failed":%llu,"seconds":%.3f,"cpu_us":%.2f})"
              "\n",
              static_cast<unsigned long long>(given.refused), static_cast<unsigned long long>(failed),
              seconds_since(began), used * 1e6 / static_cast<double>(given.refused));
  return failed == 0;
}

bool run(const flags& given) {
  if (given.against) return load(given);
  if (given.hours <= 0) return soaking{given}.run();
  return long_run{{.hours = given.hours,
                   .clients = given.clients,
                   .workers = given.workers,
                   .rate = given.rate,
                   .growth = given.growth / 100,
                   .client = given.client}}
      .run();
}

}  // namespace

}  // namespace encke::soak

int main(int argc, char** argv) try {
  const auto given = encke::soak::read(argc, argv);
  return encke::soak::run(given) ? 0 : 1;
} catch (const std::exception& e) {
  std::cerr << "soak: " << e.what() << '\n';
  return 2;
}
