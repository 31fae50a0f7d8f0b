// SPDX-License-Identifier: MIT
// The terminal as `encke top` needs it: the alternate screen, no cursor, keys as they are pressed. However the program
// leaves, short of being killed, everything is as it was before.
#pragma once

#include <termios.h>

#include <cstddef>
#include <string_view>

namespace encke::gateway {

struct terminal_size {
  std::size_t width = 80, height = 24;
};

class top_terminal {
 public:
  /// Opens the terminal that this descriptor is and switches it over. Throws std::system_error.
  explicit top_terminal(int descriptor);
  ~top_terminal();
  top_terminal(const top_terminal&) = delete;
  top_terminal& operator=(const top_terminal&) = delete;

  /// Back to what it was, and over again: around a stop by Ctrl-Z.
  void leave() noexcept;
  void enter();

  /// Puts a frame of lines over the one before; `clear` when nothing of that one is to be relied upon.
  void show(std::string_view frame, bool clear);
  [[nodiscard]] terminal_size size() const;
  /// Readable when a key was pressed. Not shared with anybody's standard input.
  [[nodiscard]] int descriptor() const { return descriptor_; }

 private:
  void write(std::string_view bytes) const noexcept;

  int descriptor_ = -1;
  termios before_{};
  bool is_entered_ = false;
};

}  // namespace encke::gateway
