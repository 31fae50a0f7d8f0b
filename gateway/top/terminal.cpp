// SPDX-License-Identifier: MIT
#include "gateway/top/terminal.hpp"

#include <fcntl.h>
#include <poll.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <string>
#include <system_error>

namespace encke::gateway {

namespace {

constexpr int longest_block = 1000;  // ms that a stopped terminal is waited for before a frame is given up

[[noreturn]] void fail(const char* what) {
  throw std::system_error{errno, std::generic_category(), what};
}

}  // namespace

top_terminal::top_terminal(int descriptor) {
  // A description of its own: what waits for keys makes it non-blocking, and the shell's must not become so.
  std::array<char, 256> name{};
  if (::ttyname_r(descriptor, name.data(), name.size()) != 0) fail("the terminal has no name");
  descriptor_ = ::open(name.data(), O_RDWR | O_NOCTTY | O_CLOEXEC);
  if (descriptor_ < 0) fail("the terminal cannot be opened");
  try {
    enter();
  } catch (...) {
    ::close(descriptor_);
    throw;
  }
}

top_terminal::~top_terminal() {
  leave();
  ::close(descriptor_);
}

void top_terminal::enter() {
  if (is_entered_) return;
  if (::tcgetattr(descriptor_, &before_) != 0) fail("the terminal does not tell its settings");
  auto raw = before_;
  // Ctrl-C and Ctrl-Z stay signals.
  raw.c_lflag &= ~static_cast<tcflag_t>(ICANON | ECHO);
  raw.c_cc[VMIN] = 0;
  raw.c_cc[VTIME] = 0;
  if (::tcsetattr(descriptor_, TCSAFLUSH, &raw) != 0) fail("the terminal does not take settings");
  is_entered_ = true;
  write("\x1b[?1049h\x1b[?25l\x1b[?7l");  // alternate screen, no cursor, no wrapping
}

void top_terminal::leave() noexcept {
  if (!is_entered_) return;
  write("\x1b[0m\x1b[?7h\x1b[?25h\x1b[?1049l");
  ::tcsetattr(descriptor_, TCSAFLUSH, &before_);
  is_entered_ = false;
}

void top_terminal::show(std::string_view frame, bool clear) {
  std::string out = clear ? "\x1b[2J\x1b[H" : "\x1b[H";
  while (!frame.empty()) {
    const auto end = frame.find('\n');
    const auto rest = end == std::string_view::npos ? std::string_view{} : frame.substr(end + 1);
    // Cleared before it is written: behind a line of the full width the cursor still stands on its last cell.
    out.append(rest.empty() ? "\x1b[J" : "\x1b[K").append(frame.substr(0, end)).append(rest.empty() ? "" : "\r\n");
    frame = rest;
  }
  write(out);
}

terminal_size top_terminal::size() const {
  winsize window{};
  if (::ioctl(descriptor_, TIOCGWINSZ, &window) != 0 || window.ws_col == 0 || window.ws_row == 0) return {};
  return {window.ws_col, window.ws_row};
}

void top_terminal::write(std::string_view bytes) const noexcept {
  while (!bytes.empty()) {
    const auto written = ::write(descriptor_, bytes.data(), bytes.size());
    if (written > 0) {
      bytes.remove_prefix(static_cast<std::size_t>(written));
    } else if (errno == EAGAIN) {
      pollfd ready{descriptor_, POLLOUT, 0};
      if (::poll(&ready, 1, longest_block) == 0) return;
    } else if (errno != EINTR) {
      return;
    }
  }
}

}  // namespace encke::gateway
