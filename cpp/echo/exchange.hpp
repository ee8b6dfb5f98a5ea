#pragma once
// Sends a source over a connected socket and copies what comes back, both at the same time.

#include <string>

#include "echo/echo_check.hpp"
#include "loop/loop.hpp"

namespace wireproof {

/// What is sent: `text`, or, when there is a descriptor, everything read from it.
struct Source {
  std::string text;
  int descriptor = -1;
};

/// For servers that say more than the echo.
struct ExchangeOptions {
  Time patience = kNever;      ///< without progress while something is due from the peer
  bool await_welcome = false;  ///< send nothing before the server has spoken
  bool await_reply = false;    ///< half-close only when, since the first byte sent, as many bytes have come back
};

/// Sends the source, half-closes (FIN), and writes what comes back to `output`, until the peer's end of stream.
/// It never waits for one direction only, so any length passes without deadlock, with bounded memory each way.
/// `socket` and descriptors may be blocking. Returns what was sent and received; throws Failure when an operation
/// fails, when the peer leaves before everything is sent, or when patience ends. `peer` names the peer in messages.
EchoCheck exchange(Loop& loop, int socket, const std::string& peer, const Source& source, int output,
                   const ExchangeOptions& options = {});

}  // namespace wireproof
