// SPDX-License-Identifier: MIT
// Random bytes from OpenSSL behind random.hpp. Ids draw from a pool per thread, so that most of them cost no lock and
// no system call; a fork empties the pools of the child, or both processes would hand out the same secrets.
#include "base/random.hpp"

#include <openssl/crypto.h>
#include <openssl/rand.h>
#include <pthread.h>

#include <algorithm>
#include <array>
#include <atomic>
#include <climits>
#include <cstring>
#include <stdexcept>

#include <encke/base64.hpp>

namespace encke::random {
namespace {

constexpr std::size_t id_bytes = 15;

std::atomic<unsigned> forks{0};

unsigned fork_count() {
  static const int watched = pthread_atfork(nullptr, nullptr, [] { forks.fetch_add(1, std::memory_order_relaxed); });
  if (watched != 0) throw std::runtime_error{"cannot watch for forks"};
  return forks.load(std::memory_order_relaxed);
}

struct pool {
  std::array<char, 4096> bytes;
  std::size_t used = sizeof bytes;
  unsigned fork = 0;

  void take(std::span<char> out) {
    const unsigned current = fork_count();
    if (bytes.size() - used < out.size() || fork != current) {
      fill(bytes);
      used = 0;
      fork = current;
    }
    std::memcpy(out.data(), bytes.data() + used, out.size());
    OPENSSL_cleanse(bytes.data() + used, out.size());  // what was handed out stays nowhere else
    used += out.size();
  }
};

int value_of(char c) {
  if (c >= 'A' && c <= 'Z') return c - 'A';
  if (c >= 'a' && c <= 'z') return c - 'a' + 26;
  if (c >= '0' && c <= '9') return c - '0' + 52;
  if (c == '-') return 62;
  return c == '_' ? 63 : -1;
}

}  // namespace

void fill(std::span<char> out) {
  while (!out.empty()) {
    const std::size_t part = std::min<std::size_t>(out.size(), INT_MAX);
    if (RAND_bytes(reinterpret_cast<unsigned char*>(out.data()), static_cast<int>(part)) != 1)
      throw std::runtime_error{"the random generator of OpenSSL failed"};
    out = out.subspan(part);
  }
}

std::string id(std::uint8_t worker) {
  thread_local pool mine;
  std::array<char, id_bytes> bytes;
  mine.take(std::span{bytes}.first<id_bytes - 1>());
  bytes.back() = static_cast<char>(worker);
  return base64::encode_url({bytes.data(), bytes.size()});
}

std::optional<std::uint8_t> worker_of(std::string_view id) noexcept {
  if (id.size() != id_size) return std::nullopt;
  if (!std::all_of(id.begin(), id.end(), [](char c) { return value_of(c) >= 0; })) return std::nullopt;
  return static_cast<std::uint8_t>(value_of(id[18]) << 6 | value_of(id[19]));  // the last byte: 2 bits and 6 bits
}

}  // namespace encke::random
