// SPDX-License-Identifier: MIT
// Translation at the edge, for servers with a parser: packets of the hub become the parser's messages, and its packets
// become messages of the built-in protocol again, so that everything is checked in one place. `translator` stands
// between a session and its client; `translated` makes the frames that the hub sends.
#pragma once

#include <encke/ledger.hpp>
#include <encke/parser.hpp>
#include <hub/client.hpp>
#include <hub/frame.hpp>
#include <hub/link.hpp>
#include <memory>
#include <string>
#include <string_view>

namespace encke::hub {

/// The frame of a packet. Throws what the parser throws, and std::logic_error if it makes no message, or too many.
[[nodiscard]] frame_ptr translated(const parser&, const packet&, label = {}, bool compress = true);

/// The text of a packet in the built-in protocol, without its attachments. Nothing if a part of it would be read as
/// another one there; all else is the decoder's to check.
[[nodiscard]] std::optional<std::string> built_in_text(const packet&);

class translator final : public receiver, public ledger::charged<ledger::purpose::client> {
 public:
  /// The settings have a parser.
  translator(shard& home, hub::link& to, handshake opened);

  void on_open() override { client_.on_open(); }
  void on_text(std::string_view message) override { take(message, false); }
  void on_binary(std::string_view message) override { take(message, true); }
  void warm() const override { client_.warm(); }
  [[nodiscard]] std::size_t held() const override;
  [[nodiscard]] std::size_t unfinished() const override { return decoder_charge_.bytes() + client_.unfinished(); }
  void on_upgrade() override { client_.on_upgrade(); }
  void on_closed(reason) override;

 private:
  void take(std::string_view message, bool is_binary);
  void replay(const packet&);
  void refuse(std::string_view what);

  shard& home_;
  hub::link& link_;
  hub::client client_;
  std::unique_ptr<parser::decoder> decoder_;  // none once the session is over
  ledger::charge decoder_charge_{ledger::purpose::client, 0};
};

}  // namespace encke::hub
