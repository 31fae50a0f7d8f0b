// SPDX-License-Identifier: MIT
#include "gateway/clients/door.hpp"

#include <algorithm>

#include "gateway/clients/guest.hpp"
#include "gateway/clients/socket_ids.hpp"

namespace encke::gateway {

namespace {

using std::chrono::system_clock;

}  // namespace

void forget_request(handshake& opened) {
  // An assignment would keep the room.
  decltype(opened.url){}.swap(opened.url);
  decltype(opened.headers){}.swap(opened.headers);
  decltype(opened.query) kept;
  for (auto& parameter : opened.query)
    if (std::ranges::find(kept_query, parameter.first) != kept_query.end()) kept.push_back(std::move(parameter));
  kept.swap(opened.query);
}

door::door(const auth_settings& settings, logger& log, refusals& refused)
    : tokens_{tokens_of(settings)}, log_{log}, refused_{refused} {}

std::shared_ptr<const jwt::verifier> door::tokens_of(const auth_settings& settings) {
  return std::make_shared<const jwt::verifier>(token_options(settings));
}

void door::change(std::shared_ptr<const jwt::verifier> fresh) noexcept {
  tokens_ = std::move(fresh);
}

void door::guard(server& io) {
  io.allow_request([this](handshake& opened) { return check_request(opened); });
  io.use([this](const socket& one) { return check_socket(one); });
}

admission door::check_request(handshake& opened) const {
  const auto tokens = tokens_.load();
  const auto why = jwt::check_request(*tokens, opened, system_clock::now());
  if (!why) {
    forget_request(opened);
    return admit;
  }
  refused_.count(refusals::gate::clients, jwt::code_of(*why));
  if (log_.is_on(log_level::debug)) {
    const auto url = jwt::redact_url(opened.url, tokens->lookup());
    log_fields fields;
    fields.address(opened.address).add("reason", jwt::code_of(*why)).add("url", url);
    // Behind a proxy that does not pass Host on, every page is foreign.
    if (*why == jwt::refusal::foreign_origin)
      fields.add("origin", opened.header("origin")).add("host", opened.header("host"));
    log_.write(log_level::debug, "refused", fields);
  }
  return jwt::refuse_request(*why);
}

admission door::check_socket(const socket& one) const {
  const auto why = jwt::check_socket(*tokens_.load(), one, system_clock::now());
  if (!why) return admit;
  refused_.count(refusals::gate::clients, jwt::code_of(*why));
  if (log_.is_on(log_level::debug))
    log_.write(log_level::debug, "refused",
               log_fields{}.id(shown_id(one.id())).address(one.handshake().address).add("reason", jwt::code_of(*why)));
  return jwt::refuse_socket(*why);
}

std::optional<std::string> door::user_of_token(std::string_view token) const {
  auto who = tokens_.load()->verify(token, system_clock::now());
  if (!who) return std::nullopt;
  return std::move(who->user);
}

}  // namespace encke::gateway
