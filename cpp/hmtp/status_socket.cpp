#include "hmtp/status_socket.hpp"

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include <array>
#include <cerrno>
#include <cstdlib>
#include <cstring>
#include <utility>

#include "command_line/program.hpp"

namespace wireproof::hmtp {
namespace {

/// Those who ask at the same time.
constexpr int kBacklog = 16;
/// Longest answer in bytes that is read.
constexpr std::size_t kLongestAnswer = 1 << 20;

sockaddr_un address_of(const std::string& path) {
  sockaddr_un address{};
  address.sun_family = AF_UNIX;
  if (path.empty() || path.size() >= sizeof address.sun_path) {
    throw UsageError(
        fmt::format("'{}': the path of a socket has 1 to {} bytes", printable(path, 300), sizeof address.sun_path - 1));
  }
  std::memcpy(address.sun_path, path.data(), path.size());
  return address;
}

FileDescriptor open_socket(int flags = 0) {
  FileDescriptor descriptor(::socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC | flags, 0));
  if (!descriptor.is_open()) fail("open a UNIX socket", errno);
  return descriptor;
}

bool connects(const FileDescriptor& descriptor, const sockaddr_un& address) {
  return ::connect(descriptor.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) == 0;
}

bool is_folder(const std::string& path) {
  struct stat facts {};
  return ::stat(path.c_str(), &facts) == 0 && S_ISDIR(facts.st_mode) && ::access(path.c_str(), W_OK | X_OK) == 0;
}

std::string runtime_folder() {
  const char* const named = std::getenv("XDG_RUNTIME_DIR");
  if (named != nullptr && *named == '/' && is_folder(named)) return named;
  const std::string usual = fmt::format("/run/user/{}", ::getuid());
  if (is_folder(usual)) return usual;
  const std::string own = fmt::format("/tmp/mcast-node-{}", ::getuid());
  if (::mkdir(own.c_str(), 0700) != 0 && errno != EEXIST) fail(fmt::format("make {}", own), errno);
  // In /tmp somebody else may have been there first.
  struct stat facts {};
  if (::lstat(own.c_str(), &facts) != 0) fail(fmt::format("look at {}", own), errno);
  if (!S_ISDIR(facts.st_mode) || facts.st_uid != ::getuid() || (facts.st_mode & 077) != 0) {
    throw Failure(fmt::format("use {}: it is not a folder that only we can open", own));
  }
  return own;
}

}  // namespace

std::string default_status_path(const std::string& address, std::uint16_t port) {
  std::array<char, 64> name{};  // net:[4026531840]
  const ssize_t length = ::readlink("/proc/self/ns/net", name.data(), name.size() - 1);
  std::string network;
  for (ssize_t i = 0; i < length; ++i) {
    if (name[static_cast<std::size_t>(i)] >= '0' && name[static_cast<std::size_t>(i)] <= '9') {
      network += name[static_cast<std::size_t>(i)];
    }
  }
  return fmt::format("{}/mcast-node-{}-{}-{}.sock", runtime_folder(), network, address.empty() ? "all" : address, port);
}

StatusSocket::StatusSocket(std::string path) : path_(std::move(path)), listener_(open_socket(SOCK_NONBLOCK)) {
  const sockaddr_un address = address_of(path_);
  const auto* const system = reinterpret_cast<const sockaddr*>(&address);
  // From its first moment nobody else may connect.
  const mode_t before = ::umask(0177);
  int error = ::bind(listener_.get(), system, sizeof address) == 0 ? 0 : errno;
  struct stat facts {};
  if (error == EADDRINUSE && ::lstat(path_.c_str(), &facts) == 0 && S_ISSOCK(facts.st_mode) &&
      !connects(open_socket(), address) && errno == ECONNREFUSED && ::unlink(path_.c_str()) == 0) {
    error = ::bind(listener_.get(), system, sizeof address) == 0 ? 0 : errno;
  }
  ::umask(before);
  if (error != 0) fail(fmt::format("make the status socket {}", printable(path_)), error);
  if (::listen(listener_.get(), kBacklog) != 0) {
    error = errno;
    ::unlink(path_.c_str());
    fail(fmt::format("listen at the status socket {}", printable(path_)), error);
  }
}

StatusSocket::~StatusSocket() { ::unlink(path_.c_str()); }

void StatusSocket::answer(const std::function<std::string()>& status) const {
  const FileDescriptor client(::accept4(listener_.get(), nullptr, nullptr, SOCK_CLOEXEC | SOCK_NONBLOCK));
  if (!client.is_open()) return;
  // A UNIX socket's buffer holds more than the longest status: what is sent now is sent whole.
  const std::string text = status();
  static_cast<void>(::send(client.get(), text.data(), text.size(), MSG_NOSIGNAL));
}

std::string ask_status(const std::string& path) {
  const sockaddr_un address = address_of(path);
  const FileDescriptor socket = open_socket();
  const std::string tried = fmt::format("ask the node at {}", printable(path));
  if (!connects(socket, address)) fail(tried, errno);
  std::string answer;
  std::array<char, 4096> part;
  for (;;) {
    const ssize_t length = ::recv(socket.get(), part.data(), part.size(), 0);
    if (length < 0 && errno == EINTR) continue;
    if (length < 0) fail(tried, errno);
    if (length == 0) break;
    answer.append(part.data(), static_cast<std::size_t>(length));
    if (answer.size() > kLongestAnswer) throw Failure(tried + ": the answer is too long");
  }
  if (answer.empty()) throw Failure(tried + ": it said nothing");
  return answer;
}

}  // namespace wireproof::hmtp
