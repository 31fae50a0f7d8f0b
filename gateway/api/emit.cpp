// SPDX-License-Identifier: MIT
// The calls of the HTTP API that send events: one event, one a line, and one with answers. A call reads all of its
// event first, answers with everything that is wrong with it, and only then acts; in a batch that holds for each line.
#include <fmt/format.h>

#include <algorithm>
#include <boost/json/array.hpp>
#include <boost/json/object.hpp>
#include <boost/json/serialize.hpp>
#include <boost/json/string.hpp>
#include <exception>

#include "gateway/api/args.hpp"
#include "gateway/api/content_type.hpp"
#include "gateway/api/reading.hpp"
#include "gateway/api/routes.hpp"
#include "gateway/clients/socket_ids.hpp"

namespace encke::gateway {

namespace {

constexpr std::chrono::milliseconds default_ack_timeout{5000};
constexpr std::size_t most_lines = 10'000;
constexpr std::size_t most_line_errors = 100;
constexpr std::size_t longest_line_error = 500;

struct emit_command {
  selector who;
  std::string event;
  arguments args;
  bool lossy = false;
  std::chrono::milliseconds timeout{};
};

void read_emit(const api_state& api, emit_command& command, const object_reader& members) {
  command.who = read_selector(api.io, api.with.user_room, members);
  require(members, "event");
  command.event = read_event(members, "event");
  command.args = read_arguments(members, api.with.attachments);
}

// For `read_call` and `read_members`.
auto emit_reader(const api_state& api) {
  return [&api](emit_command& into, const object_reader& members) {
    read_emit(api, into, members);
    into.lossy = members.flag("lossy", false);
  };
}

void send(const api_state& api, const emit_command& command, const delivered& count) {
  const auto to = target_of(api.io, command.who).counted(count);
  (command.lossy ? to.lossy() : to).emit(command.event, command.args);
}

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

// As much of a problem as there is room for among others: whole faults, the first in any case.
std::string in_short(const problem& what) {
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
  void reject(std::size_t line, const problem& why) {
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
  std::optional<problem> emit_line(std::string_view line) {
    reading<emit_command> read;
    fault_list faults;
    const auto object = read_object(line, "line", document_, faults, read.refusal);
    read_members(read, object, faults, emit_names(), emit_reader(api_));
    if (!read.refusal) send(api_, read.command, count_);
    return std::move(read.refusal);
  }

  // What came before a line is on its way: so whatever happens with this one is said of it alone.
  std::optional<problem> try_line(std::string_view line) {
    try {
      return emit_line(line);
    } catch (const std::exception& thrown) {
      api_.log(log_level::error, "exception in a line of a batch", {{"what", thrown.what()}});
    }
    return problem{
        .status = 500, .code = "internal_error", .detail = "the gateway failed to do this; its log says why"};
  }

  const api_state& api_;
  json_document document_;
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
    return answer_soon(answer_of(std::move(faults).to_problem()));
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

// Each answer is given up once it is written: all of them together may be large.
std::string text_of(answers all) {
  constexpr std::size_t around = 100;  // bytes beside the arguments
  std::size_t size = around;
  for (const auto& one : all.received) size += one.args.text().size() + around;
  std::string text = R"({"answers":[)";
  text.reserve(size);
  std::string_view before;
  for (auto& [socket, args] : all.received) {
    text += fmt::format(R"({}{{"socket":{},"args":)", std::exchange(before, ","),
                        boost::json::serialize(boost::json::string{shown_id(socket)}));
    text += to_json_text(std::exchange(args, {}));
    text += '}';
  }
  text += R"(],"missing":[)";
  before = {};
  for (const auto& socket : all.missing)
    text +=
        fmt::format("{}{}", std::exchange(before, ","), boost::json::serialize(boost::json::string{shown_id(socket)}));
  return text += "]}";
}

task<http_response> ask_all(timed_target to, std::string event, arguments args) {
  auto asking = to.ask(event, args);
  auto all = co_await std::move(asking);
  co_return json_answer(text_of(std::move(all)));
}

}  // namespace

const std::vector<std::string>& emit_names() {
  static const auto names = with_selector({"event", "args", "lossy"});
  return names;
}

const std::vector<std::string>& ask_names() {
  static const auto names = with_selector({"event", "args", "timeout_ms"});
  return names;
}

task<http_response> emit_call(api_ptr api, const http_request& request) {
  if (type_of(request) == body_type::ndjson) return emit_lines(*api, request);
  auto [command, refusal] = read_call<emit_command>(request, emit_names(), emit_reader(*api));
  if (refusal) return answer_soon(answer_of(std::move(*refusal)));
  const delivered count;
  send(*api, command, count);
  return tell_sockets(count);
}

task<http_response> ask_call(api_ptr api, const http_request& request) {
  const auto [command, refusal] =
      read_call<emit_command>(request, ask_names(), [&](emit_command& into, const object_reader& members) {
        read_emit(*api, into, members);
        const auto most = api->with.ack_timeout_max;
        into.timeout = std::chrono::milliseconds{
            members.number("timeout_ms", 1, most.count(), std::min(default_ack_timeout, most).count())};
      });
  if (refusal) return answer_soon(answer_of(*refusal));
  return ask_all(target_of(api->io, command.who).timeout(command.timeout), command.event, command.args);
}

}  // namespace encke::gateway
