// SPDX-License-Identifier: MIT
// Fuzzes the request parser: the first byte chooses limits, the second seeds how the rest is cut into pieces.
// Whole and in pieces must tell the same, and the ledger must be at zero afterwards. Then the small decoders on the
// same text.
#include "../tests/unit/http/transcript.hpp"
#include "http/cookie.hpp"
#include "http/cors.hpp"
#include "http/file.hpp"
#include "http/query.hpp"
#include "http/response.hpp"

#include <algorithm>
#include <cstdint>
#include <cstdlib>

namespace {

using namespace encke;

void require(bool holds) {
  if (!holds) std::abort();
}

struct settings {
  http::limits limits;
  std::size_t body;
};

settings settings_of(std::uint8_t choice) {
  settings chosen{.limits = {}, .body = http::request_parser::default_body_limit};
  if ((choice & 1) != 0) chosen.limits = {.head = 256, .headers = 4, .target = 32};
  if ((choice & 2) != 0) chosen.body = 16;
  return chosen;
}

test::transcript whole(const settings& chosen, std::string_view wire) {
  test::http_scribe scribe{chosen.limits, chosen.body};
  scribe.feed(wire);
  return scribe.finish();
}

test::transcript in_pieces(const settings& chosen, std::string_view wire, std::uint32_t seed) {
  test::http_scribe scribe{chosen.limits, chosen.body};
  while (!wire.empty()) {
    seed = seed * 1103515245U + 12345U;
    const auto n = std::min<std::size_t>(wire.size(), 1 + (seed >> 16) % (seed % 3 == 0 ? 64 : 4));
    scribe.feed(wire.substr(0, n));
    wire.remove_prefix(n);
  }
  return scribe.finish();
}

void check_request(std::uint8_t choice, std::uint8_t seed, std::string_view wire) {
  const auto before = ledger::snapshot();
  const auto chosen = settings_of(choice);
  const auto told = whole(chosen, wire);
  require(told == in_pieces(chosen, wire, seed));
  for (const auto& [kind, text] : told)
    if (kind == "body") require(text.size() <= chosen.body);
  const auto after = ledger::snapshot();
  require(after.bytes() == before.bytes() && after.objects() == before.objects());
}

void check_small_decoders(std::string_view text) {
  require(http::percent_decode(http::percent_encode(text)) == text);
  const http::query query{text};
  require(query.size() <= http::query::max_parameters);
  for (const auto& [name, value] : query) {
    require(http::query{http::percent_encode(name) + "=" + http::percent_encode(value)}.get(name) == value);
  }
  if (const auto path = http::safe_path(text)) {
    require(!path->starts_with('/') && path->find("..") != 0 && path->find("/..") == path->npos);
  }
  (void)http::cookie(text, "a");
  (void)http::etag_matches(text, "\"a\"");
  (void)http::content_type_for(text);
}

// Whatever is put into a response, its head has as many lines as it has fields.
void check_response(std::string_view text) {
  const http::response answer{.status = 200,
                              .content_type = std::string{text},
                              .headers = {{std::string{text}, "a"}, {"X", std::string{text}}},
                              .body = {}};
  std::string out;
  http::append(out, answer, true);
  require(out.find("\r\n\r\n") == out.size() - 4);
  require(std::ranges::count(out, '\n') <= 6);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view text{reinterpret_cast<const char*>(data) + 2, size - 2};
  check_request(data[0], data[1], text);
  check_small_decoders(text);
  check_response(text);
  return 0;
}
