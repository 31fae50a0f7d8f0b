// SPDX-License-Identifier: MIT
// jemalloc is asked weakly: where it is not linked in its names are null, and the C library's malloc answers.
#include "gateway/process/allocator.hpp"

#include <fmt/format.h>
#include <gnu/libc-version.h>
#include <malloc.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cstdlib>
#include <filesystem>
#include <fstream>
#include <iterator>

extern "C" {
int mallctl(const char* name, void* old, std::size_t* old_size, void* fresh, std::size_t fresh_size)
    __attribute__((weak));
std::size_t nallocx(std::size_t size, int flags) __attribute__((weak));

// Read by jemalloc before main. MALLOC_CONF in the environment comes later and wins. narenas is left alone: an arena is
// made when a thread needs one, so there are never more than threads.
extern const char* malloc_conf;
const char* malloc_conf =
    "background_thread:true,"    // free pages go back though nobody allocates any more, and not on a worker's time
    "dirty_decay_ms:5000,"       // kept for the next burst for some seconds, not until the morning
    "muzzy_decay_ms:0,"          // lazily freed pages stay resident: what is free is to be seen as free
    "thp:never,"                 // a huge page is resident as a whole, whatever of it is held
    "metadata_thp:disabled,"     // the same for jemalloc's own pages
    "slab_sizes:2049-14336:16,"  // messages of kilobytes share runs of 64 KiB: each run leaves a record behind for ever
    "prof:true,"                 // heap profiles have to be wanted from the start
    "prof_active:true,"          // what is held at night was allocated by day: to follow when asked is too late
    "lg_prof_sample:19,"         // one allocation in 512 KiB is followed, which costs 3 % of the heap at most
    "prof_stats:true";           // tells how many of each size are followed, so that this cost is known
}

namespace encke::gateway::allocator {

namespace {

constexpr std::size_t small_sizes = 64;  // jemalloc has 39 of them

template <class T>
T read(const char* name) {
  T value{};
  auto size = sizeof value;
  return mallctl(name, &value, &size, nullptr, 0) == 0 ? value : T{};
}

std::int64_t bytes(const char* name) {
  return static_cast<std::int64_t>(read<std::size_t>(name));
}

// A small allocation that is followed takes a large one's place, the smallest there is.
std::int64_t bytes_of_samples() {
  struct count {
    std::uint64_t bytes, objects;
  };
  const auto whole = bytes("arenas.lextent.0.size");
  const auto sizes = std::min<std::size_t>(read<unsigned>("arenas.nbins"), small_sizes);
  std::int64_t sum = 0;
  for (std::size_t i = 0; i < sizes; ++i) {
    const auto live = read<count>(fmt::format("prof.stats.bins.{}.live", i).c_str());
    if (live.objects == 0) continue;
    const auto each = bytes(fmt::format("arenas.bin.{}.size", i).c_str());
    sum += static_cast<std::int64_t>(live.objects) * (whole - each);
  }
  return sum;
}

// 4096 stands for all arenas together (MALLCTL_ARENAS_ALL).
figures look_at_jemalloc() {
  std::uint64_t epoch = 1;  // figures are those of the last call with one
  mallctl("epoch", nullptr, nullptr, &epoch, sizeof epoch);
  const std::string_view version = read<const char*>("version");
  return {.name = "jemalloc",
          .version = std::string{version.substr(0, version.find('-'))},
          .allocated = bytes("stats.allocated"),
          .thread_caches = bytes("stats.arenas.4096.tcache_bytes"),
          .profile_samples = bytes_of_samples(),
          .internal = bytes("stats.arenas.4096.internal"),
          .active = bytes("stats.active"),
          .metadata = bytes("stats.metadata"),
          .dirty = bytes("stats.arenas.4096.pdirty") * bytes("arenas.page"),
          .resident = bytes("stats.resident"),
          .mapped = bytes("stats.mapped"),
          .retained = bytes("stats.retained")};
}

figures look_at_libc() {
  const auto info = ::mallinfo2();
  const auto active = static_cast<std::int64_t>(info.arena + info.hblkhd);
  return {.name = "glibc",
          .version = ::gnu_get_libc_version(),
          .allocated = static_cast<std::int64_t>(info.uordblks + info.hblkhd),
          .active = active,
          .mapped = active};
}

bool is_jemalloc() {
  return mallctl != nullptr;
}

}  // namespace

figures look() {
  return is_jemalloc() ? look_at_jemalloc() : look_at_libc();
}

void purge() {
  if (!is_jemalloc()) {
    ::malloc_trim(0);
    return;
  }
  mallctl("thread.tcache.flush", nullptr, nullptr, nullptr, 0);
  mallctl("arena.4096.purge", nullptr, nullptr, nullptr, 0);
}

std::size_t size_class(std::size_t size) {
  if (is_jemalloc()) return nallocx(std::max<std::size_t>(size, 1), 0);
  // Chunks of malloc: a word of their own, steps of 16 bytes, 32 at least.
  return std::max<std::size_t>((size + sizeof(std::size_t) + 15) / 16 * 16, 32);
}

std::optional<std::string> heap_profile() {
  if (!is_jemalloc() || !read<bool>("opt.prof") || !read<bool>("prof.active")) return std::nullopt;
  // jemalloc writes files only. The folder is for this user alone and gone when this returns.
  auto folder = (std::filesystem::temp_directory_path() / "encke-heap-XXXXXX").string();
  if (::mkdtemp(folder.data()) == nullptr) return std::nullopt;
  const auto path = folder + "/heap";
  const char* name = path.c_str();
  std::optional<std::string> profile;
  if (mallctl("prof.dump", nullptr, nullptr, static_cast<void*>(&name), sizeof name) == 0) {
    std::ifstream file{path, std::ios::binary};
    profile.emplace(std::istreambuf_iterator<char>{file}, std::istreambuf_iterator<char>{});
  }
  std::error_code ignored;
  std::filesystem::remove_all(folder, ignored);
  return profile;
}

}  // namespace encke::gateway::allocator
