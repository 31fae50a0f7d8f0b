// SPDX-License-Identifier: MIT
// The engine behind engine.hpp. Each call leaves OpenSSL's error queue of the thread empty: connections share the
// thread, and SSL_get_error looks at whatever lies there.
#include "tls/engine.hpp"

#include <openssl/bio.h>
#include <openssl/err.h>
#include <openssl/ssl.h>

#include <algorithm>
#include <cstring>
#include <new>

namespace encke::tls {
namespace {

// What OpenSSL allocates for one connection, measured for TLS 1.2 and 1.3 with 3.0 and 3.5: the larger one, rounded up.
// A test compares them with its allocations. From 3.2 on, each direction has a record layer of its own, with buffers of
// its own.
struct sizes {
  std::size_t fresh;
  std::size_t handshaking;  // holds a ClientHello of any size that is let through
  std::size_t established;
  std::size_t record;  // more while a decrypted record is not read to its end
};
constexpr sizes before_3_2{8448, std::size_t{46} * 1024, 13312, 16896};
constexpr sizes since_3_2{16384, std::size_t{53} * 1024, 20992, 16896};

const sizes& measured() {
  static const sizes& one = OpenSSL_version_num() < 0x30200000UL ? before_3_2 : since_3_2;
  return one;
}

// With TLS 1.3 OpenSSL keeps the keys of the exchange, both sides', as long as the connection. Those of X25519 and X448
// are in the figures above.
std::size_t keys_of(int group) {
  switch (group) {
    case NID_X25519:
    case NID_X448: return 0;
    case NID_ffdhe6144:
    case NID_ffdhe8192: return 5632;
    default: break;
  }
  const bool has_no_nid = (group & TLSEXT_nid_unknown) != 0;  // a hybrid with ML-KEM, since 3.5
  return has_no_nid ? 6656 : 3072;
}

// Lists of a ClientHello (protocols, groups) stay as long as the connection. Usual ones are in the figures above.
constexpr std::size_t usual_hello = 2048;

constexpr std::size_t record_plaintext = 16384;
constexpr std::size_t record_overhead = 5 + 8 + 16;  // header, explicit nonce (TLS 1.2), tag; TLS 1.3 needs less

}  // namespace

// The way from OpenSSL to the two queues, open for one call. All engines of a thread share its BIO, as only one is in a
// call; one that has moved takes that of the thread it is on now. During the handshake OpenSSL chains a buffer of the
// connection to the BIO, so it is lent for the call only. The functions are what OpenSSL calls; exceptions must not
// pass.
class engine::wire {
 public:
  explicit wire(engine& of) : engine_{of} {
    BIO* bio = of_thread();
    BIO_set_data(bio, &of);
    if (SSL_get_rbio(of.native_.get()) == bio) return;
    BIO_up_ref(bio);
    SSL_set_bio(of.native_.get(), bio, bio);
  }
  ~wire() {
    if (engine_.native_ && !engine_.established_) SSL_set_bio(engine_.native_.get(), nullptr, nullptr);
  }
  wire(const wire&) = delete;
  wire& operator=(const wire&) = delete;

 private:
  struct free_bio {
    void operator()(BIO* bio) const noexcept { BIO_free(bio); }
  };

  static int read(BIO* bio, char* to, std::size_t size, std::size_t* taken) noexcept {
    auto& self = *static_cast<engine*>(BIO_get_data(bio));
    BIO_clear_retry_flags(bio);
    if (self.admitted_ == 0 && !self.admit_record()) {
      if (!self.failure_) BIO_set_retry_read(bio);
      return 0;
    }
    *taken = std::min(size, self.admitted_);
    std::memcpy(to, self.input_.view().data(), *taken);
    self.admitted_ -= *taken;
    self.input_.consume(*taken);
    return 1;
  }

  static int write(BIO* bio, const char* from, std::size_t size, std::size_t* written) noexcept {
    BIO_clear_retry_flags(bio);
    static_cast<engine*>(BIO_get_data(bio))->output_.append({from, size});
    *written = size;
    return 1;
  }

  static long control(BIO*, int command, long, void*) noexcept { return command == BIO_CTRL_FLUSH ? 1 : 0; }

  static int create(BIO* bio) noexcept {
    BIO_set_init(bio, 1);
    return 1;
  }

  static const BIO_METHOD* method() {
    static const BIO_METHOD* one = [] {
      BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "encke::tls::engine");
      if (made == nullptr) throw std::bad_alloc{};
      BIO_meth_set_read_ex(made, read);
      BIO_meth_set_write_ex(made, write);
      BIO_meth_set_ctrl(made, control);
      BIO_meth_set_create(made, create);
      return made;
    }();
    return one;
  }

  static BIO* of_thread() {
    static thread_local const std::unique_ptr<BIO, free_bio> one{BIO_new(method())};
    if (!one) throw std::bad_alloc{};
    return one.get();
  }

  engine& engine_;
};

void engine::free_native::operator()(ssl_st* native) const noexcept {
  SSL_free(native);
}

