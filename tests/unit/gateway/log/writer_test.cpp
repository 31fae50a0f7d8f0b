// SPDX-License-Identifier: MIT
// Lines on their way to a descriptor that takes none, takes half of one, or is gone.
#include "gateway/log/writer.hpp"

#include <fcntl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <unistd.h>

#include <array>
#include <csignal>
#include <encke/ledger.hpp>
#include <optional>

#include "unit/gateway/config_support.hpp"

namespace encke::gateway::test {
namespace {

using namespace std::chrono_literals;
using clock = std::chrono::steady_clock;

constexpr auto patience = 10s;

std::string lost_line(std::uint64_t lost) {
  return "lost " + std::to_string(lost) + "\n";
}

/// The two ends of a pipe; the writing one belongs to the writer.
struct pipe_ends {
  pipe_ends() { EXPECT_EQ(::pipe2(ends.data(), O_CLOEXEC), 0); }
  ~pipe_ends() { close_reader(); }
  void close_reader() {
    if (ends[0] >= 0) ::close(std::exchange(ends[0], -1));
  }
  /// The next line that comes, without its end.
  std::string next_line() {
    for (std::size_t end; (end = unread.find('\n')) == std::string::npos;) {
      std::array<char, 65536> some{};
      const auto count = ::read(ends[0], some.data(), some.size());
      if (count <= 0) return {};
      unread.append(some.data(), static_cast<std::size_t>(count));
    }
    const auto end = unread.find('\n');
    auto line = unread.substr(0, end);
    unread.erase(0, end + 1);
    return line;
  }
  /// Reads until records and told losses are so many; gives how many losses were told.
  std::uint64_t read_all(std::uint64_t expected) {
    std::uint64_t records = 0, told = 0;
    while (records + told < expected) {
      const auto line = next_line();
      if (line.empty()) break;
      line.starts_with("lost ") ? told += std::stoull(line.substr(5)) : ++records;
    }
    return told;
  }
  std::string unread;
  std::array<int, 2> ends{-1, -1};
};

/// Files may not get larger than this, as if the disk were full.
class full_disk {
 public:
  explicit full_disk(rlim_t size) {
    ::getrlimit(RLIMIT_FSIZE, &before_);
    const rlimit now{size, before_.rlim_max};
    ::setrlimit(RLIMIT_FSIZE, &now);
  }
  ~full_disk() { ::setrlimit(RLIMIT_FSIZE, &before_); }

