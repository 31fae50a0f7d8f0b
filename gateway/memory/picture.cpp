// SPDX-License-Identifier: MIT
#include "gateway/memory/picture.hpp"

#include <algorithm>
#include <cmath>

namespace encke::gateway {

namespace {

using kind = memory_kind;

void add_purposes(std::vector<memory_part>& parts, const ledger::totals& held, memory_kind of) {
  for (std::size_t i = 0; i < ledger::purposes; ++i) {
    const auto purpose = static_cast<ledger::purpose>(i);
    if (ledger::is_for_clients(purpose) == (of == kind::clients))
      parts.push_back({ledger::to_string(purpose), of, held[purpose].bytes, held[purpose].objects});
  }
}

// What an allocator says is resident may be more than there is. The C library's does not know at all. jemalloc counts
// its own tables whole, which are sparse: 2 MiB for each GiB of addresses, of which a page or two are ever touched.
allocator::figures corrected(allocator::figures heap, std::int64_t resident) {
  if (heap.resident == 0) heap.resident = heap.active = std::min(heap.active, resident);
  heap.resident = std::clamp(resident, heap.active + heap.dirty, std::max(heap.resident, heap.active + heap.dirty));
  return heap;
}

// Threads cache what was never touched, and pages with something allocated are not touched everywhere. What the system
// has no memory for is not shown there.
struct allocator_parts {
  std::int64_t fragmentation, thread_caches, free_pages;

  allocator_parts(const allocator::figures& heap, std::int64_t resident)
      : fragmentation{heap.active - heap.allocated}, thread_caches{heap.thread_caches}, free_pages{heap.dirty} {
    auto untouched = heap.active + heap.dirty - resident;
    for (auto* part : {&thread_caches, &fragmentation, &free_pages}) {
      const auto less = std::clamp<std::int64_t>(untouched, 0, std::max<std::int64_t>(*part, 0));
      *part -= less;
      untouched -= less;
    }
  }
};

}  // namespace

std::string_view to_string(memory_kind one) {
  switch (one) {
    case kind::clients: return "clients";
    case kind::server: return "server";
    case kind::allocator: return "allocator";
    case kind::process: return "process";
    case kind::unexplained: return "unexplained";
  }
  return "unknown";
}

std::int64_t outside_of_ledger(const memory_figures& now) {
  return now.heap.held() - now.held.bytes() - now.held.server_bytes();
}

memory_picture picture_of(const memory_figures& now) {
  const auto heap = corrected(now.heap, now.process.heap);
  const allocator_parts kept{heap, now.process.heap};
  const auto outside = outside_of_ledger(now);
  // Settings and the like may have been given back since the start: what is left of it at most.
  const auto startup = std::clamp<std::int64_t>(outside, 0, std::max<std::int64_t>(now.startup, 0));
  const auto uncharged = outside - startup;

  memory_picture picture{.resident = now.process.resident(), .parts = {}};
  auto& parts = picture.parts;
  parts.reserve(ledger::purposes + 12);
  add_purposes(parts, now.held, kind::clients);
  add_purposes(parts, now.held, kind::server);
  parts.push_back({"startup", kind::server, startup});
  parts.push_back({"uncharged", kind::server, uncharged});
  parts.push_back({"fragmentation", kind::allocator, kept.fragmentation});
  parts.push_back({"thread caches", kind::allocator, kept.thread_caches});
  parts.push_back({"profile samples", kind::allocator, heap.profile_samples});
  // What the allocator took of its own heap for itself is not in the pages it counts as metadata.
  parts.push_back({"metadata", kind::allocator, heap.resident - heap.active - heap.dirty + heap.internal});
  parts.push_back({"free pages", kind::allocator, kept.free_pages});
  parts.push_back({"code", kind::process, now.process.code});
  parts.push_back({"static data", kind::process, now.process.static_data});
  parts.push_back({"stacks", kind::process, now.process.stacks});
  parts.push_back({"other mappings", kind::process, now.process.other});

  auto rest = picture.resident;
  for (const auto& one : parts) rest -= one.bytes;
  parts.push_back({"unexplained", kind::unexplained, rest});
  if (picture.resident > 0)
    picture.explained =
        1 - static_cast<double>(std::abs(uncharged) + std::abs(rest)) / static_cast<double>(picture.resident);
  return picture;
}

}  // namespace encke::gateway
