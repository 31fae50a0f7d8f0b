// SPDX-License-Identifier: MIT
// Asking shards from a coroutine: each answers on its own worker, now or later, and the coroutine goes on where it was
// when all have. Used by target and socket for acks and for listing.
#pragma once

#include <boost/asio/associated_executor.hpp>
#include <boost/asio/async_result.hpp>
#include <boost/asio/post.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <encke/task.hpp>
#include <functional>
#include <hub/core.hpp>
#include <hub/shard.hpp>
#include <memory>
#include <utility>
#include <vector>

namespace encke::hub {

/// What one shard does: calls its second parameter once with its part of the answer.
template <class Part>
using ask_part = std::function<void(shard&, std::move_only_function<void(Part)>)>;

/// Starts something that calls back once, from any thread; the awaiting coroutine is resumed on its own executor.
template <class Value>
task<Value> resume_with(std::move_only_function<void(std::move_only_function<void(Value)>)> start) {
  return boost::asio::async_initiate<const boost::asio::use_awaitable_t<>&, void(Value)>(
      [](auto handler, auto begin) {
        begin([handler = std::move(handler)](Value value) mutable {
          auto executor = boost::asio::get_associated_executor(handler);
          boost::asio::post(executor, [handler = std::move(handler), value = std::move(value)]() mutable {
            std::move(handler)(std::move(value));
          });
        });
      },
      boost::asio::use_awaitable, std::move(start));
}

template <class Part>
task<Part> ask_one(shard& home, ask_part<Part> part) {
  return resume_with<Part>([&home, part = std::move(part)](auto done) mutable {
    home.run([&home, part = std::move(part), done = std::move(done)]() mutable { part(home, std::move(done)); });
  });
}

/// The parts of all shards, in no particular order.
template <class Part>
task<std::vector<Part>> ask_all(const core& owner, ask_part<Part> part) {
  struct gathering {  // changed on one worker only: that of `home`
    shard& home;
    std::size_t missing;
    std::vector<Part> parts;
    std::move_only_function<void(std::vector<Part>)> done;
  };
  return resume_with<std::vector<Part>>([&owner, part = std::move(part)](auto done) {
    const auto& shards = owner.shards();
    auto gathered = std::make_shared<gathering>(*shards.front(), shards.size(), std::vector<Part>{}, std::move(done));
    owner.on_each_shard([part, gathered](shard& one) {
      part(one, [gathered](Part piece) {
        gathered->home.run([gathered, piece = std::move(piece)]() mutable {
          gathered->parts.push_back(std::move(piece));
          if (--gathered->missing == 0) gathered->done(std::move(gathered->parts));
        });
      });
    });
  });
}

}  // namespace encke::hub