engine::engine(const std::shared_ptr<const context>& from) : native_{SSL_new(from->native())} {
  if (!native_) throw std::bad_alloc{};
  SSL_set_accept_state(native_.get());
  hold(measured().fresh);
}

engine::~engine() = default;

result<void, error> engine::feed(std::string_view ciphertext) {
  if (failure_) return *failure_;
  if ((SSL_get_shutdown(native_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) return {};  // RFC 8446 6.1: ignore what follows
  input_.append(ciphertext);
  if (established_ || input_.empty()) return {};
  if (SSL_in_before(native_.get()) && type_of(input_.view()) != content_type::handshake) return fail(error::not_tls);
  if (first_record(input_.view()) == 0) return {};
  return handshake();
}

result<void, error> engine::handshake() {
  hold(measured().handshaking);
  const wire open{*this};
  ERR_clear_error();
  const int done = SSL_do_handshake(native_.get());
  if (done == 1) {
    established_ = true;
    hold(established_size());
    return {};
  }
  if (SSL_get_error(native_.get(), done) == SSL_ERROR_WANT_READ) return {};
  return fail(failure_.value_or(error::handshake_failed));
}

result<std::size_t, error> engine::read(std::span<char> into) {
  if (failure_) return *failure_;
  if (!established_ || into.empty()) return std::size_t{0};
  if ((SSL_get_shutdown(native_.get()) & SSL_RECEIVED_SHUTDOWN) != 0) return error::closed;
  if (SSL_pending(native_.get()) == 0 && first_record(input_.view()) == 0) return std::size_t{0};
  const wire open{*this};
  ERR_clear_error();
  std::size_t count = 0;
  const int done = SSL_read_ex(native_.get(), into.data(), into.size(), &count);
  const int outcome = SSL_get_error(native_.get(), done);
  if (outcome == SSL_ERROR_ZERO_RETURN) return error::closed;
  if (outcome != SSL_ERROR_NONE && outcome != SSL_ERROR_WANT_READ) return fail(error::bad_record);
  hold(established_size() + (SSL_pending(native_.get()) == 0 ? 0 : measured().record));
  return count;
}

result<void, error> engine::write(std::string_view plaintext) {
  if (failure_) return *failure_;
  if (!established_) return error::not_established;
  if ((SSL_get_shutdown(native_.get()) & SSL_SENT_SHUTDOWN) != 0) return error::closed;
  if (plaintext.empty()) return {};
  const wire open{*this};
  ERR_clear_error();
  output_.reserve(plaintext.size() + (plaintext.size() / record_plaintext + 1) * record_overhead);
  std::size_t count = 0;
  if (SSL_write_ex(native_.get(), plaintext.data(), plaintext.size(), &count) != 1) return fail(error::bad_record);
  return {};
}

void engine::shutdown() {
  if (!established_ || failure_ || (SSL_get_shutdown(native_.get()) & SSL_SENT_SHUTDOWN) != 0) return;
  const wire open{*this};
  ERR_clear_error();
  SSL_shutdown(native_.get());
  ERR_clear_error();
}

bool engine::was_resumed() const noexcept {
  return native_ && SSL_session_reused(native_.get()) == 1;
}

const char* engine::version() const noexcept {
  return native_ ? SSL_get_version(native_.get()) : "";
}

// Keeps the reason and what is to be sent; everything else goes at once.
error engine::fail(error e) {
  if (const char* reason = ERR_reason_error_string(ERR_peek_error())) detail_ = reason;
  ERR_clear_error();
  failure_ = e;
  native_.reset();
  held_.reset();
  input_.clear();
  return e;
}

bool engine::admit_record() {
  const auto waiting = input_.view();
  const std::size_t size = first_record(waiting);
  if (size == 0) return false;
  // In TLS 1.2 the only unencrypted message that may be large is the first; in TLS 1.3 all handshake records are ones
  // of a ClientHello, the second of which answers a HelloRetryRequest.
  const bool is_hello =
      !established_ && type_of(waiting) == content_type::handshake && SSL_version(native_.get()) != TLS1_2_VERSION;
  if (is_hello && !hello_.feed(waiting.substr(record_header, size - record_header))) {
    failure_ = error::hello_too_large;
    return false;
  }
  admitted_ = size;
  return true;
}

std::size_t engine::established_size() const noexcept {
  const bool keeps_keys = SSL_version(native_.get()) == TLS1_3_VERSION;
  const std::size_t keys = keeps_keys ? keys_of(static_cast<int>(SSL_get_negotiated_group(native_.get()))) : 0;
  const std::size_t lists = hello_.announced() > usual_hello ? hello_.announced() : 0;
  return measured().established + keys + lists;
}

void engine::hold(std::size_t bytes) noexcept {
  if (held_.bytes() != bytes) held_ = ledger::charge{ledger::purpose::tls, bytes};
}

std::size_t engine::held() const noexcept {
  return ledger::set_aside(sizeof *this) + held_.bytes() + input_.held() + output_.held();
}

}  // namespace encke::tls
