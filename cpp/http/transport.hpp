#pragma once
// The bytes of a connection: every wait has its deadline.

#include <boost/asio/ip/tcp.hpp>

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/broken.hpp"
#include "loop/deadlines.hpp"
#include "loop/loop.hpp"

namespace wireproof::http {

/// All that waits throws Broken: timed_out, network, stopped. One coroutine may read while another writes.
class Transport {
 public:
  /// `socket`: connected. `peer`: for messages.
  Transport(Loop& loop, Deadlines& deadlines, asio::ip::tcp::socket socket, std::string peer);
  virtual ~Transport();

  Loop& loop() { return loop_; }
  const std::string& peer() const { return peer_; }

  /// Waits until something can be read, the peer's end too; `until` is on the loop's clock.
  asio::awaitable<void> readable(Time until);
  /// What has come, some bytes at least; 0 at the peer's end.
  asio::awaitable<std::size_t> read_some(std::span<char> room, Time until);
  /// Waits until the system has taken all of it; `patience` is how long it may take none.
  /// `more`: what follows goes into the same packet.
  asio::awaitable<void> write(std::string_view bytes, Time patience, bool more = false);
  /// Likewise, of a file, without copying it where the system can. Truncated when the file has become shorter.
  asio::awaitable<void> send_file(int file, std::uint64_t offset, std::uint64_t length, Time patience);

  /// Without waiting: what has come, 0 at the peer's end, nothing where it would have to be waited for.
  virtual std::optional<std::size_t> try_read(std::span<char> room);
  /// Without waiting: how much was taken, which may be 0.
  virtual std::size_t try_write(std::string_view bytes, bool more);
  /// Whether sendfile(2) may be used: the bytes go as they are.
  virtual bool is_plain() const { return true; }

  /// Nothing more will be written (FIN).
  virtual void end();
  /// Whether the peer has ended or reset the connection, or sent something: of one that should be idle.
  bool is_spoilt();
  /// Ends all waits, of others too, with Cause::stopped.
  void abort();
  /// Likewise, and what was written and has not gone is dropped: the peer gets a reset. Of one that does not read,
  /// whose bytes the system would keep for minutes.
  void reset();
  bool is_aborted() const { return is_aborted_; }
  std::uint64_t written() const { return written_; }
  int descriptor() { return socket_.native_handle(); }

 protected:
  enum class Direction { reading, writing };
  asio::awaitable<void> ready(Direction direction, Time until);
  [[noreturn]] void broke(std::string_view tried, int error) const;

 private:
  Loop& loop_;
  asio::ip::tcp::socket socket_;
  std::string peer_;
  Deadline reading_;
  Deadline writing_;
  std::uint64_t written_ = 0;
  bool is_aborted_ = false;
};

}  // namespace wireproof::http
