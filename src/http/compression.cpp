// SPDX-License-Identifier: MIT
// One z_stream per thread and coding. Their memory belongs to no client and is not in the ledger.
#include "http/compression.hpp"

#include <zlib.h>

#include <new>
#include <optional>
#include <vector>

#include "http/text.hpp"

namespace encke::http {
namespace {

// RFC 9110 12.4.2: 0 to 1 with up to three digits behind the point, here in thousandths. What is no weight counts as 0.
int weight_in(std::string_view text) noexcept {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return 0;
  if (text.size() > 1 && text[1] != '.') return 0;
  int weight = (text[0] - '0') * 1000, unit = 100;
  for (const char c : text.substr(text.size() > 1 ? 2 : 1)) {
    if (c < '0' || c > '9') return 0;
    weight += (c - '0') * unit;
    unit /= 10;
  }
  return weight > 1000 ? 0 : weight;
}

// Of one element of a list, e.g. "gzip;q=0.5".
int weight_of(std::string_view parameters) noexcept {
  while (const auto parameter = next_element(parameters, ';')) {
    const auto equals = parameter->find('=');
    if (equals == parameter->npos || !iequals(trim(parameter->substr(0, equals)), "q")) continue;
    return weight_in(trim(parameter->substr(equals + 1)));
  }
  return 1000;
}

class compressor {
 public:
  compressor(coding how, int level) : level_{level} {
    constexpr int window = 15, with_gzip_header = 16, memory_level = 8;
    const int bits = how == coding::gzip ? window + with_gzip_header : window;
    if (::deflateInit2(&stream_, level, Z_DEFLATED, bits, memory_level, Z_DEFAULT_STRATEGY) != Z_OK)
      throw std::bad_alloc{};
  }
  compressor(const compressor&) = delete;
  compressor& operator=(const compressor&) = delete;
  ~compressor() { ::deflateEnd(&stream_); }

  [[nodiscard]] int level() const noexcept { return level_; }

  std::string_view run(std::string_view body) {
    ::deflateReset(&stream_);
    // A large answer does not keep its room for ever.
    constexpr std::size_t usual = 64 * 1024;
    if (room_.size() > usual) room_ = {};
    const auto needed = ::deflateBound(&stream_, body.size());
    if (room_.size() < needed) room_.resize(needed);
    stream_.next_in = const_cast<Bytef*>(reinterpret_cast<const Bytef*>(body.data()));  // only read
    stream_.avail_in = static_cast<uInt>(body.size());
    stream_.next_out = room_.data();
    stream_.avail_out = static_cast<uInt>(room_.size());
    ::deflate(&stream_, Z_FINISH);
    return {reinterpret_cast<const char*>(room_.data()), stream_.total_out};
  }

 private:
  int level_;
  z_stream stream_{};
  std::vector<Bytef> room_;
};

}  // namespace

std::string_view to_string(coding one) noexcept {
  switch (one) {
    case coding::identity: return "";
    case coding::gzip: return "gzip";
    case coding::deflate: return "deflate";
  }
  return "";
}

coding best_coding(std::string_view accepted) noexcept {
  std::optional<int> gzip, deflate;
  int others = 0;
  while (const auto element = next_element(accepted)) {
    const auto semicolon = element->find(';');
    const auto name = trim(element->substr(0, semicolon));
    const auto weight = semicolon == element->npos ? 1000 : weight_of(element->substr(semicolon + 1));
    if (iequals(name, "gzip") || iequals(name, "x-gzip"))
      gzip = weight;
    else if (iequals(name, "deflate"))
      deflate = weight;
    else if (name == "*")
      others = weight;
  }
  const auto for_gzip = gzip.value_or(others), for_deflate = deflate.value_or(others);
  if (for_gzip == 0 && for_deflate == 0) return coding::identity;
  return for_gzip >= for_deflate ? coding::gzip : coding::deflate;
}

std::string_view compress(std::string_view body, coding how, int level) {
  if (how == coding::identity) return body;
  thread_local std::optional<compressor> with_gzip, with_deflate;
  auto& shared = how == coding::gzip ? with_gzip : with_deflate;
  if (!shared || shared->level() != level) shared.emplace(how, level);
  return shared->run(body);
}

}  // namespace encke::http
