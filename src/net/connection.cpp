// SPDX-License-Identifier: MIT
#include <net/connection.hpp>

#include <netinet/tcp.h>
#include <sys/socket.h>
#include <unistd.h>
#include <algorithm>
#include <array>
#include <base/prefetch.hpp>
#include <cerrno>
#include <cstring>
#include <net/http_exchange.hpp>
#include <net/service.hpp>
#include <net/worker.hpp>

namespace encke::net {

namespace {

constexpr std::size_t usual_protocol_size = 128;
constexpr std::size_t most_pieces = 64;                    // of one gathered write
constexpr auto linger_time = std::chrono::seconds{2};      // for the peer to close after us
constexpr std::size_t most_encrypted_at_once = 64 * 1024;  // plain bytes turned into records before they are sent
constexpr std::size_t most_unsent_records = 256 * 1024;    // bytes, when reading makes still more

}  // namespace

connection::connection(int fd, peer_address peer, const listener& from) : fd_{fd}, listener_{&from}, peer_{peer} {
  const int on = 1;
  ::setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof on);
  if (auto context = from.tls.load()) tls_ = std::make_unique<tls::engine>(context);
}

connection::~connection() {
  ::close(fd_);
}

std::size_t connection::held() const {
  auto sum = ledger::set_aside(sizeof *this) + protocol_->held();
  if (tls_) sum += tls_->held();
  if (out_) sum += ledger::set_aside(sizeof *out_) + ledger::set_aside(out_->bytes.capacity());
  return sum;
}

void connection::attach(worker& at) {
  const bool moved = worker_ != nullptr;
  worker_ = &at;
  interest_ = wanted_interest();
  if (!at.sockets().add(fd_, *this, interest_)) return abort();
  if (!moved) {
    protocol_ = std::make_unique<http_exchange>(*this);
    return;
  }
  if (was_armed_) at.wheel().arm(*this, deadline());
  if (queued() > 0) flush_later();
  if (state_ == state::open) protocol_->on_moved();  // otherwise its end came while it moved
}

void connection::detach() {
  worker_->sockets().remove(fd_);
  was_armed_ = is_armed();
  worker_->wheel().cancel(*this);
}

void connection::move_to(worker& other) {
  worker_->hand_over_later(*this, other);
}

// --- reading ------------------------------------------------------------------------------------------------------

void connection::on_ready(events ready) {
  if (is_doomed) return;
  worker_->hear(*this);
  if (ready.writable) {
    blocked_ = false;
    flush_later();
  }
  if (ready.readable) read();
}

void connection::go_on_reading() {
  is_held_back = false;
  update_interest();
}

void connection::warm(unsigned step) const {
  if (step == 1) return prefetch(protocol_.get(), usual_protocol_size);
  protocol_->warm(step - 2);
}

void connection::read() {
  const auto scratch = worker_->room_to_read();
  const auto count = ::recv(fd_, scratch.data(), scratch.size(), 0);
  if (count < 0) {
    if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) return;
    return end(true);
  }
  if (count == 0) return end(false);
  worker_->count(counter::bytes_received, static_cast<std::uint64_t>(count));
  const auto received = scratch.first(static_cast<std::size_t>(count));
  if (state_ == state::lingering) return;  // read only to see the end
  if (tls_) return decrypt(received);
  take(received);
}

void connection::take_over(std::string received) {
  if (!is_doomed) tls_ ? decrypt(received) : take(received);
}

void connection::take(std::span<char> received) {
  if (state_ != state::open || is_doomed) return;
  protocol_->on_bytes(received);
  if (!worker_->minds_input() || is_doomed || state_ != state::open || protocol_->unfinished() == 0) return;
  if (worker_->took_input(received.size()) || is_held_back) return;
  worker_->hold_back(*this);
  update_interest();
}

void connection::decrypt(std::span<char> received) {
  const bool was_established = tls_->is_established();
  if (const auto fed = tls_->feed({received.data(), received.size()}); !fed) {
    if (!was_established) worker_->count(counter::tls_refused);
    if (state_ == state::open) protocol_->on_end(true);
    out_.reset();
    return close();  // the alert goes out
  }
  const auto plain = worker_->plain_scratch();
  const auto unsent = tls_->output().size();
  while (!is_doomed) {
    const auto count = tls_->read(plain);
    if (!count) return end(count.error() != tls::error::closed);
    if (*count == 0) break;
    take(plain.first(*count));
  }
  if (is_doomed || tls_->output().empty()) return;
  // RFC 8446 4.6.3: key updates are answered, so reading may make output. Who does not read it is not waited for.
  const auto now_unsent = tls_->output().size();
  if (blocked_ && now_unsent > unsent && now_unsent > most_unsent_records) return end(true);
  flush_later();
}

// The peer is gone, or will send no more.
void connection::end(bool failed) {
  if (state_ == state::open) protocol_->on_end(failed);
  if (failed || state_ == state::lingering) return abort();
  // It may still read what it asked for before.
  if (queued() == 0 && state_ == state::open) return abort();
  close();
  paused_ = true;
  update_interest();
}

void connection::pause_reading(bool paused) {
  paused_ = paused;
  update_interest();
}

// --- writing ------------------------------------------------------------------------------------------------------

void connection::write(std::string_view bytes) {
  if (!out_) out_ = std::make_unique<output>();
  out_->bytes += bytes;
  flush_later();
}

void connection::flush_later() {
  if (!is_doomed) worker_->flush_later(*this);
}

void connection::flush() {
  if (is_doomed || blocked_) return;
  const bool all_sent = tls_ ? send_encrypted() : send_plain();
  if (is_doomed) return;
  if (all_sent && state_ == state::draining) return on_all_sent();
  update_interest();
  if (all_sent && state_ == state::open) protocol_->on_all_sent();
}

