// SPDX-License-Identifier: MIT
// Handshakes that are refused: every reason, on every way that a client may come. A job is made from its number.
#pragma once

#include <optional>
#include <string_view>
#include <vector>

#include "bench/soak/order.hpp"
#include "bench/soak/peer.hpp"
#include "bench/soak/requests.hpp"
#include "bench/soak/tokens.hpp"

namespace encke::soak {

/// How a client comes.
enum class way : std::uint8_t {
  kept,     ///< polling, on a connection that is used again and again
  closed,   ///< polling, on a connection for this one request
  upgrade,  ///< as a WebSocket
  payload,  ///< let in by HTTP, refused at the CONNECT packet
  reset,    ///< gone before the answer, often before the request is whole
};
inline constexpr std::size_t ways = static_cast<std::size_t>(way::reset) + 1;
[[nodiscard]] std::string_view to_string(way) noexcept;

/// Which jobs, and how strictly the answers are looked at.
struct refusal_mix {
  std::vector<way> come{way::kept, way::closed, way::upgrade, way::payload, way::reset};
  std::vector<flaw> with{flaw::missing,        flaw::malformed,     flaw::bad_signature,
                         flaw::expired,        flaw::not_yet_valid, flaw::wrong_issuer,
                         flaw::wrong_audience, flaw::invalid_user,  flaw::none};
  bool any_refusal = false;  ///< of another server: any 4xx will do
};

class refusals {
 public:
  refusals(desk&, const mint&, const refusal_mix&, places);

  /// Does job `number`. `kept` is a connection of the caller's, for `way::kept`.
  task<void> run(std::uint64_t number, peer& kept);

 private:
  struct job {
    way come;
    flaw with;
    std::uint64_t salt;  ///< what is left of the number: varies the rest
    wish request;
    std::uint16_t port;
  };
  [[nodiscard]] job job_of(std::uint64_t number) const;
  task<void> come_kept(job, peer& kept);
  task<void> come_once(job);
  task<void> come_with_payload(job);
  task<void> poll_with_payload(job);
  task<void> come_and_reset(job);
  void expect_refusal(const job&, const answer&) const;

  desk& desk_;
  const mint& mint_;
  const refusal_mix& mix_;
  places to_;
};

}  // namespace encke::soak
