// SPDX-License-Identifier: MIT
#include <hub/namespaces.hpp>

#include <hub/core.hpp>

namespace encke::hub {

namespace {

constexpr std::size_t first_child = 1U << 16;  // past the named ones

}  // namespace

nsp_core::nsp_core(nsp_core& parent, std::string name, std::size_t index)
    : owner_{parent.owner_},
      parent_{&parent},
      name_{std::move(name)},
      index_{index},
      charge_{ledger::purpose::room, ledger::set_aside(sizeof *this) + ledger::set_aside(name_.capacity())} {}

void intrusive_ptr_add_ref(nsp_core* one) noexcept {
  if (one->is_child()) one->holders_.fetch_add(1, std::memory_order_relaxed);
}
void intrusive_ptr_release(nsp_core* one) noexcept {
  if (one->is_child() && one->holders_.fetch_sub(1, std::memory_order_acq_rel) == 1) one->owner_.spaces().forget(*one);
}

bool nsp_core::hold_if_held() noexcept {
  auto now = holders_.load(std::memory_order_relaxed);
  while (now != 0)
    if (holders_.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) return true;
  return false;
}

namespaces::namespaces(core& owner) : owner_{owner}, nobody_{owner, "", 0}, next_child_{first_child} {}
namespaces::~namespaces() = default;

nsp_core& namespaces::add(std::string name) {
  auto made = std::make_unique<nsp_core>(owner_, name, named_.size() + 1);
  return *named_.emplace(std::move(name), std::move(made)).first->second;
}

nsp_core& namespaces::add_parent(std::string pattern, namespace_predicate accepts) {
  parents_.push_back(std::make_unique<nsp_core>(owner_, std::move(pattern), nobody_.index()));
  parents_.back()->accepts = std::move(accepts);
  return *parents_.back();
}

nsp_core* namespaces::find(std::string_view name) const {
  const auto found = named_.find(name);
  return found == named_.end() ? nullptr : found->second.get();
}

nsp_ptr namespaces::find_any(std::string_view name) {
  if (auto* named = find(name)) return named;
  const std::lock_guard locked{lock_};
  const auto found = children_.find(name);
  if (found == children_.end() || !found->second->hold_if_held()) return nullptr;
  return {found->second, false};
}

nsp_ptr namespaces::child(std::string_view name, const handshake& sent, bool& is_new) {
  for (const auto& parent : parents_) {
    if (!parent->accepts(name, sent)) continue;
    const std::lock_guard locked{lock_};
    auto& place = children_.try_emplace(std::string{name}, nullptr).first->second;
    if (place && place->hold_if_held()) return {place, false};
    place = new nsp_core{*parent, std::string{name}, next_child_++};
    is_new = true;
    return {place, false};
  }
  return nullptr;
}

std::vector<nsp_ptr> namespaces::children_of(const nsp_core& parent) {
  const std::lock_guard locked{lock_};
  std::vector<nsp_ptr> found;
  for (const auto& [name, one] : children_)
    if (one->parent() == &parent && one->hold_if_held()) found.emplace_back(one, false);
  return found;
}

// Another of its name may have taken its place.
void namespaces::forget(nsp_core& child) {
  {
    const std::lock_guard locked{lock_};
    const auto found = children_.find(child.name());
    if (found != children_.end() && found->second == &child) children_.erase(found);
  }
  delete &child;
}

std::vector<std::string> namespaces::names() {
  std::vector<std::string> all;
  for (const auto& [name, one] : named_) all.push_back(name);
  const std::lock_guard locked{lock_};
  for (const auto& [name, one] : children_) all.push_back(name);
  return all;
}

}  // namespace encke::hub
