// SPDX-License-Identifier: MIT
#include "gateway/process/files.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <sys/stat.h>
#include <unistd.h>

#include <cerrno>
#include <cstring>
#include <utility>

#include "gateway/text/units.hpp"

namespace encke::gateway {
namespace {

class descriptor {
 public:
  explicit descriptor(int number) : number_{number} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (number_ >= 0) ::close(number_);
  }
  [[nodiscard]] int number() const { return number_; }

 private:
  int number_;
};

std::string words_of(int error) {
  return fmt::format("cannot be read: {}", std::strerror(error));
}

// A pipe would be waited for, now or at the next reload.
std::string why_wrong_kind(mode_t mode) {
  if (S_ISREG(mode) || S_ISCHR(mode)) return {};
  if (S_ISDIR(mode)) return "cannot be read: is a directory";
  if (S_ISFIFO(mode)) return "cannot be read: is a pipe, and settings are read again on SIGHUP: give a file";
  return "cannot be read: is not a file";
}

// O_NONBLOCK: the open of a pipe nobody writes to, and the read of a terminal, would wait.
int open_now(const std::string& path) {
  return ::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NONBLOCK | O_NOCTTY);
}

std::string why_not_opened(const descriptor& file) {
  if (file.number() < 0) return words_of(errno);
  struct stat info {};
  if (::fstat(file.number(), &info) != 0) return words_of(errno);
  return why_wrong_kind(info.st_mode);
}

}  // namespace

std::optional<std::string> read_file(const std::string& path, std::size_t most, std::string& why) {
  const descriptor file{open_now(path)};
  why = why_not_opened(file);
  if (!why.empty()) return std::nullopt;
  std::string text(most + 1, '\0');
  std::size_t size = 0;
  while (size < text.size()) {
    const auto got = ::read(file.number(), text.data() + size, text.size() - size);
    if (got < 0 && errno == EINTR) continue;
    if (got < 0) {
      why = words_of(errno);
      return std::nullopt;
    }
    if (got == 0) break;
    size += static_cast<std::size_t>(got);
  }
  if (size > most) {
    why = fmt::format("is larger than {}", format_size(most));
    return std::nullopt;
  }
  text.resize(size);
  return text;
}

std::string why_unreadable(const std::string& path) {
  return why_not_opened(descriptor{open_now(path)});
}

std::string why_not_private(const std::string& path) {
  struct stat info {};
  if (::stat(path.c_str(), &info) != 0 || !S_ISREG(info.st_mode)) return {};
  if ((info.st_mode & S_IWOTH) != 0) return "can be changed by every user of this machine: chmod o-rwx";
  return (info.st_mode & S_IROTH) != 0 ? "can be read by every user of this machine: chmod o-rwx" : "";
}

}  // namespace encke::gateway
