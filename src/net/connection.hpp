// SPDX-License-Identifier: MIT
// Connection: one TCP connection, with TLS or without: reads into the worker's scratch buffer, writes what its protocol
// has queued at the end of the loop's turn, and closes without losing what was promised. Knows no protocol.
// Owned by a worker; may move to another one.
#pragma once

#include <base/alarm.hpp>
#include <encke/ledger.hpp>
#include <memory>
#include <net/peer_address.hpp>
#include <net/poller.hpp>
#include <net/protocol.hpp>
#include <string_view>
#include <tls/engine.hpp>

namespace encke::net {

class worker;
struct listener;

class connection final : public pollable, public alarm, public ledger::charged<ledger::purpose::connection> {
 public:
  /// Takes the descriptor over.
  connection(int fd, peer_address, const listener&);
  ~connection();

  /// Begins to serve on a worker, with HTTP, or goes on there after a move.
  void attach(worker&);

  // --- for the protocol ---
  /// Queues bytes; they are sent at the end of the turn, before what the protocol gathers.
  void write(std::string_view);
  /// Something is to be sent at the end of the turn.
  void flush_later();
  /// Sends what is queued, then closes; what still arrives is dropped.
  void close();
  /// Closes at once; what is queued is lost.
  void abort();
  /// Another protocol takes over; the old one lives on to the end of the turn.
  void become(std::unique_ptr<protocol>);
  /// Goes on at another worker once this turn is over; the protocol hears on_moved there.
  void move_to(worker&);
  /// One deadline, for the protocol's use.
  void set_deadline(time_point);
  void clear_deadline();
  /// Stops or resumes reading, for a protocol that has enough.
  void pause_reading(bool);

  [[nodiscard]] worker& home() const { return *worker_; }
  [[nodiscard]] const listener& from() const { return *listener_; }
  [[nodiscard]] const peer_address& peer() const { return peer_; }
  [[nodiscard]] bool is_secure() const { return tls_ != nullptr; }
  [[nodiscard]] bool is_closing() const { return state_ != state::open; }
  /// Bytes held for it: its protocol, TLS, and what the protocol has written.
  [[nodiscard]] std::size_t held() const;
  [[nodiscard]] std::size_t unfinished() const { return protocol_->unfinished(); }
  [[nodiscard]] bool is_unclaimed() const { return !is_closing() && protocol_->is_unclaimed(); }
  [[nodiscard]] std::size_t queued() const { return out_ ? out_->bytes.size() - out_->sent : 0; }

  // --- for the worker ---
  void on_ready(events) override;
  void warm(unsigned step) const override;
  void on_alarm(time_point now) override;
  void flush();
  void on_stop();
  void detach();
  /// Bytes from the peer, as they came, that somebody else has read.
  void take_over(std::string received);
  /// Reads again, after `worker::hold_back`.
  void go_on_reading();
  std::uint32_t place = 0;        // in the worker's list
  std::uint32_t flush_place = 0;  // in the worker's list that `flushed` names
  enum class flushing : std::uint8_t {
    no,       ///< nothing is to be sent
    at_once,  ///< at the end of this turn
    later,    ///< with the crowd
  };
  flushing flushed = flushing::no;
  bool is_held_back = false;  // in the worker's list of those that do not read for now
  bool is_doomed = false;     // about to be destroyed: nothing may be done with it

 private:
  enum class state : std::uint8_t {
    open,
    draining,   ///< sends what is queued, then tells the peer the end
    lingering,  ///< everything was sent: waits for the peer's end, so that the last bytes are not lost to a reset
  };

  struct output : ledger::charged<ledger::purpose::response> {
    ledger::string<ledger::purpose::response> bytes;
    std::size_t sent = 0;  // of them
  };

  void read();
  void take(std::span<char> received);
  void decrypt(std::span<char> received);
  void end(bool failed);
  [[nodiscard]] bool send_plain();
  [[nodiscard]] bool send_encrypted();
  [[nodiscard]] bool send_tls_output();
  [[nodiscard]] long send(iovec*, std::size_t count, std::size_t total);
  void on_output_sent(std::size_t bytes);
  void on_all_sent();
  [[nodiscard]] interest wanted_interest() const;
  void update_interest();

  int fd_;
  worker* worker_ = nullptr;
  const listener* listener_;
  std::unique_ptr<protocol> protocol_;
  std::unique_ptr<tls::engine> tls_;
  std::unique_ptr<output> out_;  // what the protocol writes; none once it is sent
  peer_address peer_;
  state state_ = state::open;
  interest interest_{.read = true, .write = false};
  bool paused_ = false;
  bool blocked_ = false;     // the kernel's buffer is full
  bool progressed_ = false;  // something was sent since the deadline was looked at
  bool was_armed_ = false;   // while it moves
};

}  // namespace encke::net
