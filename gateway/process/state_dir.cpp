// SPDX-License-Identifier: MIT
// The development secret: written to a file of its own first and linked under its name when complete, so that whoever
// reads it sees all of it, and the first of two writers wins.
#include "gateway/process/state_dir.hpp"

#include <fcntl.h>
#include <fmt/format.h>
#include <openssl/rand.h>
#include <sys/stat.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <optional>
#include <stdexcept>

namespace encke::gateway::state_dir {
namespace {

namespace fs = std::filesystem;

constexpr std::size_t secret_length = 64;

[[noreturn]] void fail(const fs::path& path, std::string_view why) {
  throw std::runtime_error{fmt::format("{}: {}", path.string(), why)};
}

class descriptor {
 public:
  explicit descriptor(int fd) : fd_{fd} {}
  descriptor(const descriptor&) = delete;
  descriptor& operator=(const descriptor&) = delete;
  ~descriptor() {
    if (fd_ >= 0) ::close(fd_);
  }
  [[nodiscard]] int get() const { return fd_; }
  [[nodiscard]] bool is_open() const { return fd_ >= 0; }

 private:
  int fd_;
};

std::string make_secret() {
  std::array<unsigned char, secret_length / 2> random{};
  if (RAND_bytes(random.data(), random.size()) != 1) throw std::runtime_error{"no random bytes for a secret"};
  std::string text;
  for (const unsigned char byte : random) text += fmt::format("{:02x}", byte);
  return text;
}

std::optional<std::string> read_secret(const fs::path& path) {
  const descriptor file{::open(path.c_str(), O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK)};
  if (!file.is_open()) {
    if (errno == ENOENT) return std::nullopt;
    fail(path, fmt::format("cannot be read: {}", std::strerror(errno)));
  }
  struct stat info {};
  if (::fstat(file.get(), &info) != 0 || !S_ISREG(info.st_mode)) fail(path, "is not a regular file");
  if (info.st_uid != ::geteuid()) fail(path, "belongs to another user");
  if ((info.st_mode & 077) != 0) fail(path, "can be read by other users: chmod 600, or delete it to get a new secret");
  std::array<char, secret_length + 2> buffer{};
  const auto count = ::read(file.get(), buffer.data(), buffer.size());
  std::string_view text{buffer.data(), static_cast<std::size_t>(std::max<ssize_t>(count, 0))};
  if (text.ends_with('\n')) text.remove_suffix(1);
  if (text.size() != secret_length || text.find_first_not_of("0123456789abcdef") != std::string_view::npos)
    fail(path, "does not hold a secret made by encke: delete it to get a new one");
  return std::string{text};
}

void write_secret(const fs::path& path, const std::string& secret) {
  std::string pattern = path.string() + ".XXXXXX";
  const descriptor file{::mkostemp(pattern.data(), O_CLOEXEC)};  // made with mode 0600
  if (!file.is_open()) fail(path, fmt::format("cannot be written: {}", std::strerror(errno)));
  const auto text = secret + "\n";
  const bool written = ::write(file.get(), text.data(), text.size()) == static_cast<ssize_t>(text.size());
  const bool linked = written && ::link(pattern.c_str(), path.c_str()) == 0;
  const int error = errno;
  ::unlink(pattern.c_str());
  // EEXIST: another process was first; its secret is the one.
  if (!linked && !(written && error == EEXIST)) fail(path, fmt::format("cannot be written: {}", std::strerror(error)));
}

}  // namespace

fs::path default_path(const environment& variables) {
  fs::path xdg, home;
  for (const auto& [name, value] : variables) {
    if (name == "XDG_CONFIG_HOME") xdg = value;
    if (name == "HOME") home = value;
  }
  if (xdg.is_absolute()) return xdg / "encke";
  return home.empty() ? fs::path{} : home / ".config" / "encke";
}

std::string dev_secret(const fs::path& directory) {
  if (directory.empty()) throw std::runtime_error{"no place for the development secret: set HOME, or give --state-dir"};
  const auto path = directory / "dev-secret";
  if (auto secret = read_secret(path)) return *secret;
  std::error_code error;
  const bool made = fs::create_directories(directory, error);
  if (error) fail(directory, fmt::format("cannot be made: {}", error.message()));
  if (made) fs::permissions(directory, fs::perms::owner_all, error);
  write_secret(path, make_secret());
  if (auto secret = read_secret(path)) return *secret;
  fail(path, "vanished while it was made");
}

}  // namespace encke::gateway::state_dir
