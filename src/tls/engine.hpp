// SPDX-License-Identifier: MIT
// Engine: the server side of one TLS connection as bytes in, bytes out. The connection feeds what its socket gave,
// reads plaintext until there is none, and sends `output` whenever it is not empty; it never sees a socket, so it may
// move between threads. Relies on OpenSSL through a BIO of its own that hands over whole records only: a partial record
// waits here, charged by its size, and OpenSSL's own record buffers live no longer than a call.
#pragma once

#include <encke/error.hpp>
#include <encke/ledger.hpp>

#include <cstddef>
#include <memory>
#include <optional>
#include <span>
#include <string_view>

#include "tls/byte_queue.hpp"
#include "tls/context.hpp"
#include "tls/error.hpp"
#include "tls/record.hpp"

struct ssl_st;  // OpenSSL's SSL

namespace encke::tls {

class engine : public ledger::charged<ledger::purpose::tls> {
 public:
  /// Throws std::bad_alloc.
  explicit engine(const std::shared_ptr<const context>&);
  engine(const engine&) = delete;
  engine& operator=(const engine&) = delete;
  ~engine();

  /// Takes received bytes and goes on with the handshake. Read until 0 before feeding more: what is not read is kept.
  /// An error is final, but `output` may hold an alert to send first.
  [[nodiscard]] result<void, error> feed(std::string_view ciphertext);

  /// Decrypts into `into`; the number of bytes, 0 when nothing more is there now. `error::closed` after the peer's
  /// close_notify: writing is still possible then. Any other error is final.
  [[nodiscard]] result<std::size_t, error> read(std::span<char> into);

  /// Encrypts; the records wait in `output`. Refused before the handshake is over and after `shutdown`.
  [[nodiscard]] result<void, error> write(std::string_view plaintext);

  /// Ends this side's sending with close_notify. Does nothing before the handshake is over, after an error, or twice.
  void shutdown();

  /// Bytes to send: handshake, records, alerts. Valid until the next call of a function that is not const.
  [[nodiscard]] std::string_view output() const noexcept { return output_.view(); }
  /// Forgets the first `bytes` of `output`; the memory goes with the last of them.
  void consume_output(std::size_t bytes) noexcept { output_.consume(bytes); }

  /// Bytes of memory that it holds, OpenSSL's by estimate.
  [[nodiscard]] std::size_t held() const noexcept;
  [[nodiscard]] bool is_established() const noexcept { return established_; }
  /// True if the client came back with a ticket.
  [[nodiscard]] bool was_resumed() const noexcept;
  /// "TLSv1.3"; "" after an error.
  [[nodiscard]] const char* version() const noexcept;
  /// After an error: OpenSSL's words for it, for the log; may be empty.
  [[nodiscard]] std::string_view detail() const noexcept { return detail_; }

 private:
  class wire;  // the BIO between OpenSSL and the two queues
  struct free_native {
    void operator()(ssl_st*) const noexcept;
  };

  [[nodiscard]] result<void, error> handshake();
  [[nodiscard]] error fail(error);
  [[nodiscard]] bool admit_record();
  [[nodiscard]] std::size_t established_size() const noexcept;
  void hold(std::size_t bytes) noexcept;

  byte_queue input_;
  byte_queue output_;
  std::unique_ptr<ssl_st, free_native> native_;  // none after an error
  ledger::charge held_;                          // an estimate of what OpenSSL holds for `native_`
  std::string_view detail_;
  std::size_t admitted_ = 0;  // bytes of `input_` that OpenSSL may take: the rest of one record
  hello_guard hello_;
  std::optional<error> failure_;
  bool established_ = false;
};

}  // namespace encke::tls
