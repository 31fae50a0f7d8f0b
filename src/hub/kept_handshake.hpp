// SPDX-License-Identifier: MIT
// Kept handshake: how a client came, for as long as its sockets, or code of the user's, want to know.
#pragma once

#include <base/holder_count.hpp>
#include <boost/smart_ptr/intrusive_ptr.hpp>
#include <encke/handshake.hpp>
#include <encke/ledger.hpp>

namespace encke::hub {

/// Charged with all that is in it.
struct kept_handshake : ledger::charged<ledger::purpose::handshake> {
  explicit kept_handshake(handshake);
  /// Forgets everything but who and where from.
  void slim();
  [[nodiscard]] std::size_t held() const { return ledger::set_aside(sizeof *this) + charge_.bytes(); }

  handshake value;
  holder_count holders;  // on one worker

 private:
  ledger::charge charge_;
};

inline void intrusive_ptr_add_ref(const kept_handshake* one) noexcept {
  one->holders.add();
}
inline void intrusive_ptr_release(const kept_handshake* one) noexcept {
  if (one->holders.drop()) delete one;
}
using handshake_ptr = boost::intrusive_ptr<kept_handshake>;

}  // namespace encke::hub
