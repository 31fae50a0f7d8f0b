// SPDX-License-Identifier: MIT
// Lifeline: tells what waits on a loop of the user's whether its worker is still there, for that loop may go on longer
// than the server. Workers on loops of their own need none, and theirs costs nothing.
#pragma once

#include <atomic>
#include <boost/asio/execution.hpp>
#include <boost/asio/prefer.hpp>
#include <boost/asio/query.hpp>
#include <boost/asio/require.hpp>
#include <cstdint>
#include <memory>
#include <type_traits>
#include <utility>

namespace encke::net {

class lifeline {
 public:
  /// Of a worker that its loop cannot outlive.
  lifeline() = default;
  /// Of one that comes to an end.
  [[nodiscard]] static lifeline of_mortal() {
    lifeline made;
    made.stage_ = std::make_shared<std::atomic<stage>>(stage::serving);
    return made;
  }

  /// Nothing of the server's runs any more.
  void end() const noexcept { come_to(stage::ended); }
  /// The worker is destroyed.
  void lose() const noexcept { come_to(stage::gone); }

  [[nodiscard]] bool serves() const noexcept { return !stage_ || *stage_ == stage::serving; }
  [[nodiscard]] bool is_there() const noexcept { return !stage_ || *stage_ != stage::gone; }

  friend bool operator==(const lifeline&, const lifeline&) noexcept = default;

 private:
  enum class stage : std::uint8_t { serving, ended, gone };
  void come_to(stage next) const noexcept {
    if (stage_) *stage_ = next;
  }
  std::shared_ptr<std::atomic<stage>> stage_;
};

/// An executor that runs what is given to it as long as the worker serves, and destroys it unrun afterwards: coroutines
/// go with the server, wherever they are.
template <class Inner>
class mortal_executor {
 public:
  mortal_executor(Inner inner, lifeline line) noexcept : inner_{std::move(inner)}, line_{std::move(line)} {}

  template <class F>
  void execute(F&& f) const {
    inner_.execute([line = line_, act = std::decay_t<F>(std::forward<F>(f))]() mutable {
      if (line.serves()) std::move(act)();
    });
  }

  template <class Property>
  requires boost::asio::can_query<const Inner&, Property>::value [[nodiscard]] decltype(auto) query(
      const Property& p) const noexcept {
    return boost::asio::query(inner_, p);
  }
  template <class Property>
  requires boost::asio::can_require<const Inner&, Property>::value [[nodiscard]] auto require(
      const Property& p) const noexcept {
    return with(boost::asio::require(inner_, p));
  }
  template <class Property>
  requires boost::asio::can_prefer<const Inner&, Property>::value [[nodiscard]] auto prefer(
      const Property& p) const noexcept {
    return with(boost::asio::prefer(inner_, p));
  }

  friend bool operator==(const mortal_executor&, const mortal_executor&) noexcept = default;

 private:
  template <class Other>
  [[nodiscard]] mortal_executor<Other> with(Other inner) const noexcept {
    return {std::move(inner), line_};
  }
  Inner inner_;
  lifeline line_;
};

}  // namespace encke::net
