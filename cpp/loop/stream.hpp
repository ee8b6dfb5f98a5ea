#pragma once
// One side of a conversation in bytes, over a socket or a pair of descriptors, that may speak first and at any time.

#include <cstddef>
#include <functional>
#include <optional>
#include <string>
#include <string_view>

#include "loop/loop.hpp"
#include "loop/readiness.hpp"

namespace wireproof {

/// What is said goes into an outbox of bounded size, which deliver() empties beside: a peer that does not read holds up
/// who waits for it in write(), or loses what post() would have said, and nobody else. The descriptors stay the
/// caller's and may be blocking.
class Stream {
 public:
  struct Ends {
    int input = -1;  ///< -1: nothing is read
    int output = -1;
    std::string reading;  ///< for a Failure: "receive from 10.0.0.1:40000"
    std::string writing;
  };

  Stream(Loop& loop, Ends ends, std::size_t limit = 64 * 1024);
  /// A connected socket.
  static Ends socket(int descriptor, const std::string& peer);

  /// What has come, until the next read(); empty at the peer's end. Throws Failure.
  asio::awaitable<std::string_view> read();
  /// Whether the peer's end is what would be read now, without waiting.
  bool ended() const;

  /// Waits until all of it is in the outbox.
  asio::awaitable<void> write(std::string_view bytes);
  /// False, and nothing is said, when the outbox has no room for all of it.
  bool post(std::string_view bytes);
  /// Nothing more will be said: half-close (FIN), when the outbox is empty.
  void end();
  /// Sends what is in the outbox, until end(); then half-closes a socket. `moved` is called when some of it went.
  /// Throws Failure.
  asio::awaitable<void> deliver(std::function<void()> moved = [] {});

  std::size_t unsent() const { return outbox_.size(); }

 private:
  Ends ends_;
  Event changed_;  ///< the outbox, or that it is the last
  std::optional<Readiness> readable_;
  std::optional<Readiness> writable_;
  std::string chunk_;
  std::string outbox_;
  std::size_t limit_;
  bool over_ = false;  ///< end() was called
};

/// How long nothing may move.
class IdleTimeout {
 public:
  /// kNever: for ever.
  IdleTimeout(Loop& loop, Time patience)
      : patience_(patience), timer_(loop.context(), asio::steady_timer::time_point::max()) {
    touch();
  }

  /// Something has moved.
  void touch();
  /// Ends watch().
  void cancel();
  /// Throws Failure "PEER: nothing came or went for … ms" when nothing has moved for so long, and `counts` says that
  /// this was the peer's turn.
  asio::awaitable<void> watch(
      std::string peer, std::function<bool()> counts = [] { return true; });

 private:
  Time patience_;
  asio::steady_timer timer_;
  bool over_ = false;
};

/// Carries bytes between two peers in both directions, each with its own end, until both have ended. Throws Failure
/// when one fails, or when nothing has moved for `idle`.
asio::awaitable<void> relay(Loop& loop, Stream& one, Stream& other, Time idle = kNever);

}  // namespace wireproof
