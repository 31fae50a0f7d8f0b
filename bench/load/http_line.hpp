// SPDX-License-Identifier: MIT
// HTTP line: a connection for requests one after the other, opened when it is needed and again when it was closed.
// Polling clients have two; refused handshakes and publishing use it directly.
#pragma once

#include "bench/load/answer.hpp"
#include "bench/load/stream.hpp"

namespace encke::load {

class http_line;

class line_listener {
 public:
  // `body` is good until the call returns. The next ask() may come from within.
  virtual void on_answer(http_line& line, unsigned status, std::string_view body) = 0;
  // A request stays without an answer; 0 for a connection that was closed in order.
  virtual void on_no_answer(http_line& line, int error) = 0;

 protected:
  ~line_listener() = default;
};

class http_line final : public stream {
 public:
  http_line(loop& on, const endpoint& to, line_listener& listener, unsigned source = 0)
      : stream{on}, to_{to}, listener_{listener}, source_{source} {}

  // Needs is_free(). The whole request.
  void ask(std::string_view request);
  // Gives up the request that is on its way, if there is one.
  void give_up() noexcept;
  // After each answer the connection is closed.
  void use_once(bool once) noexcept { once_ = once; }
  void come_from(unsigned source) noexcept { source_ = source; }

  [[nodiscard]] bool is_free() const noexcept { return !asked_; }

 private:
  std::size_t on_data(std::string_view bytes) override;
  void on_gone(int error) override;

  const endpoint& to_;
  line_listener& listener_;
  unsigned source_;
  bool asked_ = false, once_ = false;
};

}  // namespace encke::load
