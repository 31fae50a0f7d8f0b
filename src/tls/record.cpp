// SPDX-License-Identifier: MIT
// Record boundaries and announced message sizes behind record.hpp.
#include "tls/record.hpp"

#include <algorithm>

namespace encke::tls {
namespace {

std::size_t byte_at(std::string_view text, std::size_t at) {
  return static_cast<std::uint8_t>(text[at]);
}

}  // namespace

std::size_t first_record(std::string_view input) noexcept {
  if (input.size() < record_header) return 0;
  const auto type = type_of(input);
  if (type < content_type::change_cipher_spec || type > content_type::application_data) return record_header;
  const std::size_t payload = byte_at(input, 3) << 8 | byte_at(input, 4);
  if (payload > max_record_payload) return record_header;
  return input.size() - record_header < payload ? 0 : record_header + payload;
}

bool hello_guard::feed(std::string_view payload) noexcept {
  while (!payload.empty()) {
    if (left_ != 0) {
      const std::size_t part = std::min(left_, payload.size());
      left_ -= part;
      payload.remove_prefix(part);
      continue;
    }
    header_[header_size_++] = static_cast<std::uint8_t>(payload[0]);
    payload.remove_prefix(1);
    if (header_size_ < header_.size()) continue;
    header_size_ = 0;
    left_ = std::size_t{header_[1]} << 16 | std::size_t{header_[2]} << 8 | header_[3];
    announced_ += left_;
    if (left_ > max_client_hello) return false;
  }
  return true;
}

}  // namespace encke::tls
