#pragma once
// A UNIX socket at which a running node tells its status: one line to whoever connects.

#include <cstdint>
#include <functional>
#include <string>

#include "loop/file_descriptor.hpp"

namespace wireproof::hmtp {

/// In $XDG_RUNTIME_DIR, else /run/user/UID, else /tmp/mcast-node-UID (made, mode 0700): a name of the network
/// namespace, of the address listened on (empty: all) and of the port, so that hosts that share a file system do not
/// meet.
std::string default_status_path(const std::string& address, std::uint16_t port);

class StatusSocket {
 public:
  /// Listens with permissions 0600; a socket that a dead node left behind is replaced. Throws Failure.
  explicit StatusSocket(std::string path);
  StatusSocket(const StatusSocket&) = delete;
  StatusSocket& operator=(const StatusSocket&) = delete;
  /// Removes the socket.
  ~StatusSocket();

  int descriptor() const { return listener_.get(); }
  const std::string& path() const { return path_; }
  /// Tells `status()` to those who wait. Does not wait for them to read.
  void answer(const std::function<std::string()>& status) const;

 private:
  std::string path_;
  FileDescriptor listener_;
};

/// What the node at `path` tells. Throws Failure "ask the node at …: …".
std::string ask_status(const std::string& path);

}  // namespace wireproof::hmtp
