// SPDX-License-Identifier: MIT
#include "gateway/door.hpp"

#include <algorithm>

namespace encke::gateway {

namespace {

using std::chrono::system_clock;

bool may_come_later(const jwt::verifier& tokens) {
  const auto& places = tokens.lookup();
  return std::any_of(places.begin(), places.end(),
                     [](const jwt::token_source& s) { return s.where == jwt::token_source::kind::auth; });
}

}  // namespace

door::door(const auth_settings& settings, logger& log) : log_{log} {
  change(settings);
}

void door::change(const auth_settings& settings) {
  tokens_ = std::make_shared<const jwt::verifier>(token_options(settings));
}

void door::guard(server& io) {
  io.allow_request([this](handshake& opened) { return check_request(opened); });
  io.use([this](const socket& one) { return check_socket(one); });
}

admission door::check_request(handshake& opened) const {
  const auto tokens = tokens_.load();
  auto who = jwt::authenticate_request(*tokens, opened, system_clock::now());
  if (who) {
    opened.identity = jwt::attachable(std::move(*who));
    return admit;
  }
  if (who.error() == jwt::refusal::missing && may_come_later(*tokens)) return admit;
  if (log_.is_on(log_level::debug))
    log_.write(log_level::debug, "refused",
               log_fields{}
                   .address(opened.address)
                   .add("reason", jwt::code_of(who.error()))
                   .add("url", jwt::redact_url(opened.url, tokens->lookup())));
  return jwt::refuse_request(who.error());
}

admission door::check_socket(const socket& one) const {
  if (jwt::identity_of(one)) return admit;
  auto who = jwt::authenticate_payload(*tokens_.load(), one.handshake(), system_clock::now());
  if (who) {
    one.set_identity(jwt::attachable(std::move(*who)));
    return admit;
  }
  log_.write(log_level::debug, "refused",
             log_fields{}.id(one.id()).address(one.handshake().address).add("reason", jwt::code_of(who.error())));
  return jwt::refuse_socket(who.error());
}

std::optional<std::string> door::user_of_token(std::string_view token) const {
  auto who = tokens_.load()->verify(token, system_clock::now());
  if (!who) return std::nullopt;
  return std::move(who->user);
}

}  // namespace encke::gateway
