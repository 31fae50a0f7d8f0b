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

}  // namespace

void add(purpose p, std::size_t bytes) noexcept {
  mine().counters[static_cast<std::size_t>(p)].change(static_cast<std::int64_t>(bytes), 1);
}

void remove(purpose p, std::size_t bytes) noexcept {
  mine().counters[static_cast<std::size_t>(p)].change(-static_cast<std::int64_t>(bytes), -1);
}

std::int64_t totals::bytes() const {
  std::int64_t sum = 0;
  for (const auto& e : by_purpose) sum += e.bytes;
  return sum;
}

std::int64_t totals::objects() const {
  std::int64_t sum = 0;
  for (const auto& e : by_purpose) sum += e.objects;
  return sum;
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
  }
  return "unknown";
}

}  // namespace encke::ledger
