// SPDX-License-Identifier: MIT
// What a mapping is for is told by its file and its rights, and for those without a file by what lies before it.
#include "gateway/process/smaps.hpp"

#include <fcntl.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <charconv>
#include <optional>
#include <string>

namespace encke::gateway {

namespace {

// Of memory without a file, allocators take more at once; what is smaller the loader took for itself and for the main
// thread's variables.
constexpr std::uint64_t least_heap = 128 * 1024;
constexpr std::uint64_t page = 4096;

struct mapping {
  std::uint64_t begin = 0, end = 0;
  std::string_view rights;  // "rw-p"
  std::string_view name;    // a path, "[stack]", or ""

  [[nodiscard]] std::uint64_t size() const { return end - begin; }
  [[nodiscard]] bool is_file() const { return name.starts_with('/'); }
  [[nodiscard]] bool is_shared() const { return rights[3] == 's'; }
  [[nodiscard]] bool is_writable() const { return rights[1] == 'w'; }
};

std::string_view word_of(std::string_view& line) {
  const auto begin = std::min(line.find_first_not_of(' '), line.size());
  const auto end = std::min(line.find(' ', begin), line.size());
  const auto word = line.substr(begin, end - begin);
  line.remove_prefix(end);
  return word;
}

// 7f35e7a1e000-7f35e7a44000 r--p 00000000 fe:00 326269     /usr/lib/libc.so.6
std::optional<mapping> read_head(std::string_view line) {
  mapping one;
  auto rest = line;
  const auto range = word_of(rest);
  const auto* end = range.data() + range.size();
  const auto [dash, bad_begin] = std::from_chars(range.data(), end, one.begin, 16);
  if (bad_begin != std::errc{} || dash == end || *dash != '-') return std::nullopt;
  const auto [last, bad_end] = std::from_chars(dash + 1, end, one.end, 16);
  if (bad_end != std::errc{} || last != end) return std::nullopt;
  one.rights = word_of(rest);
  if (one.rights.size() != 4) return std::nullopt;
  for (int skipped = 0; skipped < 3; ++skipped) word_of(rest);
  one.name = rest.substr(std::min(rest.find_first_not_of(' '), rest.size()));
  return one;
}

class sorter {
 public:
  void on_head(const mapping& one) {
    into_ = place_of(one);
    before_ = one;
  }
  void on_resident(std::int64_t bytes) {
    if (into_ != nullptr) *into_ += bytes;
  }
  [[nodiscard]] const process_memory& sum() const { return sum_; }

 private:
  std::int64_t* place_of(const mapping& one) {
    if (one.is_shared()) return &sum_.other;
    if (one.is_file()) return place_of_file(one);
    if (one.name == "[vdso]") return &sum_.code;
    if (one.name.starts_with("[stack")) return &sum_.stacks;
    if (!one.name.empty() && one.name != "[heap]" && !one.name.starts_with("[anon")) return &sum_.other;
    const bool follows = one.begin == before_.end;
    // glibc puts a page nobody may touch below each thread's stack.
    if (follows && before_.rights == "---p" && before_.size() == page && one.is_writable()) return &sum_.stacks;
    // Variables without a value of their own follow those that have one.
    const bool is_behind_data = follows && before_.is_file() && before_.is_writable();
    return is_behind_data || one.size() < least_heap ? &sum_.static_data : &sum_.heap;
  }

  // A library is mapped in pieces, one behind the other, of which one is code. Other files have none.
  std::int64_t* place_of_file(const mapping& one) {
    const bool is_program = one.rights[2] == 'x' || program_ == one.name || one.name.find(".so") != one.name.npos;
    if (one.rights[2] == 'x') program_ = one.name;
    if (one.is_writable()) return &sum_.static_data;
    return is_program || program_.empty() ? &sum_.code : &sum_.other;
  }

  process_memory sum_;
  mapping before_;
  std::string_view program_;  // the file whose code came last
  std::int64_t* into_ = nullptr;
};

std::string read_all(const char* path) {
  std::string text;
  const int file = ::open(path, O_RDONLY | O_CLOEXEC);
  if (file < 0) return text;
  std::array<char, 16 * 1024> part;
  for (ssize_t size = 0; (size = ::read(file, part.data(), part.size())) > 0;)
    text.append(part.data(), static_cast<std::size_t>(size));
  ::close(file);
  return text;
}

}  // namespace

process_memory read_smaps(std::string_view text) {
  constexpr std::string_view resident = "Rss:";
  sorter all;
  while (!text.empty()) {
    const auto end = std::min(text.find('\n'), text.size());
    auto line = text.substr(0, end);
    text.remove_prefix(std::min(end + 1, text.size()));
    if (line.starts_with(resident)) {
      line.remove_prefix(resident.size());
      const auto number = word_of(line);
      std::int64_t kilobytes = 0;
      std::from_chars(number.data(), number.data() + number.size(), kilobytes);
      all.on_resident(kilobytes * 1024);
    } else if (!line.empty() && (line[0] < 'A' || line[0] > 'Z')) {
      if (const auto head = read_head(line)) all.on_head(*head);
    }
  }
  return all.sum();
}

process_memory look_at_process() {
  return read_smaps(read_all("/proc/self/smaps"));
}

}  // namespace encke::gateway
