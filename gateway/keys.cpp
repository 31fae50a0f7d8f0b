// SPDX-License-Identifier: MIT
// API keys: random text, SHA-256, constant-time comparison.
#include "gateway/keys.hpp"

#include <openssl/crypto.h>
#include <openssl/evp.h>
#include <openssl/rand.h>

#include <algorithm>
#include <cctype>
#include <memory>
#include <set>
#include <stdexcept>

#include "gateway/config_codecs.hpp"

namespace encke::gateway {
namespace {

constexpr std::string_view prefix = "sha256:";

// OpenSSL 3 looks an algorithm up each time it is used, which takes longer than the digest of a key: so it is fetched
// once, and its state is kept.
class sha256 {
 public:
  sha256() {
    if (!algorithm_ || !state_) throw std::runtime_error{"SHA-256 is not available"};
  }
  std::array<unsigned char, 32> operator()(std::string_view text) {
    std::array<unsigned char, 32> out{};
    if (EVP_DigestInit_ex(state_.get(), algorithm_.get(), nullptr) != 1 ||
        EVP_DigestUpdate(state_.get(), text.data(), text.size()) != 1 ||
        EVP_DigestFinal_ex(state_.get(), out.data(), nullptr) != 1)
      throw std::runtime_error{"SHA-256 failed"};
    return out;
  }

 private:
  std::unique_ptr<EVP_MD, decltype(&EVP_MD_free)> algorithm_{EVP_MD_fetch(nullptr, "SHA256", nullptr), EVP_MD_free};
  std::unique_ptr<EVP_MD_CTX, decltype(&EVP_MD_CTX_free)> state_{EVP_MD_CTX_new(), EVP_MD_CTX_free};
};

std::array<unsigned char, 32> digest(std::string_view text) {
  thread_local sha256 of;
  return of(text);
}

int hex_value(char c) {
  if (c >= '0' && c <= '9') return c - '0';
  if (c >= 'a' && c <= 'f') return c - 'a' + 10;
  if (c >= 'A' && c <= 'F') return c - 'A' + 10;
  return -1;
}

bool is_key_name(std::string_view name) {
  return !name.empty() && name.size() <= 64 &&
         std::ranges::all_of(name, [](unsigned char c) { return std::isalnum(c) || c == '_' || c == '-' || c == '.'; });
}

// "name:sha256:hex" or {name, hash}. Says what is wrong without repeating anything: it may be a key by mistake.
std::string parse_entry(const raw_value& item, api_key& key) {
  std::string name, hash;
  if (item.type == raw_value::kind::text) {
    const auto colon = item.text.find(':');
    if (colon == std::string::npos) return R"(expected "name:sha256:<64 hex digits>")";
    name = item.text.substr(0, colon);
    hash = item.text.substr(colon + 1);
  } else if (item.type == raw_value::kind::table) {
    const std::vector<std::string> known{"name", "hash"};
    for (const auto& [member, value] : item.members) {
      if (member != "name" && member != "hash")
        return fmt::format("unknown key {}{}", in_quotes(member), did_you_mean(member, known));
      if (value.type != raw_value::kind::text) return fmt::format("`{}` must be a text in quotes", member);
      (member == "name" ? name : hash) = value.text;
    }
  } else {
    return R"(expected {name = "...", hash = "sha256:..."} or "name:sha256:<64 hex digits>")";
  }
  if (!is_key_name(name)) return "the name must be 1 to 64 letters, digits, '-', '_' or '.'";
  const auto parsed = parse_key_hash(hash);
  if (!parsed) return R"(the hash must be "sha256:" and 64 hex digits, as `encke hash-key` prints it)";
  key = {std::move(name), *parsed};
  return {};
}

}  // namespace

std::string make_key() {
  std::array<unsigned char, 32> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) throw std::runtime_error{"no random bytes"};
  std::array<unsigned char, 45> text{};  // 44 characters of base64 and a zero
  EVP_EncodeBlock(text.data(), random.data(), random.size());
  std::string key = "encke_";
  for (const unsigned char c : std::span{text}.first(43)) key += c == '+' ? '-' : c == '/' ? '_' : static_cast<char>(c);
  return key;
}

std::string hash_of_key(std::string_view key) {
  return format_key_hash(digest(key));
}

std::optional<std::array<unsigned char, 32>> parse_key_hash(std::string_view text) {
  if (!text.starts_with(prefix) || text.size() != prefix.size() + 64) return std::nullopt;
  text.remove_prefix(prefix.size());
  std::array<unsigned char, 32> out{};
  for (std::size_t i = 0; i < out.size(); ++i) {
    const int high = hex_value(text[2 * i]), low = hex_value(text[2 * i + 1]);
    if (high < 0 || low < 0) return std::nullopt;
    out[i] = static_cast<unsigned char>(high * 16 + low);
  }
  return out;
}

std::string format_key_hash(const std::array<unsigned char, 32>& hash) {
  std::string out{prefix};
  for (const unsigned char byte : hash) out += fmt::format("{:02x}", byte);
  return out;
}

const api_key* find_key(std::span<const api_key> keys, std::string_view presented) {
  const auto hash = digest(presented);
  const api_key* found = nullptr;
  for (const auto& key : keys)
    if (CRYPTO_memcmp(key.hash.data(), hash.data(), hash.size()) == 0) found = &key;
  return found;
}

std::string_view bearer_of(std::string_view authorization) {
  constexpr std::string_view scheme = "bearer ";
  if (authorization.size() <= scheme.size()) return {};
  for (std::size_t i = 0; i < scheme.size(); ++i)
    if (std::tolower(static_cast<unsigned char>(authorization[i])) != scheme[i]) return {};
  authorization.remove_prefix(std::min(authorization.find_first_not_of(' ', scheme.size()), authorization.size()));
  const auto last = authorization.find_last_not_of(" \t");
  return last == std::string_view::npos ? std::string_view{} : authorization.substr(0, last + 1);
}

std::string codec::keys::parse(const raw_value& raw, std::vector<api_key>& value) const {
  std::vector<api_key> parsed;
  std::set<std::string, std::less<>> names;
  if (raw.type != raw_kind::list && raw.type != raw_kind::text) return expected("a list of keys", raw);
  const auto single = raw.type == raw_kind::text ? std::vector{raw} : raw.items;
  if (single.size() > 256) return "has more than 256 items";
  for (const auto& item : single) {
    parsed.emplace_back();
    if (const auto why = parse_entry(item, parsed.back()); !why.empty())
      return fmt::format("item {}: {}", parsed.size(), why);
    if (!names.insert(parsed.back().name).second)
      return fmt::format("item {}: the name `{}` is there twice", parsed.size(), parsed.back().name);
  }
  value = std::move(parsed);
  return {};
}

std::string codec::keys::show(const std::vector<api_key>& value) const {
  std::string out;
  for (const auto& key : value)
    out += fmt::format("{}{{name = {}, hash = {}}}", out.empty() ? "" : ", ", toml_string(key.name),
                       toml_string(format_key_hash(key.hash)));
  return fmt::format("[{}]", out);
}

}  // namespace encke::gateway
