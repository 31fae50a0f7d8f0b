// SPDX-License-Identifier: MIT
// Free lists by size, one set per thread. A free block holds the pointer to the next one.
#include "base/block_pool.hpp"

#include <array>
#include <encke/ledger.hpp>
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
  lists();
  ~lists();
  void empty();
};

// Stays readable while the thread ends, when its lists are gone already.
thread_local bool is_over = false;
thread_local lists mine;

constexpr std::size_t class_of(std::size_t size) {
  return (size - 1) / step;
}

// This thread's account in the ledger is made first, and so outlives the lists.
lists::lists() {
  ledger::add(ledger::purpose::cache, 0);
  ledger::remove(ledger::purpose::cache, 0);
}

lists::~lists() {
  is_over = true;
  empty();
}

void lists::empty() {
  kept = 0;
  for (std::size_t i = 0; i < heads.size(); ++i)
    while (heads[i] != nullptr) {
      ledger::remove(ledger::purpose::cache, ledger::set_aside((i + 1) * step));
      ::operator delete(std::exchange(heads[i], heads[i]->next));
    }
}

}  // namespace

std::size_t set_aside(std::size_t size) noexcept {
  return ledger::set_aside(size > largest || size == 0 ? size : (class_of(size) + 1) * step);
}

void release() noexcept {
  mine.empty();
}

void* take(std::size_t size) {
  if (size > largest || size == 0 || is_over) return ::operator new(size);
  const auto index = class_of(size);
  auto*& head = mine.heads[index];
  if (head == nullptr) return ::operator new((index + 1) * step);
  const auto whole = (index + 1) * step;
  mine.kept -= whole;
  ledger::remove(ledger::purpose::cache, ledger::set_aside(whole));
  return std::exchange(head, head->next);
}

void give_back(void* block, std::size_t size) noexcept {
  if (size > largest || size == 0 || is_over) return ::operator delete(block);
  const auto index = class_of(size);
  const auto whole = (index + 1) * step;
  if (mine.kept + whole > most_kept) return ::operator delete(block);
  mine.kept += whole;
  ledger::add(ledger::purpose::cache, ledger::set_aside(whole));
  mine.heads[index] = new (block) free_block{mine.heads[index]};
}

}  // namespace encke::block_pool
