// SPDX-License-Identifier: MIT
#include <net/burdens.hpp>

#include <algorithm>
#include <encke/largest.hpp>
#include <net/worker.hpp>
#include <utility>

namespace encke::net {

namespace {

constexpr std::size_t most_burdens = 256;               // of one worker, in one round
constexpr auto grace = std::chrono::milliseconds{200};  // that a message may wait, and a client take to join
constexpr std::size_t least_unfinished = 16 * 1024;     // bytes; a smaller half message is no burden
// How long half a message counts to have waited: among themselves the largest goes first.
constexpr double assumed_wait = 1000;

struct stranger {
  std::size_t holds;
  connection* by_connection;  // one of the two
  session* by_session;
};

std::vector<stranger> strangers_of(worker& at) {
  std::vector<stranger> found;
  at.for_each_session([&](session& one) {
    if (!one.has_joined() && at.now() - one.opened_at() >= grace) found.push_back({one.weight().bytes, nullptr, &one});
  });
  at.for_each_connection([&](connection& one) {
    if (!one.from().internal && one.is_unclaimed()) found.push_back({one.held(), &one, nullptr});
  });
  return found;
}

}  // namespace

std::vector<burden> burdens_of(worker& at) {
  const auto is_heavier = [](const burden& a, const burden& b) { return a.score > b.score; };
  largest<burden, decltype(is_heavier)> heaviest{most_burdens, is_heavier};
  at.for_each_session([&](const session& one) {
    const auto unfinished = one.unfinished();
    if (!one.has_waiting() && unfinished < least_unfinished) return;
    const auto weight = one.weight();
    if (unfinished >= least_unfinished)
      heaviest.add({static_cast<double>(unfinished) * assumed_wait, weight.bytes, at.number(), too_much::unfinished,
                    std::string{one.sid()}});
    if (weight.waiting < grace) return;
    const auto score = static_cast<double>(weight.queued_bytes) * static_cast<double>(weight.waiting.count());
    heaviest.add({score, weight.bytes, at.number(), too_much::memory, std::string{one.sid()}});
  });
  if (const auto asked = at.shard().pending().heaviest(); asked.bytes >= least_unfinished)
    heaviest.add({static_cast<double>(asked.bytes) * assumed_wait,
                  asked.bytes,
                  at.number(),
                  too_much::nothing,
                  {},
                  asked.which});
  return heaviest.take();
}

void relieve(worker& at, const burden& one) {
  if (one.question) return at.shard().pending().give_up(*one.question);
  if (auto* client = at.find(one.sid)) client->cut(one.why);
}

std::size_t end_unjoined(worker& at, std::size_t wanted, std::size_t least) {
  auto found = strangers_of(at);
  std::size_t together = 0;
  for (const auto& one : found) together += one.holds;
  if (together < least) return 0;
  std::ranges::sort(found, std::greater{}, &stranger::holds);
  std::size_t won = 0, ended = 0;
  for (const auto& one : found) {
    if (won >= wanted) break;
    if (one.by_session) {
      one.by_session->cut(too_much::unjoined);
    } else {
      at.count(counter::cut_unjoined);
      one.by_connection->abort();
    }
    won += one.holds;
    ++ended;
  }
  return ended;
}

}  // namespace encke::net
