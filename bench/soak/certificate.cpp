// SPDX-License-Identifier: MIT
#include "bench/soak/certificate.hpp"

#include <openssl/ec.h>
#include <openssl/pem.h>
#include <openssl/x509.h>
#include <unistd.h>

#include <cstdio>
#include <memory>
#include <stdexcept>

namespace encke::soak {

namespace {

template <auto Release>
struct releaser {
  template <class T>
  void operator()(T* what) const {
    Release(what);
  }
};
using key = std::unique_ptr<EVP_PKEY, releaser<EVP_PKEY_free>>;
using x509 = std::unique_ptr<X509, releaser<X509_free>>;
using file = std::unique_ptr<std::FILE, releaser<std::fclose>>;

void must(bool good) {
  if (!good) throw std::runtime_error{"a certificate cannot be made"};
}

x509 self_signed(EVP_PKEY* by) {
  constexpr long a_day = 24L * 60 * 60;
  x509 made{X509_new()};
  X509_set_version(made.get(), X509_VERSION_3);
  ASN1_INTEGER_set(X509_get_serialNumber(made.get()), 1);
  X509_gmtime_adj(X509_getm_notBefore(made.get()), -a_day);
  X509_gmtime_adj(X509_getm_notAfter(made.get()), a_day);
  auto* name = X509_get_subject_name(made.get());
  X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("localhost"), -1, -1, 0);
  X509_set_issuer_name(made.get(), name);
  must(X509_set_pubkey(made.get(), by) == 1 && X509_sign(made.get(), by, EVP_sha256()) > 0);
  return made;
}

}  // namespace

certificate::certificate()
    : folder_{std::filesystem::temp_directory_path() / ("encke-soak-" + std::to_string(::getpid()))} {
  std::filesystem::create_directories(folder_);
  files_ = {(folder_ / "certificate.pem").string(), (folder_ / "key.pem").string()};
  const key secret{EVP_EC_gen("P-256")};
  must(secret != nullptr);
  const auto made = self_signed(secret.get());
  const file certificate_file{std::fopen(files_.certificate.c_str(), "w")},
      key_file{std::fopen(files_.key.c_str(), "w")};
  must(certificate_file && key_file && PEM_write_X509(certificate_file.get(), made.get()) == 1 &&
       PEM_write_PrivateKey(key_file.get(), secret.get(), nullptr, nullptr, 0, nullptr, nullptr) == 1);
}

certificate::~certificate() {
  std::error_code ignored;
  std::filesystem::remove_all(folder_, ignored);
}

}  // namespace encke::soak
