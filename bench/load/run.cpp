// SPDX-License-Identifier: MIT
#include "bench/load/run.hpp"

#include <fmt/format.h>
#include <sys/resource.h>
#include <unistd.h>

#include <thread>

#include "bench/load/team.hpp"

namespace encke::load {

std::atomic<bool> stop_early{false};

namespace {

using namespace std::chrono_literals;
using seconds_f = std::chrono::duration<double>;

constexpr auto look_interval = 20ms;
constexpr unsigned connections_per_source = 20'000, sources_of_passers_by = 64;

// The line on a terminal that says what goes on.
class progress {
 public:
  explicit progress(const options& given) : is_shown_{!given.quiet && isatty(STDERR_FILENO) == 1}, given_{given} {}
  ~progress() { clear(); }
  progress(const progress&) = delete;
  progress& operator=(const progress&) = delete;

  void show(std::string_view what, const team& at, seconds_f left) {
    const auto now = clock::now();
    if (!is_shown_ || now - last_ < 250ms) return;
    const auto messages = at.messages();
    const auto per_second =
        messages >= messages_ ? static_cast<double>(messages - messages_) / seconds_f{now - last_}.count() : 0;
    last_ = now;
    messages_ = messages;
    fmt::print(stderr, "\r\x1b[K{} {}: {} of {} connected, {:.0f} messages/s, {:.0f} s left", name_of(given_.scenario),
               what, at.inside(), given_.connections, per_second, left.count());
  }
  void clear() const {
    if (is_shown_) fmt::print(stderr, "\r\x1b[K");
  }

