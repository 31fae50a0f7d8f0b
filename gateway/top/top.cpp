// SPDX-License-Identifier: MIT
#include "gateway/top/top.hpp"

#include <fmt/format.h>
#include <unistd.h>

#include <algorithm>
#include <boost/asio/co_spawn.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/posix/stream_descriptor.hpp>
#include <boost/asio/redirect_error.hpp>
#include <boost/asio/signal_set.hpp>
#include <boost/asio/steady_timer.hpp>
#include <boost/asio/use_awaitable.hpp>
#include <boost/json/object.hpp>
#include <boost/json/parse.hpp>
#include <csignal>
#include <exception>
#include <iostream>

#include "gateway/top/client.hpp"
#include "gateway/top/terminal.hpp"
#include "gateway/top/text.hpp"

namespace encke::gateway {

namespace {

using boost::asio::use_awaitable;

constexpr int done = 0, failed = 1;
constexpr std::chrono::seconds note_stays{5};

task<top_snapshot> fetch(top_client& api, top_sort sort) {
  const auto memory = co_await api.call("GET", "/debug/memory");
  const auto stats = co_await api.call("GET", "/debug/stats");
  const auto top = co_await api.call("GET", fmt::format("/debug/memory/top?by={}&limit=20", to_string(sort)));
  co_return read_snapshot(memory, stats, top);
}

/// Runs the loop until this coroutine is done; what it throws is thrown here.
template <class T>
T finish(boost::asio::io_context& loop, task<T> work) {
  std::exception_ptr thrown;
  std::optional<T> result;
  boost::asio::co_spawn(loop, std::move(work), [&](std::exception_ptr error, T value) {
    thrown = error;
    result = std::move(value);
  });
  loop.run();
  loop.restart();
  if (thrown) std::rethrow_exception(thrown);
  return std::move(*result);
}

task<top_snapshot> fetch_twice(boost::asio::io_context& loop, top_client& api, const top_options& options) {
  const auto before = co_await fetch(api, options.sort);
  boost::asio::steady_timer timer{loop, options.interval};
  co_await timer.async_wait(use_awaitable);
  auto now = co_await fetch(api, options.sort);
  compare(now, before);
  co_return now;
}

top_view view_of(const top_options& options) {
  top_view view;
  view.unicode = options.unicode;
  view.sort = options.sort;
  view.api = options.api.text();
  view.interval = options.interval;
  return view;
}

/// Those that end the program, change the size of the terminal or stop it.
struct signals : boost::asio::signal_set {
  explicit signals(boost::asio::io_context& loop) : boost::asio::signal_set(loop, SIGINT, SIGTERM, SIGHUP) {
    for (const int more : {SIGQUIT, SIGWINCH, SIGTSTP}) add(more);
  }
};

/// The keys that are one character; arrows and the like are sequences that begin with an escape.
std::string without_sequences(std::string_view typed) {
  std::string keys;
  for (std::size_t i = 0; i < typed.size(); ++i) {
    if (typed[i] != '\x1b') {
      keys += typed[i];
    } else if (i + 1 < typed.size() && (typed[i + 1] == '[' || typed[i + 1] == 'O')) {
      i += 2;
      while (i < typed.size() && (typed[i] < '@' || typed[i] > '~')) ++i;
    }
  }
  return keys;
}

/// The live display. Fetching, keys and signals are coroutines of one loop; whoever changes something draws.
class live_top {
 public:
  live_top(boost::asio::io_context& loop, top_client& api, const top_options& options, top_snapshot first)
      : loop_{loop}, api_{api}, now_{std::move(first)}, view_{view_of(options)} {
    view_.colors = options.colors;
  }

  void run() {
    watch_signals();
    start(refresh());
    start(read_keys());
    draw(true);
    loop_.run();
    terminal_.leave();
    if (thrown_) std::rethrow_exception(thrown_);
  }

 private:
  enum class wish { none, purge, mark };

  void start(task<void> work) {
    boost::asio::co_spawn(loop_, std::move(work), [this](std::exception_ptr error) {
      if (!error || loop_.stopped()) return;
      thrown_ = error;
      loop_.stop();
    });
  }

  void draw(bool clear = false) {
    const auto [width, height] = terminal_.size();
    view_.width = width;
    view_.height = height;
    terminal_.show(render(now_, view_), clear);
  }

  void tell(std::string note, bool is_trouble) {
    view_.note = std::move(note);
    view_.is_trouble = is_trouble;
    note_ends_ = std::chrono::steady_clock::now() + note_stays;
  }

