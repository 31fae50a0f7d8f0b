// SPDX-License-Identifier: MIT
#include "gateway/api/problem.hpp"

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace encke::gateway {

namespace {

std::string_view detail_of(const http_refusal& why) {
  switch (why.status) {
    case 404: return "there is nothing at this path; docs/openapi.yaml names those that there are";
    case 405: return "this path has other methods, which the field Allow names";
    case 408: return "the request did not arrive in time";
    case 413: return "the body is larger than allowed here";
    case 500: return "the gateway failed to do this; its log says why";
    default: return why.what;
  }
}

}  // namespace

http_response answer_of(problem what) {
  // RFC 9457 4.2.1: with the type about:blank the title is the status in words.
  boost::json::object body{{"type", "about:blank"}, {"title", reason_phrase(what.status)},
                           {"status", what.status}, {"detail", what.detail},
                           {"code", what.code},     {"message", what.detail}};
  if (!what.errors.empty()) {
    boost::json::array errors;
    for (const auto& one : what.errors)
      errors.push_back(boost::json::object{{"pointer", one.pointer}, {"detail", one.detail}});
    body["errors"] = std::move(errors);
  }
  if (what.position) {
    body["line"] = what.position->first;
    body["column"] = what.position->second;
  }
  what.headers.emplace_back("Cache-Control", "no-store");
  return {.status = what.status,
          .headers = std::move(what.headers),
          .body = boost::json::serialize(body),
          .content_type = "application/problem+json"};
}

void describe(http_response& refusal, const http_refusal& why) {
  if (!why.internal) return;
  std::string code{why.status == 500 ? "internal error" : why.what};
  std::ranges::replace(code, ' ', '_');
  refusal = answer_of({.status = why.status,
                       .code = code,
                       .detail = std::string{detail_of(why)},
                       .errors = {},
                       .headers = std::move(refusal.headers)});
}

problem problem_of(refusal why) {
  return {.status = 400,
          .code = why.code,
          .detail = std::move(why.detail),
          .errors = std::move(why.errors),
          .headers = {},
          .position = why.position};
}

}  // namespace encke::gateway
