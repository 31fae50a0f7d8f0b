// SPDX-License-Identifier: MIT
// Reads what somebody asks for: a JSON object, member by member, and collects everything that is wrong with it.
// A member that nobody knows is a fault too, so that a misspelt one is not silently ignored.
#pragma once

#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "gateway/commands/refusal.hpp"
#include "gateway/text/json_document.hpp"

namespace encke::gateway {

/// An object inside of a body. Borrows it, for the time of the call. Readers give an empty value, and add a fault, for
/// a member of another type; for one that is absent they give the empty value only.
class object_reader {
 public:
  /// `path` is where the object stands: "" or "except".
  object_reader(json_value from, std::string_view path, fault_list& faults)
      : from_{from}, path_{path}, faults_{faults} {}

  void allow_only(std::span<const std::string> known) const;

  [[nodiscard]] std::optional<json_value> find(std::string_view name) const { return from_.find(name); }
  /// In it, half of a surrogate pair becomes U+FFFD.
  [[nodiscard]] std::string text(std::string_view name, std::size_t longest) const;
  [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;

  /// What a list of names may hold.
  enum class names { texts, texts_and_numbers };
  /// A list of texts that are not empty. Of numbers, whole ones are what they are written as: 42 is "42".
  [[nodiscard]] std::vector<std::string> list(std::string_view name, names) const;
  /// A whole number in this range.
  [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most,
                                    std::int64_t otherwise) const;

  /// Adds a fault of this member: "`name` detail".
  void refuse(std::string_view name, std::string_view detail) const;
  [[nodiscard]] fault_list& faults() const { return faults_; }

 private:
  [[nodiscard]] std::string pointer_to(std::string_view name) const;

  json_value from_;
  std::string_view path_;
  fault_list& faults_;
};

/// Reads a text into a document. Nothing, and a refusal, if it is not a JSON object; refusals and faults call the text
/// by this name: "body", "line". A name that is anywhere in it twice is a fault.
[[nodiscard]] std::optional<json_value> read_object(std::string_view text, std::string_view called, json_document&,
                                                    fault_list&, std::optional<refusal>&);

}  // namespace encke::gateway
