// SPDX-License-Identifier: MIT
#include "bench/load/publisher.hpp"

#include <fmt/format.h>

#include <charconv>
#include <cstring>

#include "bench/load/client.hpp"

namespace encke::load {

body_template::body_template(std::string_view text) {
  constexpr std::string_view user = "{user}", data = "{data}";
  for (;;) {
    const auto u = text.find(user), d = text.find(data);
    const auto at = std::min(u, d);
    if (at == std::string_view::npos) break;
    pieces_.push_back({std::string{text.substr(0, at)}, u < d ? place::user : place::data});
    text.remove_prefix(at + user.size());  // both are as long
  }
  pieces_.push_back({std::string{text}, place::none});
}

void body_template::append_to(std::string& body, std::string_view user, std::string_view data) const {
  for (const auto& p : pieces_) {
    body += p.text;
    if (p.then == place::user) body += user;
    if (p.then == place::data) body += data;
  }
}

publisher::publisher(loop& on, const target& push, const options& given, stats& counted, bool is_ndjson)
    : line_{on, push.address, *this, 0},
      counted_{counted},
      template_{given.publish_body},
      data_{'"' + stamped_text(given.size) + '"'} {
  line_.use_once(!given.keep_alive.value_or(true));
  head_ = fmt::format("POST {} HTTP/1.1\r\nHost: {}\r\nContent-Type: {}\r\n", push.where.path, push.where.authority(),
                      is_ndjson ? "application/x-ndjson" : "application/json");
  for (const auto& line : given.publish_headers) head_ += line + "\r\n";
}

void publisher::add(std::string_view user, const stamp& s, std::optional<std::uint32_t> number) {
  s.write(data_.data() + 1);
  if (number) sequence::write(data_.data() + 1 + stamp::size, *number);
  if (!body_.empty()) body_ += '\n';
  template_.append_to(body_, user, data_);
}

void publisher::post() {
  request_.clear();
  fmt::format_to(std::back_inserter(request_), "{}Content-Length: {}\r\n\r\n", head_, body_.size());
  request_ += body_;
  body_.clear();
  line_.ask(request_);
}

void publisher::on_answer(http_line&, unsigned status, std::string_view body) {
  if (status >= 200 && status < 300) {
    // Of a batch: lines that were not taken.
    const auto rejected = field_of(body, "rejected");
    std::uint64_t times = 0;
    std::from_chars(rejected.data(), rejected.data() + rejected.size(), times);
    if (times > 0) counted_.fail("publish: rejected", times);
    return;
  }
  counted_.fail(fmt::format("publish: HTTP {} {}", status, body.substr(0, 100)));
}

void publisher::on_no_answer(http_line&, int error) {
  counted_.fail(fmt::format("publish: {}", error != 0 ? std::strerror(error) : "closed before the answer"));
}

}  // namespace encke::load
