#include "sandbox/control_socket.hpp"

#include <fcntl.h>
#include <sys/socket.h>

#include <array>
#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::sandbox {

ControlSocket::ControlSocket(int descriptor) : descriptor_(descriptor) {
  int type = 0;
  socklen_t length = sizeof type;
  if (::getsockopt(descriptor, SOL_SOCKET, SO_TYPE, &type, &length) != 0) fail("look at the control socket", errno);
  if (type != SOCK_SEQPACKET) throw Failure("look at the control socket: it is not a SOCK_SEQPACKET socket");
  if (::fcntl(descriptor, F_SETFD, FD_CLOEXEC) != 0) fail("keep the control socket from the program", errno);
}

bool ControlSocket::say(std::string_view message) const {
  ssize_t sent = 0;
  do {
    sent = ::send(descriptor_, message.data(), message.size(), MSG_NOSIGNAL);
  } while (sent < 0 && errno == EINTR);
  return sent >= 0;
}

std::optional<Request> ControlSocket::hear() const {
  std::array<char, 64> buffer;
  ssize_t length = 0;
  do {
    length = ::recv(descriptor_, buffer.data(), buffer.size(), 0);
  } while (length < 0 && errno == EINTR);
  if (length <= 0) return std::nullopt;
  return request_of({buffer.data(), static_cast<std::size_t>(length)});
}

}  // namespace wireproof::sandbox
