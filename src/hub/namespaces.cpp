// SPDX-License-Identifier: MIT
#include <hub/namespaces.hpp>

#include <hub/core.hpp>

namespace encke::hub {

nsp_core::nsp_core(nsp_core& parent, std::string name, std::size_t index, std::shared_ptr<child_table> at)
    : owner_{parent.owner_},
      parent_{&parent},
      name_{std::move(name)},
      index_{index},
      charge_{ledger::purpose::room, ledger::set_aside(sizeof *this) + ledger::set_aside(name_.capacity())},
      table_{std::move(at)} {}

nsp_ptr::nsp_ptr(nsp_core* core) : core_{core}, is_child_{core && core->is_child()} {
  hold();
}

nsp_ptr nsp_ptr::adopt(nsp_core* held) noexcept {
  nsp_ptr made;
  made.core_ = held;
  made.is_child_ = true;
  return made;
}

void nsp_ptr::hold() noexcept {
  if (is_child_) core_->holders_.fetch_add(1, std::memory_order_relaxed);
}

// Another of its name may have taken its place.
void nsp_ptr::let_go() noexcept {
  if (core_->holders_.fetch_sub(1, std::memory_order_acq_rel) != 1) return;
  const std::unique_ptr<nsp_core> gone{core_};
  const auto table = gone->table_;
  const std::lock_guard locked{table->lock};
  const auto found = table->by_name.find(gone->name());
  if (found != table->by_name.end() && found->second == core_) table->by_name.erase(found);
}

bool nsp_core::hold_if_held() noexcept {
  auto now = holders_.load(std::memory_order_relaxed);
  while (now != 0)
    if (holders_.compare_exchange_weak(now, now + 1, std::memory_order_acq_rel)) return true;
  return false;
}

namespaces::namespaces(core& owner) : owner_{owner}, nobody_{owner, "", 0} {}
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
  const std::lock_guard locked{children_->lock};
  const auto found = children_->by_name.find(name);
  if (found == children_->by_name.end() || !found->second->hold_if_held()) return nullptr;
  return nsp_ptr::adopt(found->second);
}

nsp_ptr namespaces::child(std::string_view name, const handshake& sent, bool& is_new) {
  for (const auto& parent : parents_) {
    if (!parent->accepts(name, sent)) continue;
    const std::lock_guard locked{children_->lock};
    auto& place = children_->by_name.try_emplace(std::string{name}, nullptr).first->second;
    if (place && place->hold_if_held()) return nsp_ptr::adopt(place);
    place = new nsp_core{*parent, std::string{name}, children_->next++, children_};
    is_new = true;
    return nsp_ptr::adopt(place);
  }
  return nullptr;
}

std::vector<nsp_ptr> namespaces::children_of(const nsp_core& parent) {
  const std::lock_guard locked{children_->lock};
  std::vector<nsp_ptr> found;
  for (const auto& [name, one] : children_->by_name)
    if (one->parent() == &parent && one->hold_if_held()) found.push_back(nsp_ptr::adopt(one));
  return found;
}

std::vector<std::string> namespaces::names() {
  std::vector<std::string> all;
  for (const auto& [name, one] : named_) all.push_back(name);
  const std::lock_guard locked{children_->lock};
  for (const auto& [name, one] : children_->by_name) all.push_back(name);
  return all;
}

}  // namespace encke::hub
