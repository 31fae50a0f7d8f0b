// SPDX-License-Identifier: MIT
// One HTTP request, whole: what request_parser gives. A plain value, so tests may build one by hand.
// All its memory is charged to purpose::request.
#pragma once

#include <encke/ledger.hpp>

#include <string>
#include <string_view>

namespace encke::http {

struct header {
  ledger::string<ledger::purpose::request> name, value;
};

struct request {
  using string = ledger::string<ledger::purpose::request>;

  string method, target;   ///< as sent
  unsigned version = 11;   ///< 10 or 11
  bool keep_alive = true;  ///< by version and Connection
  bool upgrade = false;    ///< "upgrade" in Connection; never in HTTP/1.0 (RFC 9110 7.8)
  ledger::vector<http::header, ledger::purpose::request> headers;
  string body;  ///< chunked coding undone, content coding left alone

  /// The undecoded path; of an absolute target ("http://host/path") only the path.
  [[nodiscard]] std::string_view path() const noexcept;
  /// What follows the first '?', undecoded; "" if there is none.
  [[nodiscard]] std::string_view query() const noexcept;
  /// The value of the first field of that name, whatever its case; "" if there is none.
  [[nodiscard]] std::string_view header(std::string_view name) const noexcept;
  /// The values of all fields of that name, joined by commas (RFC 9110 5.3).
  [[nodiscard]] std::string list_in(std::string_view name) const;
  [[nodiscard]] bool has_header(std::string_view name) const noexcept;
  /// True if any field of that name has `token` in its comma-separated list, whatever the case.
  [[nodiscard]] bool header_has_token(std::string_view name, std::string_view token) const noexcept;
};

}  // namespace encke::http