// One gathered write takes all there is; more than one are needed only past `most_pieces`.
bool connection::send_plain() {
  for (;;) {
    std::array<iovec, most_pieces> pieces;
    std::size_t count = 0, total = 0;
    if (queued() > 0) pieces[count++] = {out_->bytes.data() + out_->sent, queued()};
    count += protocol_->gather(pieces.data() + count, most_pieces - count);
    if (count == 0) return true;
    for (std::size_t i = 0; i < count; ++i) total += pieces[i].iov_len;
    const auto sent = send(pieces.data(), count, total);
    if (sent < 0) return false;
    const auto own = std::min(static_cast<std::size_t>(sent), queued());
    on_output_sent(own);
    if (const auto gathered = static_cast<std::size_t>(sent) - own; gathered > 0) protocol_->on_gathered_sent(gathered);
    if (static_cast<std::size_t>(sent) < total) {
      blocked_ = true;
      return false;
    }
  }
}

void connection::on_output_sent(std::size_t bytes) {
  if (out_) out_->sent += bytes;
  if (queued() == 0) out_.reset();
}

bool connection::send_encrypted() {
  for (;;) {
    if (!send_tls_output()) return false;
    if (!tls_->is_established()) return state_ == state::draining;
    std::array<iovec, most_pieces> pieces;
    std::size_t count = 0, own = queued(), gathered = 0;
    if (own > 0) {
      if (!tls_->write({out_->bytes.data() + out_->sent, own})) return end(true), false;
      out_.reset();
    }
    count = protocol_->gather(pieces.data(), most_pieces);
    for (std::size_t i = 0; i < count && gathered < most_encrypted_at_once; ++i) {
      if (!tls_->write({static_cast<const char*>(pieces[i].iov_base), pieces[i].iov_len})) return end(true), false;
      gathered += pieces[i].iov_len;
    }
    if (gathered > 0) protocol_->on_gathered_sent(gathered);
    if (own + gathered == 0) return true;
  }
}

bool connection::send_tls_output() {
  while (!tls_->output().empty()) {
    const auto bytes = tls_->output();
    iovec piece{const_cast<char*>(bytes.data()), bytes.size()};
    const auto sent = send(&piece, 1, bytes.size());
    if (sent < 0) return false;
    const bool short_write = static_cast<std::size_t>(sent) < bytes.size();
    tls_->consume_output(static_cast<std::size_t>(sent));
    if (!short_write) continue;
    blocked_ = true;
    return false;
  }
  return true;
}

// The number of bytes sent; -1 if the kernel's buffer is full, or the connection broke and is doomed now.
// The kernel takes one small buffer faster than a list of pieces, and copying them together costs less than the list.
long connection::send(iovec* pieces, std::size_t count, std::size_t total) {
  const auto together = worker_->outgoing_scratch();
  long sent = 0;
  if (count == 1) {
    sent = ::send(fd_, pieces->iov_base, pieces->iov_len, MSG_NOSIGNAL);
  } else if (total <= together.size()) {
    char* to = together.data();
    for (const auto& piece : std::span{pieces, count}) {
      std::memcpy(to, piece.iov_base, piece.iov_len);
      to += piece.iov_len;
    }
    sent = ::send(fd_, together.data(), total, MSG_NOSIGNAL);
  } else {
    msghdr message{};
    message.msg_iov = pieces;
    message.msg_iovlen = count;
    sent = ::sendmsg(fd_, &message, MSG_NOSIGNAL);
  }
  if (sent >= 0) {
    worker_->count(counter::bytes_sent, static_cast<std::uint64_t>(sent));
    progressed_ = true;
    return sent;
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK) {
    blocked_ = true;
    return -1;
  }
  end(true);
  return -1;
}

interest connection::wanted_interest() const {
  return {.read = !paused_ && !is_held_back, .write = blocked_};
}

void connection::update_interest() {
  if (is_doomed) return;
  const auto wanted = wanted_interest();
  if (wanted.read == interest_.read && wanted.write == interest_.write) return;
  interest_ = wanted;
  worker_->sockets().change(fd_, *this, interest_);
}

// --- closing ------------------------------------------------------------------------------------------------------

void connection::close() {
  if (state_ != state::open || is_doomed) return;
  state_ = state::draining;
  paused_ = false;  // to see the peer's end
  progressed_ = false;
  set_deadline(worker_->now() + linger_time);
  flush_later();
}

void connection::on_all_sent() {
  if (tls_) {
    tls_->shutdown();
    if (!send_tls_output()) return update_interest();
  }
  state_ = state::lingering;
  ::shutdown(fd_, SHUT_WR);
  if (paused_) return abort();  // the peer's end was seen before
}

void connection::abort() {
  if (!is_doomed) worker_->doom(*this);
}

void connection::on_stop() {
  if (state_ == state::open && !is_doomed) protocol_->on_stop();
}

void connection::become(std::unique_ptr<protocol> next) {
  worker_->doom(std::exchange(protocol_, std::move(next)));  // it is still on the stack
}

// --- time ---------------------------------------------------------------------------------------------------------

void connection::set_deadline(time_point when) {
  worker_->wheel().arm(*this, when);
}

void connection::clear_deadline() {
  worker_->wheel().cancel(*this);
}

void connection::on_alarm(time_point now) {
  if (is_doomed) return;
  // The last bytes may take their time as long as the peer reads.
  if (state_ == state::draining && std::exchange(progressed_, false)) return set_deadline(now + linger_time);
  if (state_ != state::open) return abort();
  if (tls_ && !tls_->is_established()) worker_->count(counter::tls_refused);
  protocol_->on_deadline(now);
}

}  // namespace encke::net
