// SPDX-License-Identifier: MIT
// Loads a certificate and its key, checks both, and sets up OpenSSL behind context.hpp. Files are read here, whole and
// once, so that every fault can be told with the name of its file.
#include "tls/context.hpp"

#include <openssl/err.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>

#include <cerrno>
#include <cstdio>
#include <cstring>
#include <ctime>
#include <stdexcept>
#include <string_view>
#include <vector>

#include "base/random.hpp"

namespace encke::tls {
namespace {

template <auto Free>
struct free_with {
  void operator()(auto* object) const noexcept { Free(object); }
};
using bio_ptr = std::unique_ptr<BIO, free_with<BIO_free_all>>;
using certificate_ptr = std::unique_ptr<X509, free_with<X509_free>>;
using key_ptr = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;

constexpr std::size_t max_file = std::size_t{1} << 20;
constexpr std::string_view protocols = "\x08http/1.1";  // the form of RFC 7301 3.1
constexpr std::string_view session_context = "encke";   // the same in all contexts, or tickets would not pass a reload

[[noreturn]] void refuse(const std::string& what) {
  std::string text = "TLS: " + what;
  if (const char* reason = ERR_reason_error_string(ERR_peek_error())) text += std::string{" ("} + reason + ")";
  ERR_clear_error();
  throw std::runtime_error{text};
}

std::string quoted(const std::string& file) {
  return '"' + file + '"';
}

std::string read_file(const char* what, const std::string& name) {
  if (name.empty()) refuse(std::string{"no "} + what + " is given");
  const std::unique_ptr<std::FILE, free_with<std::fclose>> file{std::fopen(name.c_str(), "rb")};
  std::string text(max_file, '\0');
  const std::size_t size = file ? std::fread(text.data(), 1, text.size(), file.get()) : 0;
  if (!file || std::ferror(file.get()) != 0)
    refuse("cannot read the " + (what + (" " + quoted(name))) + ": " + std::strerror(errno));
  if (size == max_file) refuse("the " + (what + (" " + quoted(name))) + " is larger than 1 MiB");
  text.resize(size);
  return text;
}

bio_ptr reader_of(const std::string& text) {
  bio_ptr bio{BIO_new_mem_buf(text.data(), static_cast<int>(text.size()))};
  if (!bio) throw std::bad_alloc{};
  return bio;
}

// OpenSSL would ask at the terminal.
int refuse_passphrase(char*, int, int, void* asked) {
  *static_cast<bool*>(asked) = true;
  return -1;
}

key_ptr load_key(const std::string& name) {
  std::string text = read_file("key file", name);
  bool asked = false;
  key_ptr key{PEM_read_bio_PrivateKey(reader_of(text).get(), nullptr, refuse_passphrase, &asked)};
  OPENSSL_cleanse(text.data(), text.size());
  if (asked)
    refuse("the key file " + quoted(name) + " is encrypted; a server cannot ask for the passphrase, so decrypt it");
  if (!key) refuse("the key file " + quoted(name) + " has no private key in PEM form");
  return key;
}

// The first certificate, then the rest of the chain.
std::vector<certificate_ptr> load_chain(const std::string& name) {
  const std::string text = read_file("certificate file", name);
  const auto bio = reader_of(text);
  std::vector<certificate_ptr> chain;
  while (certificate_ptr next{PEM_read_bio_X509(bio.get(), nullptr, nullptr, nullptr)})
    chain.push_back(std::move(next));
  const bool at_end = ERR_GET_REASON(ERR_peek_last_error()) == PEM_R_NO_START_LINE;
  if (chain.empty() && at_end) refuse("the certificate file " + quoted(name) + " has no certificate in PEM form");
  if (!at_end) refuse("certificate " + std::to_string(chain.size() + 1) + " in " + quoted(name) + " is damaged");
  ERR_clear_error();
  return chain;
}

std::string date_of(const ASN1_TIME* time) {
  std::tm parts{};
  char text[32] = "a date that cannot be read";
  if (ASN1_TIME_to_tm(time, &parts) == 1) std::strftime(text, sizeof text, "%Y-%m-%d %H:%M UTC", &parts);
  return text;
}

std::string warning_about(X509* certificate, const std::string& name) {
  const ASN1_TIME* first = X509_get0_notBefore(certificate);
  const ASN1_TIME* last = X509_get0_notAfter(certificate);
  if (X509_cmp_current_time(last) < 0) return "the certificate " + quoted(name) + " expired on " + date_of(last);
  if (X509_cmp_current_time(first) > 0)
    return "the certificate " + quoted(name) + " is valid only from " + date_of(first);
  return {};
}

int choose_protocol(SSL*, const unsigned char** chosen, unsigned char* size, const unsigned char* offered,
                    unsigned int offered_size, void*) {
  unsigned char* mutable_chosen = nullptr;
  const int found =
      SSL_select_next_proto(&mutable_chosen, size, reinterpret_cast<const unsigned char*>(protocols.data()),
                            static_cast<unsigned>(protocols.size()), offered, offered_size);
  if (found != OPENSSL_NPN_NEGOTIATED) return SSL_TLSEXT_ERR_ALERT_FATAL;  // RFC 7301 3.2
  *chosen = mutable_chosen;
  return SSL_TLSEXT_ERR_OK;
}

void share_ticket_keys(SSL_CTX* native) {
  static std::vector<char> keys = [native] {
    std::vector<char> fresh(static_cast<std::size_t>(SSL_CTX_get_tlsext_ticket_keys(native, nullptr, 0)));
    random::fill(fresh);
    return fresh;
  }();
  if (SSL_CTX_set_tlsext_ticket_keys(native, keys.data(), static_cast<long>(keys.size())) != 1)
    refuse("cannot set the ticket keys");
}

void set_up(SSL_CTX* native) {
  SSL_CTX_set_min_proto_version(native, TLS1_2_VERSION);
  SSL_CTX_set_options(native, SSL_OP_NO_RENEGOTIATION | SSL_OP_CIPHER_SERVER_PREFERENCE | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_mode(native, SSL_MODE_RELEASE_BUFFERS);
  SSL_CTX_set_session_cache_mode(native, SSL_SESS_CACHE_OFF);  // tickets only: nothing is kept for a client that left
  SSL_CTX_set_num_tickets(native, 1);                          // one connection, one way back
  SSL_CTX_set_alpn_select_cb(native, choose_protocol, nullptr);
  // With TLS 1.2 only ciphers with forward secrecy and authenticated encryption; TLS 1.3 has no others.
  const bool done =
      SSL_CTX_set_cipher_list(native, "ECDHE+AESGCM:ECDHE+CHACHA20") == 1 &&
      SSL_CTX_set_session_id_context(native, reinterpret_cast<const unsigned char*>(session_context.data()),
                                     static_cast<unsigned>(session_context.size())) == 1;
  if (!done) refuse("OpenSSL refuses our settings");
  share_ticket_keys(native);
}

void use_certificate(SSL_CTX* native, const settings& files) {
  auto chain = load_chain(files.certificate_file);
  const auto key = load_key(files.key_file);
  if (X509_check_private_key(chain.front().get(), key.get()) != 1) {
    ERR_clear_error();
    refuse("the key in " + quoted(files.key_file) + " does not belong to the certificate in " +
           quoted(files.certificate_file));
  }
  if (SSL_CTX_use_certificate(native, chain.front().get()) != 1)
    refuse("OpenSSL refuses the certificate in " + quoted(files.certificate_file));
  if (SSL_CTX_use_PrivateKey(native, key.get()) != 1) refuse("OpenSSL refuses the key in " + quoted(files.key_file));
  for (std::size_t i = 1; i < chain.size(); ++i) {
    if (SSL_CTX_add1_chain_cert(native, chain[i].get()) != 1)
      refuse("OpenSSL refuses certificate " + std::to_string(i + 1) + " in " + quoted(files.certificate_file));
  }
}

}  // namespace

void context::free_native::operator()(ssl_ctx_st* native) const noexcept {
  SSL_CTX_free(native);
}

std::shared_ptr<const context> context::load(const settings& files) {
  ERR_clear_error();
  const std::shared_ptr<context> made{new context};
  made->native_.reset(SSL_CTX_new(TLS_server_method()));
  if (!made->native_) refuse("OpenSSL cannot be set up");
  set_up(made->native_.get());
  use_certificate(made->native_.get(), files);
  made->warning_ = warning_about(SSL_CTX_get0_certificate(made->native_.get()), files.certificate_file);
  return made;
}

}  // namespace encke::tls
