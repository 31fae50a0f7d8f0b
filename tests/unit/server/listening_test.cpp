// SPDX-License-Identifier: MIT
// Where a server listens: what addresses and names stand for, and what is said when they cannot be had.
#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <server/listening.hpp>
#include <sstream>

namespace encke::test {
namespace {

using testing::HasSubstr;
using strings = std::vector<std::string>;

strings addresses(const std::string& text) {
  boost::asio::io_context loop;
  strings all;
  for (const auto& one : addresses_of(loop, text, 80)) {
    std::ostringstream words;
    words << one;
    all.push_back(words.str());
  }
  return all;
}

template <class Act>
std::pair<int, std::string> refused(Act act) {
  try {
    act();
  } catch (const std::system_error& e) {
    return {e.code().value(), e.what()};
  }
  return {0, "taken"};
}

std::string words(std::errc why, const std::string& given, std::uint16_t port) {
  boost::asio::io_context loop;
  const auto address = addresses_of(loop, given, port).front();
  const auto [code, text] = refused([&] { throw_cannot_listen(std::make_error_code(why), address, given); });
  EXPECT_EQ(code, static_cast<int>(why));
  return text;
}

TEST(addresses, are_taken_with_and_without_brackets) {
  EXPECT_EQ(addresses("127.0.0.1"), strings{"127.0.0.1:80"});
  EXPECT_EQ(addresses("::1"), strings{"[::1]:80"});
  EXPECT_EQ(addresses("[::1]"), strings{"[::1]:80"});
}
TEST(addresses, of_localhost_are_those_of_both_families) {
  EXPECT_EQ(addresses("localhost"), (strings{"127.0.0.1:80", "[::1]:80"}));
  EXPECT_EQ(addresses("LocalHost"), (strings{"127.0.0.1:80", "[::1]:80"}));
}
TEST(addresses, that_are_none_are_refused_in_words) {
  for (const std::string text : {"", "[127.0.0.1", "[]", "no such host"}) {
    const auto [code, told] = refused([&] { (void)addresses(text); });
    EXPECT_NE(code, 0) << text;
    EXPECT_THAT(told, HasSubstr("cannot listen on \"" + text + "\": it is no ")) << text;
    EXPECT_THAT(told, Not(HasSubstr("asio"))) << text;
  }
}
TEST(listening, that_fails_names_the_address_and_the_remedy) {
  EXPECT_EQ(words(std::errc::address_in_use, "::", 8080),
            "cannot listen on [::]:8080: the port is in use: stop the program that has it (`ss -ltnp sport = :8080` "
            "names it), or take another port");
  EXPECT_EQ(words(std::errc::address_not_available, "192.0.2.1", 80),
            "cannot listen on 192.0.2.1:80: this machine has no such address: 0.0.0.0 and [::] listen on all that it "
            "has");
  EXPECT_THAT(words(std::errc::permission_denied, "localhost", 443),
              HasSubstr("127.0.0.1:443 (localhost): permission"));
  EXPECT_THAT(words(std::errc::permission_denied, "0.0.0.0", 443), HasSubstr("CAP_NET_BIND_SERVICE"));
  EXPECT_THAT(words(std::errc::permission_denied, "0.0.0.0", 1024), Not(HasSubstr("CAP_NET_BIND_SERVICE")));
  EXPECT_EQ(words(std::errc::too_many_files_open, "0.0.0.0", 80), "cannot listen on 0.0.0.0:80: Too many open files");
}

}  // namespace
}  // namespace encke::test
