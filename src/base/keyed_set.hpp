// SPDX-License-Identifier: MIT
// Keyed set: objects found by a text that they hold themselves. An entry costs a pointer and a byte, so that tables of
// everybody who is connected stay small. Empty, it holds no memory. Clients may choose the texts: they are hashed under
// a secret.
#pragma once

#include <boost/unordered/unordered_flat_set.hpp>
#include <encke/hash.hpp>
#include <encke/ledger.hpp>
#include <functional>
#include <memory>
#include <string_view>
#include <utility>

namespace encke {

/// A text with its hash, for a look into several sets. Borrows the text.
struct hashed_text {
  explicit hashed_text(std::string_view key) : text{key}, hash{keyed_hash{}(key)} {}
  std::string_view text;
  std::size_t hash;
};

/// `Pointer` is a plain or an owning pointer to an object with a member function or variable `Key`, which gives the
/// text. The text of an object that is in a set must not change.
template <class Pointer, auto Key, ledger::purpose P>
class keyed_set {
 public:
  /// Nothing else in the set may have this key.
  void insert(Pointer one) { set_.emplace(std::move(one)); }

  /// Takes the object of this key out and gives it back; null if there is none.
  Pointer take(std::string_view key) {
    const auto found = set_.find(key);
    if (found == set_.end()) return nullptr;
    Pointer taken = std::move(found->one);
    set_.erase(found);
    if (set_.empty()) table{}.swap(set_);
    return taken;
  }

  /// Null if there is none.
  [[nodiscard]] auto* find(const hashed_text& key) const {
    const auto found = set_.find(key);
    return found == set_.end() ? nullptr : std::to_address(found->one);
  }
  [[nodiscard]] auto* find(std::string_view key) const { return find(hashed_text{key}); }

  [[nodiscard]] std::size_t size() const { return set_.size(); }
  [[nodiscard]] bool empty() const { return set_.empty(); }

  /// Calls `visit` with each object, in no order, until it returns false. The set must not change meanwhile.
  template <class Visit>
  void visit_while(Visit&& visit) const {
    for (const auto& held : set_)
      if (!visit(*held.one)) return;
  }

 private:
  struct entry {
    explicit entry(Pointer p) : one{std::move(p)} {}
    mutable Pointer one;  // moved out just before the entry goes
  };
  struct text_of {
    std::string_view operator()(std::string_view key) const { return key; }
    std::string_view operator()(const hashed_text& key) const { return key.text; }
    std::string_view operator()(const entry& e) const { return std::invoke(Key, *e.one); }
  };
  struct hash {
    using is_transparent = void;
    using is_avalanching = void;
    template <class T>
    std::size_t operator()(const T& of) const {
      return keyed_hash{}(text_of{}(of));
    }
    std::size_t operator()(const hashed_text& of) const { return of.hash; }
  };
  struct equal {
    using is_transparent = void;
    template <class A, class B>
    bool operator()(const A& a, const B& b) const {
      return text_of{}(a) == text_of{}(b);
    }
  };
  using table = boost::unordered_flat_set<entry, hash, equal, ledger::allocator<entry, P>>;

  table set_;
};

}  // namespace encke
