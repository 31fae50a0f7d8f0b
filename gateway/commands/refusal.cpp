// SPDX-License-Identifier: MIT
#include "gateway/commands/refusal.hpp"

namespace encke::gateway {

void fault_list::add(std::string pointer, std::string detail) {
  if (!full()) all_.push_back({std::move(pointer), std::move(detail)});
}

refusal fault_list::to_refusal() && {
  std::string detail;
  for (const auto& one : all_) {
    if (!detail.empty()) detail += "; ";
    detail += one.detail;
  }
  return {.code = "invalid_request", .detail = std::move(detail), .errors = std::move(all_)};
}

}  // namespace encke::gateway
