// SPDX-License-Identifier: MIT
// Reads JSON text that `json_text` has checked: what kind of value it is, what a string stands for, whether the
// placeholders of a binary packet name attachments. Called by the decoder and the hub; unchecked text must not get
// here.
#pragma once

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace encke::socketio {

enum class json_kind : std::uint8_t { null, boolean, number, string, array, object };

/// The kind of a value, by its first character.
[[nodiscard]] json_kind kind_of(std::string_view checked) noexcept;

/// What a string, given without its quotes, stands for. Lone surrogates become U+FFFD.
[[nodiscard]] std::string unescape(std::string_view checked);

/// The text with each escape of a lone surrogate replaced by `\ufffd`, for parsers that refuse them (Boost.JSON does).
/// Nothing if there is none to replace.
[[nodiscard]] std::optional<std::string> replace_lone_surrogates(std::string_view checked);

/// True if each object with `"_placeholder":true` has an integer `num` below `attachments`, written in digits only.
/// Of duplicate keys the last counts. Objects inside of placeholders are looked at like all others.
[[nodiscard]] bool placeholders_are_legal(std::string_view checked, std::size_t attachments);

}  // namespace encke::socketio
