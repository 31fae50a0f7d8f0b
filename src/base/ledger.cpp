// SPDX-License-Identifier: MIT
// Per-thread totals behind encke/ledger.hpp. Only a thread's first charge, its end, and snapshots take the lock;
// a charge itself is two plain additions on memory that no other thread writes.
#include <encke/ledger.hpp>

#include <algorithm>
#include <atomic>
#include <mutex>

namespace encke::ledger {
namespace {

struct counter {
  std::atomic<std::int64_t> bytes{0};
  std::atomic<std::int64_t> objects{0};

  // One writer per counter, so load and store need no read-modify-write.
  void change(std::int64_t by_bytes, std::int64_t by_objects) noexcept {
    bytes.store(bytes.load(std::memory_order_relaxed) + by_bytes, std::memory_order_relaxed);
    objects.store(objects.load(std::memory_order_relaxed) + by_objects, std::memory_order_relaxed);
  }
};

struct account;

struct registry {
  std::mutex mutex;
  std::vector<account*> live;
  totals ended;

  static registry& instance() {
    static auto* one = new registry;  // never destroyed: threads may end after main
    return *one;
  }
};

struct account {
  std::array<counter, purposes> counters;
  std::string name;

  account() {
    auto& all = registry::instance();
    std::lock_guard lock{all.mutex};
    all.live.push_back(this);
  }
  ~account() {
    auto& all = registry::instance();
    std::lock_guard lock{all.mutex};
    add_to(all.ended);
    std::erase(all.live, this);
  }

  void add_to(totals& sum) const {
    for (std::size_t i = 0; i < purposes; ++i) {
      sum.by_purpose[i].bytes += counters[i].bytes.load(std::memory_order_relaxed);
      sum.by_purpose[i].objects += counters[i].objects.load(std::memory_order_relaxed);
    }
  }
};

account& mine() {
  thread_local account one;
  return one;
}

template <class Of>
std::int64_t sum_for(bool clients, const totals& all, Of&& of) {
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < purposes; ++i)
    if (is_for_clients(static_cast<purpose>(i)) == clients) sum += of(all.by_purpose[i]);
  return sum;
}

constexpr std::size_t small_steps = detail::largest_small / detail::size_step + 1;

}  // namespace

namespace detail {
const std::uint16_t* small_classes = nullptr;
std::size_t (*large_class)(std::size_t) = nullptr;
}  // namespace detail

void use_size_classes(std::size_t (*class_of)(std::size_t)) {
  static std::array<std::uint16_t, small_steps> classes;
  for (std::size_t i = 1; i < small_steps; ++i)
    classes[i] = static_cast<std::uint16_t>(class_of(i * detail::size_step));
  detail::large_class = class_of;
  detail::small_classes = classes.data();
}

void add(purpose p, std::size_t bytes) noexcept {
  mine().counters[static_cast<std::size_t>(p)].change(static_cast<std::int64_t>(bytes), 1);
}

void remove(purpose p, std::size_t bytes) noexcept {
  mine().counters[static_cast<std::size_t>(p)].change(-static_cast<std::int64_t>(bytes), -1);
}

std::int64_t totals::bytes() const {
  return sum_for(true, *this, [](const entry& e) { return e.bytes; });
}

std::int64_t totals::objects() const {
  return sum_for(true, *this, [](const entry& e) { return e.objects; });
}

std::int64_t totals::server_bytes() const {
  return sum_for(false, *this, [](const entry& e) { return e.bytes; });
}

void name_thread(std::string name) {
  auto& account = mine();
  std::lock_guard lock{registry::instance().mutex};
  account.name = std::move(name);
}

totals snapshot() {
  auto& all = registry::instance();
  std::lock_guard lock{all.mutex};
  totals sum = all.ended;
  for (const auto* account : all.live) account->add_to(sum);
  return sum;
}

std::vector<std::pair<std::string, totals>> report() {
  auto& all = registry::instance();
  std::lock_guard lock{all.mutex};
  std::vector<std::pair<std::string, totals>> lines;
  totals others = all.ended;
  for (const auto* account : all.live) {
    if (account->name.empty()) {
      account->add_to(others);
      continue;
    }
    account->add_to(lines.emplace_back(account->name, totals{}).second);
  }
  lines.emplace_back("others", others);
  return lines;
}

std::string_view to_string(purpose p) noexcept {
  switch (p) {
    case purpose::connection: return "connection";
    case purpose::request: return "request";
    case purpose::response: return "response";
    case purpose::websocket: return "websocket";
    case purpose::tls: return "tls";
    case purpose::session: return "session";
    case purpose::outbox: return "outbox";
    case purpose::frame: return "frame";
    case purpose::handshake: return "handshake";
    case purpose::client: return "client";
    case purpose::socket: return "socket";
    case purpose::room: return "room";
    case purpose::ack: return "ack";
    case purpose::identity: return "identity";
    case purpose::presence: return "presence";
    case purpose::timer: return "timer";
    case purpose::worker: return "worker";
    case purpose::cache: return "cache";
    case purpose::history: return "history";
  }
  return "unknown";
}

}  // namespace encke::ledger
