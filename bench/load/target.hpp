// SPDX-License-Identifier: MIT
// Target: the server that is measured, taken from a URL: its address, and the heads of the requests that go there.
// Clients, lines and scenarios get one by reference; nothing in it changes during a run.
#pragma once

#include <optional>
#include <string>
#include <string_view>

#include "bench/load/stream.hpp"

namespace encke::load {

struct url {
  std::string host, port, path;
  [[nodiscard]] std::string authority() const { return host + ":" + port; }
};

// ws:// and http:// are the same here. Nothing when it is neither, or has no host.
[[nodiscard]] std::optional<url> read_url(std::string_view text, std::string_view default_path);

// The first address of the host, or nothing when the resolver has none.
[[nodiscard]] std::optional<endpoint> resolve(const url& of);

struct target {
  url where;
  endpoint address;
  unsigned eio = 4;
  std::string param = "token";  // name of the token in the query
  unsigned sources = 1;         // addresses 127.0.0.x to connect from

  // GET of a handshake with a token, which may be empty.
  [[nodiscard]] std::string handshake(std::string_view transport, std::string_view token, bool keep_alive = true) const;
  [[nodiscard]] std::string upgrade(std::string_view token) const;
  // GET that opens a WebSocket for a polling session.
  [[nodiscard]] std::string probe(std::string_view sid) const;
  // GET and POST of a polling session; a POST still lacks its length, the empty line and the body.
  [[nodiscard]] std::string poll(std::string_view sid) const;
  [[nodiscard]] std::string post(std::string_view sid) const;
  // The last byte of the address that connection `number` comes from; 0 when it does not matter.
  [[nodiscard]] unsigned source_of(unsigned number) const noexcept { return sources > 1 ? 1 + number % sources : 0; }

 private:
  [[nodiscard]] std::string query(std::string_view transport) const;
};

}  // namespace encke::load
