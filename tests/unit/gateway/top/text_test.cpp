// SPDX-License-Identifier: MIT
// Text for a terminal: what clients chose does no harm, columns stay columns, figures have three digits.
#include "gateway/top/text.hpp"

#include <gtest/gtest.h>

namespace encke::gateway::test {
namespace {

TEST(top_text, leaves_nothing_that_a_terminal_would_act_on) {
  EXPECT_EQ(harmless("\x1b[31mred\a\r\n\x7f", true), "?[31mred????");
  EXPECT_EQ(harmless("\xc2\x9b"
                     "2J",
                     true),
            "?2J");  // CSI as one character
  EXPECT_EQ(harmless("a\xe2\x80\xae"
                     "b\xe2\x81\xa6",
                     true),
            "a?b?");  // right-to-left marks
  EXPECT_EQ(harmless("\xff\xc3", true), "??");
  EXPECT_EQ(harmless("\xc0\x80\xed\xa0\x80", true), "?????");  // overlong, surrogate
  EXPECT_EQ(harmless("Zoë 😀", true), "Zoë 😀");
  EXPECT_EQ(harmless("Zoë 😀", false), "Zo? ?");
}

TEST(top_text, counts_cells_and_not_bytes) {
  EXPECT_EQ(cells(""), 0U);
  EXPECT_EQ(cells("Zoë"), 3U);
  EXPECT_EQ(cells("e\xcc\x81"), 1U);  // with a combining accent
  EXPECT_EQ(cells("名前"), 4U);
  EXPECT_EQ(cells("😀"), 2U);
  EXPECT_EQ(cells("█▏"), 2U);
}

TEST(top_text, fits_exactly) {
  EXPECT_EQ(fit("abc", 5), "abc  ");
  EXPECT_EQ(fit("abc", 5, true), "  abc");
  EXPECT_EQ(fit("abcdef", 4), "abc~");
  EXPECT_EQ(fit("名前名前", 4), "名~ ");
  EXPECT_EQ(fit("abc", 1), "~");
  EXPECT_EQ(fit("abc", 0), "");
  for (std::size_t width = 0; width < 12; ++width)
    for (const auto* text : {"", "a", "名前 😀 Zoë", "aaaaaaaaaaaaaaaa"})
      EXPECT_EQ(cells(fit(text, width)), width) << text;
}

TEST(top_text, shows_figures_with_three_digits) {
  EXPECT_EQ(show_bytes(0), "0 B");
  EXPECT_EQ(show_bytes(1023), "1023 B");
  EXPECT_EQ(show_bytes(1024), "1.00 KiB");
  EXPECT_EQ(show_bytes(12.5 * 1024), "12.5 KiB");
  EXPECT_EQ(show_bytes(1023.9 * 1024), "1.00 MiB");
  EXPECT_EQ(show_bytes(-3.0 * 1024 * 1024 * 1024), "-3.00 GiB");
  EXPECT_EQ(show_change(0.2), "0");
  EXPECT_EQ(show_change(2048), "+2.00 KiB");
  EXPECT_EQ(show_change(-3), "-3 B");
  EXPECT_EQ(show_count(0), "0");
  EXPECT_EQ(show_count(999), "999");
  EXPECT_EQ(show_count(-123), "-123");
  EXPECT_EQ(show_count(-1234567), "-1,234,567");
  EXPECT_EQ(show_rate(999), "999");
  EXPECT_EQ(show_rate(1250), "1.25 k");
  EXPECT_EQ(show_rate(3.1e6), "3.10 M");
  EXPECT_EQ(show_percent(0.98349), "98.3 %");
}

TEST(top_text, shows_times_with_two_units) {
  EXPECT_EQ(show_uptime(59.9), "59 s");
  EXPECT_EQ(show_uptime(3599), "59 min 59 s");
  EXPECT_EQ(show_uptime(11'520), "3 h 12 min");
  EXPECT_EQ(show_uptime(93'784), "1 d 2 h");
  EXPECT_EQ(show_wait(850), "850 ms");
  EXPECT_EQ(show_wait(9'500), "9.5 s");
  EXPECT_EQ(show_wait(185'000), "3 min 5 s");
}

}  // namespace
}  // namespace encke::gateway::test
