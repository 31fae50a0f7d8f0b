// SPDX-License-Identifier: MIT
// Free lists by size, one set per thread. A free block holds the pointer to the next one.
#include "base/block_pool.hpp"

#include <array>
#include <new>
#include <utility>

namespace encke::block_pool {
namespace {

constexpr std::size_t step = 64;
constexpr std::size_t largest = 512;

struct free_block {
  free_block* next;
};

struct lists {
  std::array<free_block*, largest / step> heads{};
  std::size_t kept = 0;  // bytes
  ~lists();
};

// Stays readable while the thread ends, when its lists are gone already.
thread_local bool is_over = false;
thread_local lists mine;

lists::~lists() {
  is_over = true;
  for (auto* head : heads)
    while (head != nullptr) ::operator delete(std::exchange(head, head->next));
}

constexpr std::size_t class_of(std::size_t size) {
  return (size - 1) / step;
}

}  // namespace

void* take(std::size_t size) {
  if (size > largest || size == 0 || is_over) return ::operator new(size);
  const auto index = class_of(size);
  auto*& head = mine.heads[index];
  if (head == nullptr) return ::operator new((index + 1) * step);
  mine.kept -= (index + 1) * step;
  return std::exchange(head, head->next);
}

void give_back(void* block, std::size_t size) noexcept {
  if (size > largest || size == 0 || is_over) return ::operator delete(block);
  const auto index = class_of(size);
  const auto whole = (index + 1) * step;
  if (mine.kept + whole > most_kept) return ::operator delete(block);
  mine.kept += whole;
  mine.heads[index] = new (block) free_block{mine.heads[index]};
}

}  // namespace encke::block_pool
