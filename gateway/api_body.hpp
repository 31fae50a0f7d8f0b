// SPDX-License-Identifier: MIT
// Reads the body of a call: a JSON object, member by member, and collects everything that is wrong with it.
// A member that nobody knows is a fault too, so that a misspelt one is not silently ignored.
// Used by selector, api_args and api_calls; queries are read the same way by api_views.
#pragma once

#include <boost/json/monotonic_resource.hpp>
#include <boost/json/object.hpp>
#include <cstdint>
#include <encke/http.hpp>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "gateway/api_text.hpp"
#include "gateway/problem.hpp"

namespace encke::gateway {

/// What is wrong in one request. Only the first are kept.
class fault_list {
 public:
  void add(std::string pointer, std::string detail);
  [[nodiscard]] bool empty() const { return all_.empty(); }
  [[nodiscard]] bool full() const { return all_.size() >= 50; }
  [[nodiscard]] problem to_problem() && { return invalid_request(std::move(all_)); }

 private:
  std::vector<request_fault> all_;
};

/// An object inside of a body. Borrows it, for the time of the call. Readers give an empty value, and add a fault, for
/// a member of another type; for one that is absent they give the empty value only.
class object_reader {
 public:
  /// `path` is where the object stands: "" or "except".
  object_reader(const boost::json::object& from, std::string_view path, fault_list& faults)
      : from_{from}, path_{path}, faults_{faults} {}

  void allow_only(std::span<const std::string> known) const;

  /// The member, or nullptr.
  [[nodiscard]] const boost::json::value* find(std::string_view name) const;
  [[nodiscard]] std::string text(std::string_view name, std::size_t longest) const;
  [[nodiscard]] bool flag(std::string_view name, bool otherwise) const;
  /// A list of texts that are not empty.
  [[nodiscard]] std::vector<std::string> texts(std::string_view name) const;
  /// A whole number in this range.
  [[nodiscard]] std::int64_t number(std::string_view name, std::int64_t least, std::int64_t most,
                                    std::int64_t otherwise) const;

  /// Adds a fault of this member: "`name` detail".
  void refuse(std::string_view name, std::string_view detail) const;
  [[nodiscard]] fault_list& faults() const { return faults_; }

 private:
  const boost::json::object& from_;
  std::string_view path_;
  fault_list& faults_;
};

/// Where the tree of one object at a time is held: on the stack as long as it is small.
class body_memory {
 public:
  [[nodiscard]] boost::json::storage_ptr storage() { return &*pool_; }
  /// For the next object. No other is left. `release` would not do: each block that is taken from the heap afterwards
  /// is twice as large as the one before it was given back.
  void reuse() { pool_.emplace(space_, sizeof space_); }

 private:
  unsigned char space_[4096];
  std::optional<boost::json::monotonic_resource> pool_{std::in_place, space_, sizeof space_};
};

/// A whole body, or one line of many.
struct call_body {
  boost::json::object members;     ///< in a `body_memory`
  std::vector<member_text> texts;  ///< the members as they were written; into the request

  /// As written; "" for one that is absent.
  [[nodiscard]] std::string_view text_of(std::string_view name) const;
};

/// The body of a request; nothing, and a problem, if it is not a JSON object. A member that is there twice is a fault.
[[nodiscard]] std::optional<call_body> read_body(const http_request&, body_memory&, fault_list&,
                                                 std::optional<problem>&);
/// The same of any text, which problems call by this name: "body", "line".
[[nodiscard]] std::optional<call_body> read_object(std::string_view text, std::string_view name, body_memory&,
                                                   fault_list&, std::optional<problem>&);
/// Whether a Content-Type is this one, whatever its parameters. `wanted` is in lower case.
[[nodiscard]] bool is_type(std::string_view content_type, std::string_view wanted);

/// A query parameter as a whole number in this range.
[[nodiscard]] std::size_t number_in_query(const http_request&, std::string_view name, std::size_t least,
                                          std::size_t most, std::size_t otherwise, fault_list&);
/// Adds a fault for each query parameter that is not one of these.
void allow_only_query(const http_request&, std::span<const std::string> known, fault_list&);

}  // namespace encke::gateway
