// SPDX-License-Identifier: MIT
// encke-floor: the benchmark application with nothing around it. README.md says what it is for.
#include <getopt.h>

#include <charconv>
#include <cstdio>
#include <exception>
#include <stdexcept>

#include "server.hpp"

namespace {

template <class Number>
Number number(std::string_view text) {
  Number value{};
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), value);
  if (error != std::errc{} || end != text.data() + text.size())
    throw std::invalid_argument{"not a number: " + std::string{text}};
  return value;
}

limit::options read(int argc, char** argv) {
  limit::options chosen;
  const option known[] = {
      {"port", required_argument, nullptr, 'p'},          {"secret", required_argument, nullptr, 's'},
      {"ping-interval", required_argument, nullptr, 'i'}, {"ping-timeout", required_argument, nullptr, 't'},
      {"workers", required_argument, nullptr, 'w'},       {}};
  for (int which = 0; (which = getopt_long(argc, argv, "", known, nullptr)) != -1;) {
    switch (which) {
      case 'p': chosen.port = number<std::uint16_t>(optarg); break;
      case 's': chosen.secret = optarg; break;
      case 'i': chosen.ping_interval = number<std::int64_t>(optarg); break;
      case 't': chosen.ping_timeout = number<std::int64_t>(optarg); break;
      case 'w':
        if (number<int>(optarg) != 1) throw std::invalid_argument{"there is one thread"};
        break;
      default: throw std::invalid_argument{"flags: --port --secret --ping-interval --ping-timeout"};
    }
  }
  if (chosen.secret.empty()) throw std::invalid_argument{"--secret is needed"};
  return chosen;
}

}  // namespace

int main(int argc, char** argv) try {
  limit::server floor{read(argc, argv)};
  std::printf("listening on 127.0.0.1:%u\n", static_cast<unsigned>(floor.port()));
  std::fflush(stdout);
  floor.run();
} catch (const std::exception& e) {
  std::fprintf(stderr, "encke-floor: %s\n", e.what());
  return 2;
}
