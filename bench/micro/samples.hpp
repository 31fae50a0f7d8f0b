// SPDX-License-Identifier: MIT
// Samples: the messages that the micro-benchmarks work on, so that codecs of different layers see the same ones.
#pragma once

#include <cstddef>
#include <string>

namespace encke::micro {

/// An event as chat programs send it, with the Engine.IO type.
inline const std::string chat_event =
    R"(42["message",{"room":"house","from":"u-1042","text":"Are you coming tonight?","at":1732360000123}])";

/// A JSON array of about so many bytes: records with numbers, strings and nesting.
inline std::string records(std::size_t bytes) {
  std::string text = R"(["records")";
  for (std::size_t i = 0; text.size() < bytes; ++i)
    text += R"(,{"id":)" + std::to_string(i) + R"(,"name":"user )" + std::to_string(i * 7919) +
            R"(","tags":["a","b\n"],"at":{"x":1.25e3,"y":-7},"on":true,"off":null})";
  return text + "]";
}

inline std::string ascii(std::size_t bytes) {
  return std::string(bytes, 'a');
}

/// Text in which every third character is not ASCII.
inline std::string mixed(std::size_t bytes) {
  std::string text;
  while (text.size() < bytes) text += "no\u00e9ab\u20accd\U0001f600";
  return text;
}

}  // namespace encke::micro
