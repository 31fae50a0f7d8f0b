// SPDX-License-Identifier: MIT
#include "gateway/clients/refusals.hpp"

#include <chrono>
#include <encke/jwt.hpp>
#include <string>
#include <utility>

#include "gateway/log/log.hpp"

namespace encke::gateway {

namespace {

constexpr std::string_view api_codes[] = {"missing_key", "wrong_key", "key_required", "other_origin"};
constexpr std::string_view other = "other";
using clock = std::chrono::steady_clock;
constexpr std::chrono::seconds between_records{10};

}  // namespace

refusals::refusals() {
  for (std::size_t i = 0; i < jwt::refusal_count; ++i)
    counters_.emplace_back(gate::clients, jwt::code_of(static_cast<jwt::refusal>(i)));
  counters_.emplace_back(gate::clients, other);
  for (const auto code : api_codes) counters_.emplace_back(gate::api, code);
  counters_.emplace_back(gate::api, other);
}

void refusals::count(gate at, std::string_view code) noexcept {
  counter* last = nullptr;
  for (auto& one : counters_) {
    if (one.at != at) continue;
    last = &one;
    if (one.code == code) break;
  }
  last->count.fetch_add(1, std::memory_order_relaxed);
}

std::vector<refusals::entry> refusals::all() const {
  std::vector<entry> list;
  for (const auto& one : counters_) list.push_back({one.at, one.code, one.count.load(std::memory_order_relaxed)});
  return list;
}

void refusals::on_api_call(logger& log, std::string_view code, std::string_view address, std::string_view path) {
  count(gate::api, code);
  const auto now = std::chrono::duration_cast<std::chrono::milliseconds>(clock::now().time_since_epoch());
  auto until = silent_until_.load(std::memory_order_relaxed);
  if (now.count() < until || !silent_until_.compare_exchange_strong(until, (now + between_records).count())) return;
  log.write(log_level::warning, "refused an API call",
            log_fields{}.add("code", code).address(address).add("path", path));
}

void refusals::sum_up(logger& log) {
  const std::lock_guard hold{summing_};
  for (const auto at : {gate::clients, gate::api}) {
    std::vector<std::pair<std::string_view, std::string>> fresh;
    for (auto& one : counters_) {
      if (one.at != at) continue;
      const auto now = one.count.load(std::memory_order_relaxed);
      if (now != one.told) fresh.emplace_back(one.code, std::to_string(now - std::exchange(one.told, now)));
    }
    if (fresh.empty()) continue;
    log_fields fields;
    for (const auto& [code, count] : fresh) fields.add(code, count);
    log.write(log_level::info, at == gate::clients ? "refused clients" : "refused API calls", fields);
  }
}

std::string_view to_string(refusals::gate at) noexcept {
  switch (at) {
    case refusals::gate::clients: return "clients";
    case refusals::gate::api: break;
  }
  return "api";
}

}  // namespace encke::gateway
