// SPDX-License-Identifier: MIT
// Largest: keeps the few that come first of many that are looked at one by one.
#pragma once

#include <algorithm>
#include <cstddef>
#include <utility>
#include <vector>

namespace encke {

/// At most `limit` are kept. `comes_before(a, b)`: a is wanted more than b. Throws what copying and comparing throws.
template <class T, class ComesBefore>
class largest {
 public:
  explicit largest(std::size_t limit, ComesBefore comes_before = {})
      : limit_{limit}, comes_before_{std::move(comes_before)} {}

  /// False if `add` would do nothing with this one, or with what compares as this.
  template <class U>
  [[nodiscard]] bool wants(const U& one) const {
    return kept_.size() != limit_ || (limit_ != 0 && comes_before_(one, kept_.front()));
  }

  void add(T one) {
    if (!wants(one)) return;
    if (kept_.size() == limit_) {
      std::pop_heap(kept_.begin(), kept_.end(), comes_before_);
      kept_.pop_back();
    }
    kept_.push_back(std::move(one));
    std::push_heap(kept_.begin(), kept_.end(), comes_before_);
  }

  /// Those that were kept, in their order. Leaves nothing behind.
  [[nodiscard]] std::vector<T> take() {
    std::sort_heap(kept_.begin(), kept_.end(), comes_before_);
    return std::exchange(kept_, {});
  }

 private:
  std::size_t limit_;
  ComesBefore comes_before_;
  std::vector<T> kept_;  // a heap, the one wanted least in front
};

}  // namespace encke
