// SPDX-License-Identifier: MIT
// Namespaces: those of one server. The named ones are made before it runs and then only read. Children of a parent come
// with their first socket, on any worker, and go with the last who holds them: looking one up takes a lock, which only
// clients that join one ever ask for.
#pragma once

#include <encke/handshake.hpp>
#include <encke/ledger.hpp>
#include <hub/nsp_core.hpp>
#include <map>
#include <memory>
#include <mutex>
#include <string>
#include <string_view>
#include <vector>

namespace encke::hub {

/// The children by their names.
struct child_table {
  std::mutex lock;  // of what follows
  std::map<std::string, nsp_core*, std::less<>,
           ledger::allocator<std::pair<const std::string, nsp_core*>, ledger::purpose::room>>
      by_name;
  std::size_t next = 1U << 16;  // a number past those of the named ones
};

class namespaces {
 public:
  explicit namespaces(core& owner);
  namespaces(const namespaces&) = delete;
  namespaces& operator=(const namespaces&) = delete;
  ~namespaces();

  nsp_core& add(std::string name);
  nsp_core& add_parent(std::string pattern, namespace_predicate);

  /// A named one, or nullptr.
  [[nodiscard]] nsp_core* find(std::string_view name) const;
  /// Also a child that is there. Any thread.
  [[nodiscard]] nsp_ptr find_any(std::string_view name);
  /// The child of the first parent that accepts the name, made if need be; nullptr if none does. `is_new` is set if it
  /// was made. What a predicate throws goes through. Any thread.
  [[nodiscard]] nsp_ptr child(std::string_view name, const handshake&, bool& is_new);
  /// Those of one parent that are there. Any thread.
  [[nodiscard]] std::vector<nsp_ptr> children_of(const nsp_core& parent);
  /// A namespace that nobody can join.
  [[nodiscard]] nsp_core& nobody() { return nobody_; }
  [[nodiscard]] bool has_parents() const { return !parents_.empty(); }
  [[nodiscard]] std::vector<std::string> names();
  /// Of those whose rooms each shard holds by their index.
  [[nodiscard]] std::size_t count() const { return named_.size() + 1; }

 private:
  core& owner_;
  nsp_core nobody_;
  std::map<std::string, std::unique_ptr<nsp_core>, std::less<>> named_;
  std::vector<std::unique_ptr<nsp_core>> parents_;
  std::shared_ptr<child_table> children_ = std::make_shared<child_table>();
};

}  // namespace encke::hub
