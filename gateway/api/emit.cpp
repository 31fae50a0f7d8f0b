// SPDX-License-Identifier: MIT
// The calls of the HTTP API that send events: one event, one a line, and one with answers.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <exception>

#include "gateway/api/content_type.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/clients/socket_ids.hpp"
#include "gateway/commands/event_args.hpp"
#include "gateway/commands/perform.hpp"
#include "gateway/commands/reader.hpp"

namespace encke::gateway {

namespace {

constexpr std::size_t most_lines = 10'000;
constexpr std::size_t most_line_errors = 100;
constexpr std::size_t longest_line_error = 500;

// --- batches ------------------------------------------------------------------------------------------------------

// Takes the next line off the text.
std::string_view next_line(std::string_view& text) {
  const auto end = std::min(text.find('\n'), text.size());
  const auto line = text.substr(0, end);
  text.remove_prefix(std::min(end + 1, text.size()));
  return line;
}

bool is_blank(std::string_view line) {
  return line.find_first_not_of(" \t\r") == std::string_view::npos;
}

bool has_too_many_lines(std::string_view text) {
  std::size_t lines = 0;
  while (!text.empty() && lines <= most_lines) lines += !is_blank(next_line(text));
  return lines > most_lines;
}

// As much of a refusal as there is room for among others: whole faults, the first in any case.
std::string in_short(const refusal& what) {
  if (what.detail.size() <= longest_line_error || what.errors.empty()) return what.detail;
  std::string text = what.errors.front().detail;
  for (std::size_t i = 1; i < what.errors.size(); ++i) {
    if (text.size() + what.errors[i].detail.size() > longest_line_error) return text + "; ...";
    text += "; " + what.errors[i].detail;
  }
  return text;
}

// What became of the lines so far.
class tally {
 public:
  void accept() { ++accepted_; }
  void reject(std::size_t line, const refusal& why) {
    if (++rejected_ <= most_line_errors)
      errors_.push_back(boost::json::object{{"line", line}, {"code", why.code}, {"detail", in_short(why)}});
  }
  [[nodiscard]] std::string text(std::size_t sockets) const {
    return fmt::format(R"({{"accepted":{},"rejected":{},"sockets":{},"errors":{}}})", accepted_, rejected_, sockets,
                       boost::json::serialize(errors_));
  }

 private:
  std::size_t accepted_ = 0;
  std::size_t rejected_ = 0;
  boost::json::array errors_;
};

// A body, line by line.
class batch {
 public:
  explicit batch(const api_state& api) : api_{api} {}

  void take(std::string_view text) {
    for (std::size_t number = 1; !text.empty(); ++number) {
      const auto line = next_line(text);
      if (is_blank(line)) continue;
      if (const auto refusal = try_line(line))
        all_.reject(number, *refusal);
      else
        all_.accept();
    }
  }
  [[nodiscard]] const delivered& count() const { return count_; }
  [[nodiscard]] tally result() && { return std::move(all_); }

 private:
  std::optional<refusal> emit_line(std::string_view line) {
    auto [command, refused] = reader_.emit(line);
    if (!refused) perform(api_.io, command, count_);
    return std::move(refused);
  }

  // What came before a line is on its way: so whatever happens with this one is said of it alone.
  std::optional<refusal> try_line(std::string_view line) {
    try {
      return emit_line(line);
    } catch (const std::exception& thrown) {
      api_.log(log_level::error, "exception in a line of a batch", {{"what", thrown.what()}});
    }
    return refusal{.code = "internal_error", .detail = "the gateway failed to do this; its log says why"};
  }

  const api_state& api_;
  const command_scope scope_ = api_.scope();
  command_reader reader_{scope_, "line"};
  delivered count_;
  tally all_;
};

task<http_response> tell_lines(tally all, delivered count) {
  auto counting = count.total();
  const auto sockets = co_await std::move(counting);
  co_return json_answer(all.text(sockets));
}

task<http_response> emit_lines(const api_state& api, const http_request& request) {
  if (auto refusal = refusal_of_coding(request)) return answer_soon(answer_of(std::move(*refusal)));
  if (has_too_many_lines(request.body)) {
    fault_list faults;
    faults.add("", fmt::format("the body has more than {} lines", most_lines));
    return answer_soon(refuse(std::move(faults).to_refusal()));
  }
  batch lines{api};
  lines.take(request.body);
  const auto count = lines.count();
  return tell_lines(std::move(lines).result(), count);
}

task<http_response> tell_sockets(delivered count) {
  auto counting = count.total();
  const auto sockets = co_await std::move(counting);
  co_return json_answer(fmt::format(R"({{"ok":true,"sockets":{}}})", sockets));
}

// --- answers ------------------------------------------------------------------------------------------------------

std::string quoted(std::string_view text) {
  return boost::json::serialize(boost::json::string{text});
}

// Each answer is given up once it is written: all of them together may be large.
std::string text_of(named_answers named) {
  auto& [all, users] = named;
  constexpr std::size_t around = 100;  // bytes beside the arguments
  std::size_t size = around;
  for (const auto& one : all.received) size += one.args.text().size() + around;
  std::string text = R"({"answers":[)";
  text.reserve(size);
  std::string_view before;
  for (auto& [socket, args] : all.received) {
    const auto user = users.find(socket);
    text += fmt::format(R"({}{{"socket":{},"user":{},"args":)", std::exchange(before, ","), quoted(shown_id(socket)),
                        quoted(user == users.end() ? std::string_view{} : user->second));
    text += to_json_text(std::exchange(args, {}));
    text += '}';
  }
  text += R"(],"missing":[)";
  before = {};
  for (const auto& socket : all.missing)
    text += fmt::format("{}{}", std::exchange(before, ","), quoted(shown_id(socket)));
  return text += "]}";
}

task<http_response> tell_answers(task<named_answers> asking) {
  auto named = co_await std::move(asking);
  co_return json_answer(text_of(std::move(named)));
}

}  // namespace

task<http_response> emit_call(api_ptr api, const http_request& request) {
  if (type_of(request) == body_type::ndjson) return emit_lines(*api, request);
  if (auto refusal = refusal_of_body(request)) return answer_soon(answer_of(std::move(*refusal)));
  const auto scope = api->scope();
  auto [command, refused] = command_reader{scope, "body"}.emit(request.body);
  if (refused) return answer_soon(refuse(std::move(*refused)));
  const delivered count;
  perform(api->io, command, count);
  return tell_sockets(count);
}

task<http_response> ask_call(api_ptr api, const http_request& request) {
  if (auto refusal = refusal_of_body(request)) return answer_soon(answer_of(std::move(*refusal)));
  const auto scope = api->scope();
  auto [command, refused] = command_reader{scope, "body"}.ask(request.body);
  if (refused) return answer_soon(refuse(std::move(*refused)));
  return tell_answers(perform(api->io, std::move(command)));
}

}  // namespace encke::gateway
