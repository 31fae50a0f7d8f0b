// SPDX-License-Identifier: MIT
// Arguments of events in the HTTP API: JSON as it is, and binary as {"$binary": "<base64>"}, wherever it stands.
// From a body to the wire, and from an answer of a client back to JSON. Used by api_calls.
#pragma once

#include <encke/value.hpp>
#include <string>

#include "gateway/api_body.hpp"

namespace encke::gateway {

/// The `args` of a body. An argument without binary goes on as it was written. Faults: no list; `$binary` that is not
/// base64 or not alone; objects with `_placeholder`, which would be taken for binary; more than `most_binary` of it.
[[nodiscard]] arguments read_arguments(const call_body&, const object_reader&, std::size_t most_binary);

/// Answered arguments as the text of a JSON array.
[[nodiscard]] std::string to_json_text(const arguments&);

}  // namespace encke::gateway
