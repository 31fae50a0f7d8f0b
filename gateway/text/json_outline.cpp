// SPDX-License-Identifier: MIT
#include "gateway/text/json_outline.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <tuple>

#include "gateway/text/json_string.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t most_duplicates = 50;
constexpr std::size_t few_names = 8;  // which are compared each with each

std::uint32_t place(std::size_t at) {
  return static_cast<std::uint32_t>(at);
}

json_kind kind_of(std::string_view scalar) {
  switch (scalar.front()) {
    case '"': return json_kind::text;
    case 't':
    case 'f': return json_kind::boolean;
    case 'n': return json_kind::null;
    default: return json_kind::number;
  }
}

}  // namespace

bool json_outline::begin_value(std::size_t at, json_kind kind) {
  if (!open_.empty()) ++open_.back().elements;
  const auto [key_begin, key_end] = std::exchange(member_, {0, 0});
  if (open_.size() > levels_) return false;
  auto& node = nodes_.emplace_back();
  node.begin = place(at);
  node.key_begin = key_begin;
  node.key_end = key_end;
  node.kind = kind;
  return true;
}

void json_outline::on_open(std::size_t at, bool is_object) {
  const bool is_kept = begin_value(at, is_object ? json_kind::object : json_kind::list);
  open_.push_back({is_object, is_kept, nodes_.size() - (is_kept ? 1 : 0), marks_, names_.size(), 0});
}

void json_outline::on_close(std::size_t end) {
  const auto closed = open_.back();
  if (closed.is_object) find_duplicates();
  names_.resize(closed.first_name);
  open_.pop_back();
  if (!closed.is_kept) return;
  auto& node = nodes_[closed.node];
  node.end = place(end);
  node.next = place(nodes_.size());
  node.has_marks = marks_ != closed.marks_before;
}

void json_outline::on_scalar(std::string_view written) {
  const auto at = static_cast<std::size_t>(written.data() - text_.data());
  if (!begin_value(at, kind_of(written))) return;
  nodes_.back().end = place(at + written.size());
  nodes_.back().next = place(nodes_.size());
}

void json_outline::on_name(std::string_view quoted) {
  const auto at = static_cast<std::size_t>(quoted.data() - text_.data());
  member_ = {place(at), place(at + quoted.size())};
  auto text = quoted.substr(1, quoted.size() - 2);
  if (text.find('\\') != std::string_view::npos)
    text = unescaped_.emplace_back(unescaped(quoted, lone_surrogates::kept));
  if (std::ranges::find(json_document::marks, text) != std::end(json_document::marks)) ++marks_;
  names_.push_back({text, at});
}

// Of the object that ends here.
void json_outline::find_duplicates() {
  const auto first = names_.begin() + static_cast<std::ptrdiff_t>(open_.back().first_name);
  const auto last = names_.end();
  if (static_cast<std::size_t>(last - first) <= few_names) {
    for (auto one = first; one != last; ++one)
      if (std::find_if(first, one, [one](const name& other) { return other.text == one->text; }) != one)
        add_duplicate(*one);
    return;
  }
  std::sort(first, last, [](const name& a, const name& b) { return std::tie(a.text, a.at) < std::tie(b.text, b.at); });
  for (auto one = first + 1; one != last; ++one)
    if ((one - 1)->text == one->text) add_duplicate(*one);
}

void json_outline::add_duplicate(const name& again) {
  if (duplicates_.size() >= most_duplicates) return;
  std::string pointer;
  for (std::size_t i = 0; i + 1 < open_.size(); ++i) {
    const auto& one = open_[i];
    // The name of the member that is being read is the last one before those of the level below.
    pointer +=
        one.is_object ? pointer_token(names_[open_[i + 1].first_name - 1].text) : fmt::format("/{}", one.elements - 1);
  }
  duplicates_.push_back({pointer + pointer_token(again.text), in_message(again.text), again.at});
}

}  // namespace encke::gateway
