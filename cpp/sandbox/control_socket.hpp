#pragma once
// The harness's end of the world, as a socket of packets.

#include <optional>
#include <string_view>

#include "sandbox/messages.hpp"

namespace wireproof::sandbox {

class ControlSocket {
 public:
  /// Does not own the descriptor, which must be a SOCK_SEQPACKET socket: throws Failure.
  explicit ControlSocket(int descriptor);

  int descriptor() const { return descriptor_; }
  /// Says one message. The kernel adds the number of the process that calls this. False when nobody is there any more.
  bool say(std::string_view message) const;
  /// Waits for what is asked; nothing when the other end is closed.
  std::optional<Request> hear() const;

 private:
  int descriptor_;
};

}  // namespace wireproof::sandbox
