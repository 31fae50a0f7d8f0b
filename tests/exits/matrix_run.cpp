// SPDX-License-Identifier: MIT
#include "exits/matrix_run.hpp"

#include <algorithm>

namespace encke::test::matrix {
namespace {

constexpr std::size_t most_together = 400;  // each takes up to six descriptors

// Brings a client to its stage and ends it; the client stays for as long as what is returned.
std::unique_ptr<visitor> visit(matrix_server& server, const cell& one, std::string& outcome) {
  std::unique_ptr<visitor> made;
  try {
    made = std::make_unique<visitor>(server, one);
    made->end();
  } catch (const std::exception& failed) {
    outcome = failed.what();
  }
  return made;
}

}  // namespace

// The cells of one scene that run at the same time, on a server without TLS and one with it.
struct runner::together {
  explicit together(scene where, const std::vector<cell>& cells) : what{where} {
    for (const auto& one : cells) {
      auto& server = servers[one.kind.tls];
      if (!server) server = std::make_unique<matrix_server>(what, one.kind.tls);
    }
    for (const auto& [tls, server] : servers) server->hold();
  }

  bool eventually_none(bool (matrix_server::*has_some)() const) {
    return eventually([&] {
      return std::none_of(servers.begin(), servers.end(), [&](const auto& of) { return (*of.second.*has_some)(); });
    });
  }
  void stop() {
    for (const auto& [tls, server] : servers) server->fixture().stop(500ms);
  }
  void leave_all() {
    visitors.clear();
    for (const auto& [tls, server] : servers) server->release();
  }

  scene what;
  std::map<bool, std::unique_ptr<matrix_server>> servers;
  std::vector<std::unique_ptr<visitor>> visitors;
};

runner& runner::instance() {
  static runner one;
  return one;
}

std::string runner::run(const cell& one, const std::vector<cell>& company) {
  const auto where = scene_of(one);
  if (where == scene::prompt) return run_promptly(one);
  if (!outcomes_.contains(one.name())) {
    std::vector<cell> all{one};
    for (const auto& other : company) {
      if (all.size() == most_together) break;
      // A server that stops looks at the ledger itself, so it has to be the only one.
      const bool fits = where != scene::stop || other.kind.tls == one.kind.tls;
      if (scene_of(other) == where && fits && !outcomes_.contains(other.name()) && other.name() != one.name())
        all.push_back(other);
    }
    run_together(where, all);
  }
  return outcomes_[one.name()];
}

std::string runner::run_promptly(const cell& one) {
  auto& server = kept_[one.kind.tls];
  if (!server) server = std::make_unique<matrix_server>(scene::prompt, one.kind.tls);
  std::string outcome;
  server->hold();
  const ledger_check nothing_left{"the client"};
  visit(*server, one, outcome).reset();
  if (!eventually([&] { return !server->has_sessions() && !server->has_connections(); }))
    outcome += " the server did not notice at once";
  server->release();
  return outcome;
}

void runner::run_together(scene where, const std::vector<cell>& cells) {
  const ledger_check nothing_left_of_all{"all of them and their servers"};
  together all{where, cells};
  std::optional<ledger_check> nothing_left;
  if (where != scene::stop) nothing_left.emplace("all of them together");
  for (const auto& one : cells) all.visitors.push_back(visit(*all.servers[one.kind.tls], one, outcomes_[one.name()]));

  bool forgotten = true;
  if (where == scene::stop) {
    all.stop();
  } else {
    forgotten = all.eventually_none(&matrix_server::has_sessions);
    // Whoever only fell silent is still there: the server has to close by itself.
    if (where == scene::by_deadline) forgotten = all.eventually_none(&matrix_server::has_connections) && forgotten;
  }
  for (std::size_t i = 0; i < cells.size(); ++i)
    if (cells[i].by == ending::silence || cells[i].by == ending::stopped)
      if (all.visitors[i] && !all.visitors[i]->was_closed_by_server())
        outcomes_[cells[i].name()] += " the server did not close the connection";
  all.leave_all();
  if (where != scene::stop) forgotten = all.eventually_none(&matrix_server::has_connections) && forgotten;
  if (where == scene::stop) all.servers.clear();
  const auto& left = nothing_left ? *nothing_left : nothing_left_of_all;
  const bool clean = forgotten && eventually([&] { return left.is_as_before(); }, 10s);
  if (clean) return;
  if (cells.size() == 1) {
    outcomes_[cells.front().name()] += " something is left";
    return;
  }
  for (const auto& one : cells) run_together(where, {one});
}

}  // namespace encke::test::matrix
