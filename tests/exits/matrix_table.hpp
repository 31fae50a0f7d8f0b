// SPDX-License-Identifier: MIT
// The matrix as a table: as a chapter of docs/exits.md, and with the outcomes of a run for the terminal.
#pragma once

#include <string>

namespace encke::test::matrix {

/// Markdown: stages as rows, endings as columns, in each place how many kinds of client are tested or why none is.
[[nodiscard]] std::string chapter();
/// One table per kind of client that this run had tests of, then totals.
[[nodiscard]] std::string outcomes();

}  // namespace encke::test::matrix
