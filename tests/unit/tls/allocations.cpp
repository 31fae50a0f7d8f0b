// SPDX-License-Identifier: MIT
#include "unit/tls/allocations.hpp"

#include <openssl/crypto.h>

#include <algorithm>
#include <cstdlib>
#include <cstring>

namespace encke::tls::test {
namespace {

thread_local int depth = 0;
thread_local std::ptrdiff_t total = 0;

struct alignas(std::max_align_t) head {
  std::size_t size;
  bool counted;
};

void* allocate(std::size_t size, const char*, int) {
  if (size == 0) return nullptr;
  auto* block = static_cast<head*>(std::malloc(sizeof(head) + size));
  if (block == nullptr) return nullptr;
  *block = {size, depth > 0};
  if (block->counted) total += static_cast<std::ptrdiff_t>(size);
  return block + 1;
}

void release(void* memory, const char*, int) {
  if (memory == nullptr) return;
  auto* block = static_cast<head*>(memory) - 1;
  if (block->counted) total -= static_cast<std::ptrdiff_t>(block->size);
  std::free(block);
}

void* reallocate(void* memory, std::size_t size, const char* file, int line) {
  void* fresh = allocate(size, file, line);
  if (memory != nullptr && fresh != nullptr)
    std::memcpy(fresh, memory, std::min(size, (static_cast<head*>(memory) - 1)->size));
  if (fresh != nullptr || size == 0) release(memory, file, line);
  return fresh;
}

// Before main, as OpenSSL accepts it only before its first allocation.
const bool installed = CRYPTO_set_mem_functions(allocate, reallocate, release) == 1;

}  // namespace

std::ptrdiff_t counted_bytes() {
  return total;
}
bool can_count() {
  return installed;
}

counting::counting() {
  ++depth;
}
counting::~counting() {
  --depth;
}

}  // namespace encke::tls::test