  /// Asks, draws and sleeps, and in between does what a key wished for. Trouble is shown, and tried again.
  task<void> refresh() {
    for (;;) {
      timer_.expires_after(std::exchange(is_woken_, false) ? std::chrono::milliseconds{0} : view_.interval);
      boost::system::error_code woken;
      co_await timer_.async_wait(boost::asio::redirect_error(use_awaitable, woken));
      std::string trouble;
      try {
        co_await grant();
        if (!view_.paused) co_await look();
      } catch (const std::exception& error) {
        trouble = error.what();
      }
      if (!trouble.empty())
        tell(trouble, true);
      else if (view_.is_trouble || std::chrono::steady_clock::now() > note_ends_)
        view_.note.clear(), view_.is_trouble = false;
      draw();
    }
  }

  task<void> look() {
    auto fresh = co_await fetch(api_, view_.sort);
    compare(fresh, now_);
    now_ = std::move(fresh);
  }

  task<void> grant() {
    const auto wanted = std::exchange(wish_, wish::none);
    if (wanted == wish::mark) {
      co_await api_.call("POST", "/debug/memory/mark");
      tell("marked: what changes from now on is shown beside each part", false);
    } else if (wanted == wish::purge) {
      const auto text = co_await api_.call("POST", "/debug/memory/purge");
      const auto answer = boost::json::parse(text);
      const auto given = answer.at("given_back").to_number<double>(), left = answer.at("rss_after").to_number<double>();
      tell(fmt::format("purged: {} given back, {} resident", show_bytes(given), show_bytes(left)), false);
    }
  }

  task<void> read_keys() {
    boost::asio::posix::stream_descriptor keys{loop_, ::dup(terminal_.descriptor())};
    std::array<char, 64> pressed{};
    for (;;) {
      co_await keys.async_wait(boost::asio::posix::stream_descriptor::wait_read, use_awaitable);
      const auto size = ::read(keys.native_handle(), pressed.data(), pressed.size());
      if (size == 0 || (size < 0 && errno != EAGAIN && errno != EINTR)) break;  // the terminal is gone
      for (const char key : without_sequences({pressed.data(), static_cast<std::size_t>(std::max<ssize_t>(size, 0))}))
        press(key);
      draw();
    }
    loop_.stop();
  }

  void press(char key) {
    constexpr int sorts = 3, tables = 3;
    if (key == 'q') loop_.stop();
    if (key == 's') sort_by(static_cast<top_sort>((static_cast<int>(view_.sort) + 1) % sorts));
    if (key == 'b') sort_by(top_sort::bytes);
    if (key == 'u') sort_by(top_sort::queued);
    if (key == 'w') sort_by(top_sort::waiting);
    if (key == 't') view_.table = static_cast<top_table>((static_cast<int>(view_.table) + 1) % tables);
    if (key == 'p') ask_for(wish::purge, "purging");
    if (key == 'm') ask_for(wish::mark, "marking");
    if (key == '+') view_.interval = std::max(shortest_interval, view_.interval / 2);
    if (key == '-') view_.interval = std::min(longest_interval, view_.interval * 2);
    if (key == '+' || key == '-') wake();
    if (key == '?') view_.help = !view_.help;
    if (key == ' ') {
      view_.paused = !view_.paused;
      wake();
    }
  }

  /// The next look is due, or, while one is being taken, one more behind it.
  void wake() {
    is_woken_ = true;
    timer_.cancel();
  }
  void sort_by(top_sort sort) {
    view_.sort = sort;
    wake();
  }
  void ask_for(wish what, const char* note) {
    wish_ = what;
    tell(note, false);
    wake();
  }

  void watch_signals() {
    signals_.async_wait([this](const boost::system::error_code& error, int number) {
      if (error) return;
      if (number == SIGTSTP) {
        terminal_.leave();
        std::raise(SIGSTOP);
        terminal_.enter();
      }
      if (number == SIGTSTP || number == SIGWINCH)
        draw(true);
      else
        loop_.stop();
      watch_signals();
    });
  }

  boost::asio::io_context& loop_;
  top_client& api_;
  top_snapshot now_;
  top_view view_;
  signals signals_{loop_};
  top_terminal terminal_{STDOUT_FILENO};  // behind the signals: none of them ends the program without putting it back
  boost::asio::steady_timer timer_{loop_};
  bool is_woken_ = false;
  std::chrono::steady_clock::time_point note_ends_;
  wish wish_ = wish::none;
  std::exception_ptr thrown_;
};

}  // namespace

int run_top(const top_options& options, std::ostream& out, std::ostream& err) {
  boost::asio::io_context loop{1};
  top_client api{loop.get_executor(), options.api, options.key};
  try {
    if (options.once || ::isatty(STDOUT_FILENO) == 0) {
      const auto now = finish(loop, fetch_twice(loop, api, options));
      auto view = view_of(options);
      view.width = 100;
      out << render(now, view);
    } else {
      auto first = finish(loop, fetch(api, options.sort));
      live_top{loop, api, options, std::move(first)}.run();
    }
    return done;
  } catch (const std::exception& error) {
    err << "encke top: " << error.what() << '\n';
    return failed;
  }
}

}  // namespace encke::gateway