 private:
  bool is_shown_;
  const options& given_;
  clock::time_point last_{};
  std::uint64_t messages_ = 0;
};

// Until it is so, or the time is over. Somebody who interrupts ends all but the way out.
enum class waits : std::uint8_t { until_interrupted, anyway };
template <class Condition>
void wait(progress& line, std::string_view what, const team& at, seconds_f longest, Condition is_so,
          waits how = waits::until_interrupted) {
  const auto end = clock::now() + std::chrono::duration_cast<clock::duration>(longest);
  for (auto now = clock::now(); now < end && !(stop_early && how == waits::until_interrupted) && !is_so();
       now = clock::now()) {
    line.show(what, at, end - now);
    std::this_thread::sleep_for(std::min<clock::duration>(look_interval, end - now));
  }
}

// Its clients come at the start and stay.
bool stays(kind k) {
  return k != kind::churn && k != kind::upgrade && k != kind::refuse && k != kind::mixed;
}

bool has_passers_by(const options& given) {
  return given.scenario == kind::churn || given.scenario == kind::upgrade || given.scenario == kind::mixed ||
         (given.scenario == kind::refuse && !*given.keep_alive);
}

bool prepare(const options& given, common& all, std::string& trouble) {
  all.server.where = *read_url(given.url, "/socket.io/");
  all.server.eio = given.eio;
  all.server.param = given.param;
  all.server.sources = given.connections / connections_per_source + 1;
  if (has_passers_by(given)) all.server.sources = std::max(all.server.sources, sources_of_passers_by);
  all.push.where = given.publish_url.empty() ? all.server.where : *read_url(given.publish_url, "/");
  if (given.publish_url.empty()) all.push.where.path = "/publish";
  for (auto* t : {&all.server, &all.push}) {
    const auto found = resolve(t->where);
    if (!found) return trouble = fmt::format("{} is nowhere to be found", t->where.authority()), false;
    t->address = *found;
  }
  const auto sizes = zipf_sizes(given.connections, given.rooms, given.zipf);
  for (std::uint32_t room = 0; room < sizes.size(); ++room) all.rooms.insert(all.rooms.end(), sizes[room], room);
  all.room_members = std::vector<std::atomic<std::int64_t>>(given.rooms);
  return true;
}

unsigned files_of_each(const options& given) {
  if (given.scenario == kind::upgrade) return 3;
  return given.is_polling() && given.scenario != kind::refuse ? 2 : 1;
}

bool has_files_for(const options& given, std::string& trouble) {
  rlimit files{};
  getrlimit(RLIMIT_NOFILE, &files);
  files.rlim_cur = files.rlim_max;
  setrlimit(RLIMIT_NOFILE, &files);
  const auto needed = std::uint64_t{given.connections} * files_of_each(given) + 64;
  if (needed <= files.rlim_cur) return true;
  trouble = fmt::format("{} files are needed, {} may be open here: raise the limit (ulimit -Hn) or lower --connections",
                        needed, files.rlim_cur);
  return false;
}

// How the server's memory goes on when nobody is there any more.
void watch_leaving(progress& line, const team& at, const options& given, result& r) {
  const auto began = clock::now();
  for (const double next : {0.5, 1.0, 2.0, 5.0, 10.0, 15.0, 20.0, 30.0, 45.0, 60.0, 120.0, 300.0}) {
    if (next > given.leaving || stop_early) return;
    wait(line, "left", at, began + std::chrono::duration_cast<clock::duration>(seconds_f{next}) - clock::now(),
         [] { return false; });
    r.leaving.push_back({next, memory_of(given.pids)});
  }
}

void note(result& r, std::string_view name) {
  r.moments.push_back({name, seconds_f{std::chrono::system_clock::now().time_since_epoch()}.count()});
}

// Readers that did not read have much to read.
seconds_f longest_draining(const options& given) {
  if (given.scenario == kind::fill) return seconds_f{given.seconds};
  return given.scenario == kind::slow ? 10s : 3s;
}

void measure(team& at, const options& given, progress& line, result& r) {
  wait(line, "connecting", at, seconds_f{60 + given.connections / 100.0}, [&] { return at.are_ready(); });
  if (stays(given.scenario) && at.inside() == 0) return;  // the errors say why
  if (given.warmup > 0) {
    at.enter(phase::warming_up);
    wait(line, "warm-up", at, seconds_f{given.warmup}, [] { return false; });
  }
  const auto server = processor_time_of(given.pids), own = processor_time_of({getpid()});
  const auto began = clock::now();
  note(r, "measured");
  at.enter(phase::measured);
  r.connections = at.inside();
  wait(line, "measured", at, seconds_f{given.seconds}, [&] { return at.are_done(); });
  r.server = processor_time_of(given.pids) - server;
  r.generator = processor_time_of({getpid()}) - own;
  r.seconds = seconds_f{clock::now() - began}.count();
  note(r, "draining");
  at.enter(phase::draining);
  r.after = memory_of(given.pids);
  r.was_stopped = stop_early;
  wait(
      line, "draining", at, longest_draining(given), [&] { return at.are_drained(); }, waits::anyway);
  note(r, "drained");
  if (given.scenario == kind::fill && given.then == afterwards::read) watch_leaving(line, at, given, r);
  note(r, "leaving");
  at.enter(phase::leaving);
  wait(
      line, "leaving", at, seconds_f{5 + given.connections / 500.0}, [&] { return at.are_empty(); }, waits::anyway);
  note(r, "left");
}

}  // namespace

std::string_view name_of(bottleneck b) noexcept {
  switch (b) {
    case bottleneck::none: return "none";
    case bottleneck::server: return "server";
    case bottleneck::generator: return "generator";
  }
  return "";
}

double result::generator_share(unsigned threads) const noexcept {
  return seconds > 0 ? seconds_f{generator.total}.count() / seconds / threads : 0;
}

// With one of them busy nearly all the time the other waits for it; of two, the busier one.
bottleneck result::limit(unsigned threads) const noexcept {
  constexpr double busy = 0.9;
  const double own = generator_share(threads);
  const double its = seconds > 0 ? seconds_f{server.total}.count() / seconds : 0;
  if (own < busy && its < busy) return bottleneck::none;
  return own > its ? bottleneck::generator : bottleneck::server;
}

result run(const options& given, std::string& trouble) {
  result r;
  common all;
  if (!has_files_for(given, trouble) || !prepare(given, all, trouble)) return r;
  progress line{given};
  r.before = memory_of(given.pids);
  team at{given, all};
  measure(at, given, line, r);
  const bool watches = given.scenario == kind::fill ? given.then == afterwards::leave : given.scenario == kind::idle;
  if (watches && !given.pids.empty()) watch_leaving(line, at, given, r);
  auto parts = at.end();
  // The echoes of upgrade are no messages of that scenario, and told by themselves.
  for (const auto& [name, counted] : parts)
    if (given.scenario != kind::upgrade || name == name_of(kind::upgrade)) r.all.add(counted);
  if (parts.size() > 1) r.parts = std::move(parts);
  return r;
}

}  // namespace encke::load
