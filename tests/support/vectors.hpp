// SPDX-License-Identifier: MIT
// Golden wire vectors: text files under tests/vectors/<protocol>/*.vec that a person can read.
// A file is a list of blocks separated by blank lines; a block is lines `key: value`; `#` starts a comment line.
// A key may repeat; order is kept. `unescape` turns \r \n \t \\ \xNN of a value into bytes; `unhex` reads "01 02 ff".
#pragma once

#include <filesystem>
#include <fstream>
#include <stdexcept>
#include <string>
#include <string_view>
#include <utility>
#include <vector>
#include "support/source_dir.hpp"

namespace encke::test {

struct wire_vector {
  std::string where;  // file:line, for messages
  std::vector<std::pair<std::string, std::string>> fields;

  [[nodiscard]] bool has(std::string_view key) const {
    for (const auto& field : fields)
      if (field.first == key) return true;
    return false;
  }
  /// The first value of a key, or "".
  [[nodiscard]] std::string get(std::string_view key) const {
    for (const auto& field : fields)
      if (field.first == key) return field.second;
    return {};
  }
  [[nodiscard]] std::vector<std::string> all(std::string_view key) const {
    std::vector<std::string> values;
    for (const auto& field : fields)
      if (field.first == key) values.push_back(field.second);
    return values;
  }
};

inline std::string unhex(std::string_view text) {
  std::string out;
  int high = -1;
  for (char c : text) {
    if (c == ' ') continue;
    int digit = c >= '0' && c <= '9'   ? c - '0'
                : c >= 'a' && c <= 'f' ? c - 'a' + 10
                : c >= 'A' && c <= 'F' ? c - 'A' + 10
                                       : -1;
    if (digit < 0) throw std::runtime_error{"not a hex digit: " + std::string{text}};
    if (high < 0) {
      high = digit;
      continue;
    }
    out.push_back(static_cast<char>(high * 16 + digit));
    high = -1;
  }
  return out;
}

inline std::string unescape(std::string_view text) {
  std::string out;
  for (std::size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '\\' || i + 1 == text.size()) {
      out.push_back(text[i]);
      continue;
    }
    switch (text[++i]) {
      case 'r': out.push_back('\r'); break;
      case 'n': out.push_back('\n'); break;
      case 't': out.push_back('\t'); break;
      case 'x':
        out += unhex(text.substr(i + 1, 2));
        i += 2;
        break;
      default: out.push_back(text[i]);
    }
  }
  return out;
}

/// Every vector of tests/vectors/<protocol>, in file order. Throws if there is none: an empty folder is a mistake.
inline std::vector<wire_vector> load_vectors(const std::string& protocol) {
  std::vector<wire_vector> vectors;
  const auto folder = std::filesystem::path{ENCKE_SOURCE_DIR} / "tests/vectors" / protocol;
  for (const auto& file : std::filesystem::directory_iterator{folder}) {
    if (file.path().extension() != ".vec") continue;
    std::ifstream in{file.path()};
    std::string line;
    wire_vector current;
    auto finish = [&] {
      if (!current.fields.empty()) vectors.push_back(std::exchange(current, {}));
    };
    for (int number = 1; std::getline(in, line); ++number) {
      if (line.empty()) finish();
      if (line.empty() || line[0] == '#') continue;
      const auto colon = line.find(':');
      if (colon == std::string::npos)
        throw std::runtime_error{file.path().string() + ":" + std::to_string(number) + ": no key"};
      if (current.fields.empty()) current.where = file.path().filename().string() + ":" + std::to_string(number);
      const auto value = line.find_first_not_of(' ', colon + 1);
      current.fields.emplace_back(line.substr(0, colon), value == std::string::npos ? "" : line.substr(value));
    }
    finish();
  }
  if (vectors.empty()) throw std::runtime_error{"no vectors in " + folder.string()};
  return vectors;
}

}  // namespace encke::test
