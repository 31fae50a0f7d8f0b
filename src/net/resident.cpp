// SPDX-License-Identifier: MIT
// What the kernel says of the memory of this process.
#include <fcntl.h>
#include <unistd.h>
#include <array>
#include <charconv>
#include <encke/memory.hpp>
#include <string_view>

namespace encke {

// The second field of statm, in pages (proc(5)). Nothing is allocated for it.
std::size_t resident_bytes() noexcept {
  std::array<char, 128> text;
  const int statm = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (statm < 0) return 0;
  const auto size = ::read(statm, text.data(), text.size());
  ::close(statm);
  const std::string_view fields{text.data(), size > 0 ? static_cast<std::size_t>(size) : 0};
  const auto second = fields.find(' ');
  if (second == fields.npos) return 0;
  std::size_t pages = 0;
  std::from_chars(fields.data() + second + 1, fields.data() + fields.size(), pages);
  return pages * static_cast<std::size_t>(::sysconf(_SC_PAGESIZE));
}

}  // namespace encke
