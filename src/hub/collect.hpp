// SPDX-License-Identifier: MIT
// Collecting: a look at each socket of a selection, on its own worker, that brings something back. For what stays in
// this process; what others may be asked as well is an operation.
#pragma once

#include <cstddef>
#include <encke/target.hpp>
#include <encke/task.hpp>
#include <hub/operation.hpp>

namespace encke::hub {

class core;

/// What the workers bring back: `make` makes for each what looks at the sockets, on that worker, until it has taken
/// something of `limit` of them.
[[nodiscard]] task<detail::harvests> harvest_all(core&, const nsp_ptr&, selection_ptr, std::size_t limit,
                                                 detail::harvest_maker make);
[[nodiscard]] task<std::size_t> count_all(core&, const nsp_ptr&, selection_ptr);

}  // namespace encke::hub
