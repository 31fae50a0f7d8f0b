// SPDX-License-Identifier: MIT
#include "gateway/process/standard_streams.hpp"

#include <fcntl.h>
#include <poll.h>
#include <unistd.h>

#include <cerrno>
#include <csignal>

namespace encke::gateway {

void hold_standard_streams() noexcept {
  for (int descriptor = STDIN_FILENO; descriptor <= STDERR_FILENO; ++descriptor) {
    if (::fcntl(descriptor, F_GETFD) >= 0 || errno != EBADF) continue;
    // The lowest free number is this one. Where there is no such device, a folder holds the place as well.
    if (::open("/dev/null", O_RDWR) < 0) (void)!::open("/", O_RDONLY | O_DIRECTORY);
  }
}

void ignore_write_signals() noexcept {
  std::signal(SIGPIPE, SIG_IGN);
  std::signal(SIGXFSZ, SIG_IGN);
}

bool say(std::string_view lines) noexcept {
  pollfd output{STDOUT_FILENO, POLLOUT, 0};
  if (::poll(&output, 1, 0) != 1 || (output.revents & POLLOUT) == 0) return false;
  return ::write(STDOUT_FILENO, lines.data(), lines.size()) == static_cast<ssize_t>(lines.size());
}

}  // namespace encke::gateway
