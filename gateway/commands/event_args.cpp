// SPDX-License-Identifier: MIT
// Both ways the text is copied, and only the objects that mean something are replaced in it.
#include "gateway/commands/event_args.hpp"

#include <fmt/format.h>

#include <charconv>
#include <encke/base64.hpp>
#include <span>

namespace encke::gateway {

namespace {

constexpr std::string_view binary_mark = "$binary";
constexpr std::string_view literal_mark = "$literal";
constexpr std::string_view placeholder_mark = "_placeholder";

// A copy of a document's text with some of its values replaced, in their order.
class text_copy {
 public:
  explicit text_copy(const json_document& of) : of_{of} {}

  void replace(json_value value, std::string_view by) {
    text_ += of_.text().substr(copied_, value.node().begin - copied_);
    text_ += by;
    copied_ = value.node().end;
  }
  [[nodiscard]] std::string finish() && { return std::move(text_ += of_.text().substr(copied_)); }

 private:
  const json_document& of_;
  std::string text_;
  std::size_t copied_ = 0;
};

// In one line or, as encoders for mail write it, in several (RFC 2045 6.8).
std::optional<std::string> bytes_of(std::string text) {
  std::erase_if(text, [](char c) { return c == '\r' || c == '\n'; });
  return base64::decode(text);
}

std::string placeholder(std::size_t number) {
  return fmt::format(R"({{"_placeholder":true,"num":{}}})", number);
}

// --- to the wire --------------------------------------------------------------------------------------------------

// One argument with marks in it.
class marked_argument {
 public:
  marked_argument(std::string_view text, std::vector<std::string>& attachments) : attachments_{attachments} {
    is_read_ = !read_.read(text, json_document::all_levels, json_document::all_levels);
  }

  // As it goes over the wire. Nothing, and `why`, if it cannot.
  std::optional<std::string> to_wire(std::string& why) {
    if (!is_read_) return std::nullopt;  // the text is a part of one that was read
    text_copy copy{read_};
    for (std::uint32_t i = 0; i < read_.nodes().size();) {
      const json_value value{read_, i};
      const auto by = value.is(json_kind::object) ? meaning_of(value, why) : std::nullopt;
      if (!why.empty()) return std::nullopt;
      if (by) copy.replace(value, *by);
      i = by ? value.node().next : i + 1;
    }
    return std::move(copy).finish();
  }

 private:
  // What an object is replaced by, if by anything.
  std::optional<std::string> meaning_of(json_value object, std::string& why) {
    const auto binary = object.find(binary_mark);
    const auto literal = object.find(literal_mark);
    if (!binary && !literal) return std::nullopt;
    const auto only = object.only();
    if (literal) {
      if (only) return std::string{literal->text()};
      why = R"("$literal" must be the only member of its object)";
      return std::nullopt;
    }
    if (!only || !binary->is(json_kind::text)) {
      why = R"("$binary" must be a text of base64, and the only member of its object; )"
            R"(to send it as it is, write {"$literal": ...} around the object)";
      return std::nullopt;
    }
    auto bytes = bytes_of(binary->string());
    if (!bytes) {
      why = R"("$binary" must be base64)";
      return std::nullopt;
    }
    attachments_.push_back(std::move(*bytes));
    return placeholder(attachments_.size() - 1);
  }

  json_document read_;
  std::vector<std::string>& attachments_;
  bool is_read_ = false;
};

bool has_placeholder(std::string_view text) {
  json_document read;
  if (read.read(text, json_document::all_levels, json_document::all_levels)) return false;
  for (std::uint32_t i = 0; i < read.nodes().size(); ++i)
    if (json_value{read, i}.is_named(placeholder_mark)) return true;
  return false;
}

// The arguments of one call, one after another.
class argument_list {
 public:
  explicit argument_list(const object_reader& from) : from_{from} {}

  void add(json_value argument) {
    const auto index = count_++;
    if (!argument.node().has_marks) return append(argument.text());
    std::string why;
    const auto text = marked_argument{argument.text(), attachments_}.to_wire(why);
    if (!text) return refuse(index, why);
    append(*text);
    if (!first_placeholder_ && has_placeholder(argument.text())) first_placeholder_ = index;
  }

  [[nodiscard]] arguments finish(std::size_t most_binary) && {
    // A client looks for placeholders in events with attachments only: elsewhere they are data like any other.
    if (first_placeholder_ && !attachments_.empty())
      refuse(*first_placeholder_,
             R"(beside binary, an object with "_placeholder" would be taken for it: send it in an event of its own)");
    if (attachments_.size() > most_binary)
      from_.refuse("args",
                   fmt::format("hold {} binary values, at most {} are allowed", attachments_.size(), most_binary));
    return {std::move(text_), std::move(attachments_)};
  }

 private:
  void append(std::string_view argument) {
    if (!text_.empty()) text_ += ',';
    text_ += argument;
  }
  void refuse(std::size_t index, std::string detail) const {
    from_.faults().add(fmt::format("/args/{}", index), std::move(detail));
  }

  const object_reader& from_;
  std::string text_;
  std::vector<std::string> attachments_;
  std::size_t count_ = 0;
  std::optional<std::size_t> first_placeholder_;
};

// --- from the wire ------------------------------------------------------------------------------------------------

// The number of the attachment that an object stands for.
std::optional<std::size_t> attachment_of(json_value object, std::size_t attachments) {
  const auto marked = object.find(placeholder_mark);
  const auto number = object.find("num");
  if (!marked || marked->text() != "true" || !number) return std::nullopt;
  const auto digits = number->text();
  std::size_t index = 0;
  const auto [end, failed] = std::from_chars(digits.data(), digits.data() + digits.size(), index);
  const bool is_good = failed == std::errc{} && end == digits.data() + digits.size() && index < attachments;
  return is_good ? std::optional{index} : std::nullopt;
}

bool looks_like_ours(json_value object) {
  const auto only = object.only();
  if (!only) return false;
  return only->is_named(literal_mark) || (only->is_named(binary_mark) && only->is(json_kind::text));
}

std::optional<std::string> shown(json_value object, std::span<const std::string> attachments) {
  if (const auto index = attachment_of(object, attachments.size()))
    return fmt::format(R"({{"$binary":"{}"}})", base64::encode(attachments[*index]));
  if (looks_like_ours(object)) return fmt::format(R"({{"$literal":{}}})", object.text());
  return std::nullopt;
}

}  // namespace

arguments read_arguments(const object_reader& members, std::size_t most_binary) {
  const auto given = members.find("args");
  if (!given) return {};
  if (!given->is(json_kind::list)) {
    members.refuse("args", "must be a list");
    return {};
  }
  argument_list list{members};
  for (const auto argument : *given) list.add(argument);
  return std::move(list).finish(most_binary);
}

std::string to_json_text(const arguments& answered) {
  const auto text = fmt::format("[{}]", answered.text());
  json_document read;
  if (read.read(text, json_document::all_levels, json_document::all_levels) || !read.root().node().has_marks)
    return text;
  text_copy copy{read};
  for (std::uint32_t i = 0; i < read.nodes().size();) {
    const json_value value{read, i};
    const auto by = value.is(json_kind::object) ? shown(value, answered.attachments()) : std::nullopt;
    if (by) copy.replace(value, *by);
    i = by ? value.node().next : i + 1;
  }
  return std::move(copy).finish();
}

}  // namespace encke::gateway
