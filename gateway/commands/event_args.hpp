// SPDX-License-Identifier: MIT
// Arguments of events as backends give and get them: JSON as it was written, and in it, wherever it stands, two objects
// that mean something else: {"$binary": "<base64>"} is binary, and {"$literal": value} is the value, whatever is in it.
// From a body to the wire, and from an answer of a client back to JSON.
#pragma once

#include <encke/value.hpp>
#include <string>

#include "gateway/commands/object_reader.hpp"

namespace encke::gateway {

/// The `args` of a body. Faults: no list; `$binary` that is not base64 or not alone; `$literal` that is not alone;
/// beside binary, objects with `_placeholder`, which clients would take for binary; more than `most_binary` of it.
[[nodiscard]] arguments read_arguments(const object_reader&, std::size_t most_binary);

/// Answered arguments as the text of a JSON array, in which what looks like one of the two objects is in a `$literal`.
[[nodiscard]] std::string to_json_text(const arguments&);

}  // namespace encke::gateway
