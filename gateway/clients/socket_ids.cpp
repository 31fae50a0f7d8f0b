// SPDX-License-Identifier: MIT
// The 15 bytes of a session's id and a zero are one block of AES, under a key that lives as long as the process:
// nothing is kept for a client, and none of these ids can be made up.
#include "gateway/clients/socket_ids.hpp"

#include <openssl/evp.h>
#include <openssl/rand.h>

#include <array>
#include <encke/base64.hpp>
#include <memory>
#include <stdexcept>

namespace encke::gateway {
namespace {

constexpr std::string_view prefix = "old:";
constexpr std::size_t id_size = 20, block_size = 16;

// The last byte of a session's id is the number of its worker; that of other clients' socket ids is 255, which none
// has.
bool opens_a_session(std::string_view id) {
  if (id.size() != id_size) return false;
  const auto end = base64::decode(id.substr(id_size - 4));
  return end && end->back() != '\xff';
}

class cipher {
 public:
  cipher() {
    if (RAND_bytes(key_.data(), static_cast<int>(key_.size())) != 1 || !algorithm_)
      throw std::runtime_error{"AES-128 is not available"};
  }

  [[nodiscard]] std::string apply(std::string_view block, bool encrypts) const {
    const std::unique_ptr<EVP_CIPHER_CTX, decltype(&EVP_CIPHER_CTX_free)> state{EVP_CIPHER_CTX_new(),
                                                                                EVP_CIPHER_CTX_free};
    std::string out(block_size, '\0');
    int size = 0;
    const bool done =
        state &&
        EVP_CipherInit_ex(state.get(), algorithm_.get(), nullptr, key_.data(), nullptr, encrypts ? 1 : 0) == 1 &&
        EVP_CIPHER_CTX_set_padding(state.get(), 0) == 1 &&
        EVP_CipherUpdate(state.get(), reinterpret_cast<unsigned char*>(out.data()), &size,
                         reinterpret_cast<const unsigned char*>(block.data()), block_size) == 1;
    if (!done) throw std::runtime_error{"AES-128 failed"};
    return out;
  }

 private:
  // A single block that nobody chooses needs no other mode.
  std::unique_ptr<EVP_CIPHER, decltype(&EVP_CIPHER_free)> algorithm_{EVP_CIPHER_fetch(nullptr, "AES-128-ECB", nullptr),
                                                                     EVP_CIPHER_free};
  std::array<unsigned char, 16> key_{};
};

const cipher& of_this_process() {
  static const cipher only;
  return only;
}

}  // namespace

std::string shown_id(std::string_view id) {
  const auto session = id.substr(id.rfind('#') + 1);  // behind the namespace, if that is in front
  auto bytes = opens_a_session(session) ? base64::decode(session) : std::nullopt;
  if (!bytes) return std::string{id};
  bytes->push_back('\0');
  return std::string{prefix} + base64::encode_url(of_this_process().apply(*bytes, true));
}

std::string id_of_shown(std::string_view shown, std::string_view nsp) {
  std::string as_it_is{shown};
  if (!shown.starts_with(prefix)) return as_it_is;
  const auto hidden = base64::decode(shown.substr(prefix.size()));
  if (!hidden || hidden->size() != block_size) return as_it_is;
  auto bytes = of_this_process().apply(*hidden, false);
  if (bytes.back() != '\0') return as_it_is;
  bytes.pop_back();
  const auto session = base64::encode_url(bytes);
  return nsp == "/" ? session : std::string{nsp} + '#' + session;
}

}  // namespace encke::gateway
