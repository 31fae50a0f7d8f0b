// SPDX-License-Identifier: MIT
// Report: a result as a table for people and as one JSON object for programs, with names that stay.
// main prints one or both.
#pragma once

#include <string>

#include "bench/load/run.hpp"

namespace encke::load {

[[nodiscard]] std::string table_of(const options& given, const result& r);
[[nodiscard]] std::string json_of(const options& given, const result& r);

}  // namespace encke::load
