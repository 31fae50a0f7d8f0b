// SPDX-License-Identifier: MIT
#include "gateway/problem.hpp"

#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>

namespace encke::gateway {

namespace {

// RFC 9457 4.2.1: with the type about:blank the title is the status in words.
std::string_view title_of(unsigned status) {
  switch (status) {
    case 400: return "Bad Request";
    case 401: return "Unauthorized";
    case 403: return "Forbidden";
    case 404: return "Not Found";
    case 415: return "Unsupported Media Type";
    case 500: return "Internal Server Error";
    case 503: return "Service Unavailable";
    default: return "Error";
  }
}

}  // namespace

http_response answer_of(problem what) {
  boost::json::object body{{"type", "about:blank"}, {"title", title_of(what.status)},
                           {"status", what.status}, {"detail", what.detail},
                           {"code", what.code},     {"message", what.detail}};
  if (!what.errors.empty()) {
    boost::json::array errors;
    for (const auto& one : what.errors)
      errors.push_back(boost::json::object{{"pointer", one.pointer}, {"detail", one.detail}});
    body["errors"] = std::move(errors);
  }
  what.headers.emplace_back("Cache-Control", "no-store");
  return {.status = what.status,
          .headers = std::move(what.headers),
          .body = boost::json::serialize(body),
          .content_type = "application/problem+json"};
}

problem invalid_request(std::vector<request_fault> faults) {
  std::string detail;
  for (const auto& one : faults) {
    if (!detail.empty()) detail += "; ";
    detail += one.detail;
  }
  return {.status = 400, .code = "invalid_request", .detail = std::move(detail), .errors = std::move(faults)};
}

}  // namespace encke::gateway
