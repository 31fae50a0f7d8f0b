// SPDX-License-Identifier: MIT
// The parser of encke/parser.hpp for MessagePack.
#include <messagepack/decode.hpp>
#include <messagepack/encode.hpp>

namespace encke {

namespace {

class messagepack_decoder final : public parser::decoder {
 public:
  explicit messagepack_decoder(const packet_limits& limits) : limits_{limits} {}
  result<std::optional<packet>, std::string> add(std::string_view message, bool is_binary) override {
    if (!is_binary) return std::string{"text where MessagePack is binary"};
    auto read = messagepack::decode(message, limits_);
    if (!read) return read.error();
    return std::optional{std::move(*read)};
  }

 private:
  packet_limits limits_;
};

class messagepack_parser final : public parser {
 public:
  [[nodiscard]] encoded encode(const packet& from) const override { return {{}, {messagepack::encode(from)}}; }
  [[nodiscard]] std::unique_ptr<decoder> make_decoder(const packet_limits& limits) const override {
    return std::make_unique<messagepack_decoder>(limits);
  }
};

}  // namespace

std::shared_ptr<const parser> msgpack_parser() {
  return std::make_shared<messagepack_parser>();
}

}  // namespace encke