 private:
  rlimit before_{};
};

int open_new(const std::string& path) {
  return ::open(path.c_str(), O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC, 0600);
}

TEST(log_writer, writes_in_order) {
  const folder f;
  log_writer out{open_new(f.file("a")), lost_line};
  std::string expected;
  for (int i = 0; i < 10'000; ++i) {
    const auto line = "record " + std::to_string(i) + "\n";
    out.put(line);
    expected += line;
  }
  EXPECT_TRUE(out.flush(patience));
  EXPECT_EQ(content_of(f.file("a")), expected);
  EXPECT_EQ(out.lost(), 0U);
}

TEST(log_writer, waits_for_no_reader_and_tells_what_was_lost) {
  pipe_ends pipe;
  log_writer out{pipe.ends[1], lost_line};
  const auto begun = clock::now();
  constexpr std::uint64_t all = 5000;  // the pipe holds 64 KiB, the queue 1 MiB, and as much is on its way
  for (std::uint64_t i = 0; i < all; ++i) out.put(std::string(999, 'x') + "\n");
  EXPECT_LT(clock::now() - begun, 5s);
  const auto lost = out.lost();
  EXPECT_GT(lost, all / 3);
  EXPECT_LT(lost, all);
  EXPECT_FALSE(out.flush(1ms));

  EXPECT_EQ(pipe.read_all(all), lost);
  out.put("after\n");
  EXPECT_EQ(pipe.next_line(), "after");
  EXPECT_EQ(out.lost(), lost);
}

TEST(log_writer, is_not_held_up_by_a_reader_when_it_ends) {
  const pipe_ends pipe;
  const auto begun = clock::now();
  {
    log_writer out{pipe.ends[1], lost_line};
    for (int i = 0; i < 1000; ++i) out.put(std::string(999, 'x') + "\n");
  }
  EXPECT_LT(clock::now() - begun, 5s);
}

TEST(log_writer, survives_a_reader_that_goes_away) {
  pipe_ends pipe;
  log_writer out{pipe.ends[1], lost_line};
  pipe.close_reader();
  out.put("nobody reads this\n");
  EXPECT_TRUE(out.flush(patience));
  EXPECT_EQ(out.lost(), 1U);
}

TEST(log_writer, survives_a_socket_whose_peer_goes_away) {
  std::array<int, 2> ends{};
  ASSERT_EQ(::socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ends.data()), 0);
  log_writer out{ends[1], lost_line};
  out.put("first\n");
  EXPECT_TRUE(out.flush(patience));
  ::close(ends[0]);
  out.put("second\n");
  EXPECT_TRUE(out.flush(patience));
  EXPECT_EQ(out.lost(), 1U);
}

TEST(log_writer, completes_a_record_of_which_the_disk_took_half) {
  const folder f;
  log_writer out{open_new(f.file("a")), lost_line};
  {
    const full_disk at{10};
    out.put("first\n");
    EXPECT_TRUE(out.flush(patience));
    out.put("second\n");  // four bytes of it find room
    EXPECT_TRUE(out.flush(patience));
    EXPECT_EQ(content_of(f.file("a")), "first\nseco");
    for (int i = 0; i < 3; ++i) out.put("third\n");
    EXPECT_TRUE(out.flush(patience));
    EXPECT_EQ(content_of(f.file("a")), "first\nseco");
  }
  out.put("fourth\n");
  EXPECT_TRUE(out.flush(patience));
  EXPECT_EQ(content_of(f.file("a")), "first\nsecond\nlost 3\nfourth\n");
  EXPECT_EQ(out.lost(), 3U);
}

TEST(log_writer, tells_of_a_loss_once_more_when_the_line_about_it_was_lost) {
  const folder f;
  log_writer out{open_new(f.file("a")), lost_line};
  {
    const full_disk at{0};
    for (const auto* record : {"one\n", "two\n", "three\n"}) {
      out.put(record);
      EXPECT_TRUE(out.flush(patience));
    }
  }
  out.put("four\n");
  EXPECT_TRUE(out.flush(patience));
  EXPECT_EQ(content_of(f.file("a")), "lost 3\nfour\n");
}

TEST(log_writer, turns_to_another_file_at_the_border_of_a_record) {
  const folder f;
  log_writer out{open_new(f.file("a")), lost_line};
  {
    const full_disk at{4};
    out.put("second\n");
    EXPECT_TRUE(out.flush(patience));
  }
  out.turn_to(open_new(f.file("b")));
  out.put("third\n");
  EXPECT_TRUE(out.flush(patience));
  EXPECT_EQ(content_of(f.file("a")), "seco");
  EXPECT_EQ(content_of(f.file("b")), "lost 1\nthird\n");
}

TEST(log_writer, turns_away_from_a_pipe_that_stands_still) {
  const folder f;
  const pipe_ends pipe;
  log_writer out{pipe.ends[1], lost_line};
  for (int i = 0; i < 100; ++i) out.put(std::string(999, 'x') + "\n");
  EXPECT_FALSE(out.flush(1ms));
  out.turn_to(open_new(f.file("b")));
  out.put("here\n");
  EXPECT_TRUE(out.flush(patience));
  EXPECT_TRUE(content_of(f.file("b")).ends_with("\nhere\n"));
}

TEST(log_writer, charges_what_waits_and_keeps_little) {
  const auto before = ledger::snapshot()[ledger::purpose::history].bytes;
  {
    pipe_ends pipe;
    log_writer out{pipe.ends[1], lost_line};
    for (int i = 0; i < 5000; ++i) out.put(std::string(999, 'x') + "\n");
    const auto held = ledger::snapshot()[ledger::purpose::history].bytes - before;
    EXPECT_GT(held, static_cast<std::int64_t>(log_writer::most_waiting));
    EXPECT_LT(held, static_cast<std::int64_t>(5 * log_writer::most_waiting));
    (void)pipe.read_all(5000);
    EXPECT_TRUE(out.flush(patience));
    EXPECT_LT(ledger::snapshot()[ledger::purpose::history].bytes - before, 256 * 1024);
  }
  EXPECT_EQ(ledger::snapshot()[ledger::purpose::history].bytes, before);
}

}  // namespace
}  // namespace encke::gateway::test
