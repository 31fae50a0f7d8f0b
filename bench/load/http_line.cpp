// SPDX-License-Identifier: MIT
#include "bench/load/http_line.hpp"

#include <cerrno>
#include <utility>

namespace encke::load {

void http_line::ask(std::string_view request) {
  asked_ = true;
  if (!is_open()) {
    if (const int error = open(to_, source_); error != 0) {
      asked_ = false;
      return listener_.on_no_answer(*this, error);
    }
  }
  send(request);
}

void http_line::give_up() noexcept {
  asked_ = false;
  close();
}

std::size_t http_line::on_data(std::string_view bytes) {
  thread_local std::string chunks;
  const auto a = read_answer(bytes, chunks);
  if (a.state == reading::incomplete) return 0;
  if (a.state == reading::wrong || !asked_) {
    close();
    if (std::exchange(asked_, false)) listener_.on_no_answer(*this, EPROTO);
    return 0;
  }
  asked_ = false;
  if (once_ || a.closes || a.status == 101) close();
  listener_.on_answer(*this, a.status, a.body);
  return a.size;
}

void http_line::on_gone(int error) {
  if (std::exchange(asked_, false)) listener_.on_no_answer(*this, error);
}

}  // namespace encke::load
