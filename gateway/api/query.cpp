// SPDX-License-Identifier: MIT
#include "gateway/api/query.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

#include "gateway/commands/words.hpp"
#include "gateway/text/json_string.hpp"

namespace encke::gateway {

std::size_t number_in_query(const http_request& request, std::string_view name, std::size_t least, std::size_t most,
                            std::size_t otherwise, fault_list& faults) {
  const auto given = request.query_value(name);
  if (!given) return otherwise;
  std::size_t number = 0;
  const auto [end, failed] = std::from_chars(given->data(), given->data() + given->size(), number);
  const bool is_number = failed == std::errc{} && end == given->data() + given->size();
  if (is_number && number >= least && number <= most) return number;
  faults.add(fmt::format("?{}", name), fmt::format("`{}` must be a whole number from {} to {}", name, least, most));
  return otherwise;
}

void allow_only_query(const http_request& request, std::span<const std::string> known, fault_list& faults) {
  for (const auto& [name, value] : request.query)
    if (std::ranges::find(known, name) == known.end())
      faults.add("?", fmt::format("unknown parameter {}{}", in_message(name), hint_for(name, known)));
}

}  // namespace encke::gateway
