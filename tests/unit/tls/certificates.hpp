// SPDX-License-Identifier: MIT
// Certificates and keys for the TLS tests, made while they run and kept in a folder that goes with its object.
#pragma once

#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <stdlib.h>

#include <filesystem>
#include <fstream>
#include <memory>
#include <stdexcept>
#include <string>

#include "tls/context.hpp"

namespace encke::tls::test {

template <auto Free>
struct free_with {
  void operator()(auto* object) const noexcept { Free(object); }
};
using key_ptr = std::unique_ptr<EVP_PKEY, free_with<EVP_PKEY_free>>;
using certificate_ptr = std::unique_ptr<X509, free_with<X509_free>>;
using bio_ptr = std::unique_ptr<BIO, free_with<BIO_free_all>>;

inline key_ptr make_ec_key() {
  return key_ptr{EVP_EC_gen("P-256")};
}
inline key_ptr make_rsa_key(unsigned bits = 2048) {
  return key_ptr{EVP_RSA_gen(bits)};
}

/// A certificate for "localhost" with `key`, signed by itself, valid between two times in seconds from now.
inline certificate_ptr make_certificate(EVP_PKEY* key, long from = -3600, long until = 3600) {
  certificate_ptr made{X509_new()};
  X509_set_version(made.get(), 2);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), from);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), until);
  X509_set_pubkey(made.get(), key);
  X509_NAME* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  if (X509_sign(made.get(), key, EVP_sha256()) == 0) throw std::runtime_error{"cannot sign"};
  return made;
}

inline std::string text_of(BIO* bio) {
  char* data = nullptr;
  const long size = BIO_get_mem_data(bio, &data);
  return {data, static_cast<std::size_t>(size)};
}

inline std::string pem_of(X509* certificate) {
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_X509(bio.get(), certificate);
  return text_of(bio.get());
}

inline std::string pem_of(EVP_PKEY* key, const std::string& passphrase = {}) {
  const bio_ptr bio{BIO_new(BIO_s_mem())};
  PEM_write_bio_PrivateKey(bio.get(), key, passphrase.empty() ? nullptr : EVP_aes_128_cbc(),
                           reinterpret_cast<const unsigned char*>(passphrase.data()),
                           static_cast<int>(passphrase.size()), nullptr, nullptr);
  return text_of(bio.get());
}

/// A temporary folder.
class folder {
 public:
  folder() {
    auto pattern = (std::filesystem::temp_directory_path() / "encke-tls-XXXXXX").string();
    if (mkdtemp(pattern.data()) == nullptr) throw std::runtime_error{"no temporary folder"};
    path_ = pattern;
  }
  folder(const folder&) = delete;
  folder& operator=(const folder&) = delete;
  ~folder() { std::filesystem::remove_all(path_); }

  /// The path of a new file with this text.
  [[nodiscard]] std::string write(const std::string& name, const std::string& text) const {
    std::ofstream{path_ / name, std::ios::binary} << text;
    return path(name);
  }
  [[nodiscard]] std::string path(const std::string& name) const { return (path_ / name).string(); }

 private:
  std::filesystem::path path_;
};

/// A context with a new certificate.
inline std::shared_ptr<const context> make_context(const key_ptr& key = make_ec_key()) {
  const folder files;
  return context::load(
      {files.write("cert.pem", pem_of(make_certificate(key.get()).get())), files.write("key.pem", pem_of(key.get()))});
}

}  // namespace encke::tls::test
