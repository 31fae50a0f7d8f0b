// SPDX-License-Identifier: MIT
// A handshake as the JSON that users of Socket.IO know.
#include <encke/handshake.hpp>

#include <algorithm>
#include <array>
#include <ctime>

namespace encke {

namespace {

// As Node does with headers that come again: of these the first counts, others are joined.
bool comes_once(std::string_view name) {
  static constexpr std::array<std::string_view, 12> once{
      "authorization",       "content-length", "content-type",        "from",    "host",        "if-modified-since",
      "if-unmodified-since", "max-forwards",   "proxy-authorization", "referer", "retry-after", "user-agent"};
  return std::find(once.begin(), once.end(), name) != once.end();
}

boost::json::object headers_of(const handshake& from) {
  boost::json::object all;
  for (const auto& [name, value] : from.headers) {
    std::string key{name};
    for (auto& c : key)
      if (c >= 'A' && c <= 'Z') c = static_cast<char>(c - 'A' + 'a');
    const auto [at, is_new] = all.emplace(key, value);
    if (is_new || comes_once(key)) continue;
    auto& joined = at->value().get_string();
    joined.append(key == "cookie" ? "; " : ", ");
    joined.append(value);
  }
  return all;
}

boost::json::object query_of(const handshake& from) {
  boost::json::object all;
  for (const auto& [name, value] : from.query) {
    const auto [at, is_new] = all.emplace(name, value);
    if (is_new) continue;
    if (!at->value().is_array()) at->value() = boost::json::array{std::move(at->value())};
    at->value().get_array().emplace_back(value);
  }
  return all;
}

std::string two_digits(int number) {
  return (number < 10 ? "0" : "") + std::to_string(number);
}

// `Sat Nov 28 2026 02:07:26 GMT+0000 (Coordinated Universal Time)`, as a Date of JavaScript writes itself.
std::string in_words(std::chrono::system_clock::time_point when) {
  static constexpr std::array<std::string_view, 7> days{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
  static constexpr std::array<std::string_view, 12> months{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                           "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};
  const auto seconds = std::chrono::system_clock::to_time_t(when);
  std::tm at{};
  ::gmtime_r(&seconds, &at);
  std::string words{days[static_cast<std::size_t>(at.tm_wday)]};
  words.append(" ").append(months[static_cast<std::size_t>(at.tm_mon)]).append(" ").append(two_digits(at.tm_mday));
  words += " " + std::to_string(at.tm_year + 1900) + " " + two_digits(at.tm_hour) + ":" + two_digits(at.tm_min) + ":";
  return words + two_digits(at.tm_sec) + " GMT+0000 (Coordinated Universal Time)";
}

}  // namespace

boost::json::object handshake::to_json() const {
  const auto milliseconds = std::chrono::duration_cast<std::chrono::milliseconds>(issued.time_since_epoch());
  return {{"headers", headers_of(*this)},
          {"time", in_words(issued)},
          {"address", address},
          {"xdomain", !header("origin").empty()},
          {"secure", secure},
          {"issued", milliseconds.count()},
          {"url", url},
          {"query", query_of(*this)},
          {"auth", auth}};
}

}  // namespace encke
