// SPDX-License-Identifier: MIT
#include <boost/json/parse.hpp>
#include <boost/json/stream_parser.hpp>
#include <encke/handler.hpp>
#include <encke/value.hpp>
#include <hub/value.hpp>
#include <socketio/json_read.hpp>
#include <socketio/json_text.hpp>
#include <socketio/json_write.hpp>

namespace encke {

namespace hub {

namespace {

constexpr std::size_t deepest = 512;

boost::json::parse_options options() {
  boost::json::parse_options o;
  o.max_depth = deepest;
  return o;
}

}  // namespace

std::optional<boost::json::value> parse_json(std::string_view text) {
  boost::system::error_code failed;
  auto value = boost::json::parse(text, failed, {}, options());
  if (!failed) return value;
  // JSON.stringify writes lone surrogates as escapes, which no value of Boost.JSON can hold.
  if (!socketio::check_json(text, deepest)) return std::nullopt;
  const auto replaced = socketio::replace_lone_surrogates(text);
  return replaced ? parse_json(*replaced) : std::nullopt;
}

void append_json(std::string& out, const boost::json::value& value) {
  switch (value.kind()) {
    case boost::json::kind::null: out += "null"; return;
    case boost::json::kind::bool_: out += value.get_bool() ? "true" : "false"; return;
    case boost::json::kind::int64: return socketio::append_number(out, value.get_int64());
    case boost::json::kind::uint64: return socketio::append_number(out, value.get_uint64());
    case boost::json::kind::double_: return socketio::append_number(out, value.get_double());
    case boost::json::kind::string: return socketio::append_string(out, value.get_string());
    case boost::json::kind::array: {
      char before = '[';
      for (const auto& element : value.get_array()) {
        out += std::exchange(before, ',');
        append_json(out, element);
      }
      out += before == '[' ? "[]" : "]";
      return;
    }
    case boost::json::kind::object: {
      char before = '{';
      for (const auto& [key, element] : value.get_object()) {
        out += std::exchange(before, ',');
        socketio::append_string(out, key);
        out += ':';
        append_json(out, element);
      }
      out += before == '{' ? "{}" : "}";
      return;
    }
  }
}

std::string write_json(const boost::json::value& value) {
  std::string text;
  append_json(text, value);
  return text;
}

}  // namespace hub

namespace detail {

namespace {

thread_local std::vector<std::string>* collecting = nullptr;
thread_local std::span<const std::string> giving;

}  // namespace

attachment_scope::attachment_scope(std::vector<std::string>& collect)
    : outer_collect_{std::exchange(collecting, &collect)}, outer_given_{giving} {}
attachment_scope::attachment_scope(std::span<const std::string> given)
    : outer_collect_{collecting}, outer_given_{std::exchange(giving, given)} {}
attachment_scope::~attachment_scope() {
  collecting = outer_collect_;
  giving = outer_given_;
}

json bytes_to_json(const bytes& value) {
  if (!collecting) throw std::logic_error{"encke::bytes becomes JSON only inside an emit or an ack"};
  collecting->push_back(value.data);
  return {{"_placeholder", true}, {"num", collecting->size() - 1}};
}

const std::string* find_attachment(const json& value) {
  const auto* object = value.if_object();
  if (!object || giving.empty()) return nullptr;
  const auto* marked = object->if_contains("_placeholder");
  const auto* number = object->if_contains("num");
  if (!marked || !marked->is_bool() || !marked->get_bool() || !number) return nullptr;
  boost::system::error_code failed;
  const auto index = number->to_number<std::size_t>(failed);
  return failed || index >= giving.size() ? nullptr : &giving[index];
}

const boost::json::object* find_object(const json& value) {
  return find_attachment(value) ? nullptr : value.if_object();
}

boost::json::array parse_arguments(std::string_view args) {
  boost::json::stream_parser parser{{}, hub::options()};
  boost::system::error_code failed;
  parser.write("[", 1, failed);
  if (!failed && !args.empty()) parser.write(args.data(), args.size(), failed);
  if (!failed) parser.write("]", 1, failed);
  if (!failed) parser.finish(failed);
  if (!failed) return std::move(parser.release().get_array());
  auto repaired = hub::parse_json("[" + std::string{args} + "]");
  return repaired ? std::move(repaired->get_array()) : boost::json::array{};
}

// --- writing ------------------------------------------------------------------------------------------------------

void write_text(std::string& to, std::string_view text) {
  socketio::append_string(to, text);
}

void write_json(std::string& to, const json& value) {
  hub::append_json(to, value);
}

void write_number(std::string& to, double value) {
  socketio::append_number(to, value);
}

void write_number(std::string& to, std::int64_t value) {
  socketio::append_number(to, value);
}

void write_number(std::string& to, std::uint64_t value) {
  socketio::append_number(to, value);
}

void write_bytes(sink to, std::string data) {
  to.text += R"({"_placeholder":true,"num":)";
  socketio::append_number(to.text, static_cast<std::uint64_t>(to.attachments.size()));
  to.text += '}';
  to.attachments.push_back(std::move(data));
}

}  // namespace detail

// --- arguments ----------------------------------------------------------------------------------------------------

boost::json::array arguments::to_json() const {
  return detail::parse_arguments(text_);
}

void arguments::separate() {
  if (!text_.empty()) text_ += ',';
}

void arguments::add_text(std::string_view text) {
  separate();
  detail::write_text(text_, text);
}

void arguments::add_json(const json& value) {
  separate();
  detail::write_json(text_, value);
}

void arguments::add_raw(std::string_view json_text) {
  separate();
  text_ += json_text;
}

void arguments::add_number(double value) {
  separate();
  detail::write_number(text_, value);
}

void arguments::add_integer(std::int64_t value) {
  separate();
  detail::write_number(text_, value);
}

void arguments::add_integer(std::uint64_t value) {
  separate();
  detail::write_number(text_, value);
}

void arguments::add_bytes(std::string data) {
  separate();
  detail::write_bytes({text_, attachments_}, std::move(data));
}

void arguments::add_all(const arguments& other) {
  if (other.empty()) return;
  if (attachments_.empty() || other.attachments_.empty()) {
    // The placeholders of at most one side count, so their numbers stay right.
    add_raw(other.text_);
    attachments_.insert(attachments_.end(), other.attachments_.begin(), other.attachments_.end());
    return;
  }
  detail::attachment_scope collect{attachments_};
  detail::attachment_scope give{std::span<const std::string>{other.attachments_}};
  const auto renumber = [](auto& self, const json& value) -> json {
    if (const auto* found = detail::find_attachment(value)) return detail::bytes_to_json({*found});
    if (const auto* array = value.if_array()) {
      boost::json::array copy;
      for (const auto& element : *array) copy.push_back(self(self, element));
      return copy;
    }
    if (const auto* object = value.if_object()) {
      boost::json::object copy;
      for (const auto& [key, element] : *object) copy[key] = self(self, element);
      return copy;
    }
    return value;
  };
  for (const auto& value : other.to_json()) add_json(renumber(renumber, value));
}

}  // namespace encke
