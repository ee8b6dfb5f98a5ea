#include "tv/receiver_socket.hpp"

#include <fmt/format.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/uio.h>
#include <time.h>

#include <array>
#include <cerrno>
#include <cstring>

#include "base/program.hpp"

namespace wireproof::tv {
namespace {

constexpr int kBatch = 256;
constexpr std::size_t kLargestDatagram = 65536;
/// Asked for, as players do; the system grants at most net.core.rmem_max.
constexpr int kSocketBuffer = 512 * 1024;

double seconds(const timespec& time) {
  return static_cast<double>(time.tv_sec) + static_cast<double>(time.tv_nsec) * 1e-9;
}

double clock_now(clockid_t clock) {
  timespec time{};
  ::clock_gettime(clock, &time);
  return seconds(time);
}

Endpoint any_address(int family) {
  Endpoint endpoint;
  endpoint.storage.ss_family = static_cast<sa_family_t>(family);
  endpoint.length = family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6);
  return endpoint;
}

void set(int socket, int level, int option, int value, const char* what) {
  if (::setsockopt(socket, level, option, &value, sizeof value) != 0) fail(fmt::format("set {}", what), errno);
}

/// The interface the kernel chose for a membership without one, for the message: the one it would send to the group by.
std::string route_interface(const Endpoint& group) {
  const FileDescriptor probe(::socket(group.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
  Endpoint local;
  local.length = sizeof local.storage;
  if (!probe.is_open() || ::connect(probe.get(), group.address(), group.length) != 0 ||
      ::getsockname(probe.get(), reinterpret_cast<sockaddr*>(&local.storage), &local.length) != 0) {
    return "an interface of the system's choice";
  }
  try {
    std::string host = local.host();
    host.resize(std::min(host.size(), host.find('%')));
    return find_interface(host).name;
  } catch (const Failure&) {
    return "an interface of the system's choice";
  }
}

}  // namespace

void ReceiverSocket::join(const Endpoint& group, const std::optional<Interface>& interface) {
  const std::string where = interface ? " on " + interface->name : "";
  const std::string tried = fmt::format("join {}{}", group.host(), where);
  int result = 0;
  if (group.family() == AF_INET) {
    ip_mreqn request{};
    request.imr_multiaddr = reinterpret_cast<const sockaddr_in&>(group.storage).sin_addr;
    request.imr_ifindex = interface ? static_cast<int>(interface->index) : 0;
    result = ::setsockopt(socket_.get(), IPPROTO_IP, IP_ADD_MEMBERSHIP, &request, sizeof request);
    // Without this a socket also receives groups that other programs of the host have joined.
    const int off = 0;
    if (result == 0) result = ::setsockopt(socket_.get(), IPPROTO_IP, IP_MULTICAST_ALL, &off, sizeof off);
  } else {
    const auto& address = reinterpret_cast<const sockaddr_in6&>(group.storage);
    ipv6_mreq request{};
    request.ipv6mr_multiaddr = address.sin6_addr;
    request.ipv6mr_interface = interface ? interface->index : address.sin6_scope_id;
    result = ::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_ADD_MEMBERSHIP, &request, sizeof request);
    const int off = 0;
    if (result == 0) result = ::setsockopt(socket_.get(), IPPROTO_IPV6, IPV6_MULTICAST_ALL, &off, sizeof off);
  }
  if (result != 0) {
    const int error = errno;
    const bool no_route = error == ENODEV && !interface;
    fail(no_route ? fmt::format("{} (no route to the group: add one, or give --interface)", tried) : tried, error);
  }
  joined_ = fmt::format("{} on {}", group.host(), interface ? interface->name : route_interface(group));
}

ReceiverSocket::ReceiverSocket(const Settings& settings) : buffer_(kLargestDatagram) {
  std::optional<Endpoint> group;
  if (settings.group) {
    group = resolve(*settings.group, settings.port).front();
    if (!group->is_multicast()) throw UsageError(fmt::format("{} is no multicast group", printable(*settings.group)));
  }
  std::optional<Interface> interface;
  if (settings.interface) interface = find_interface(*settings.interface);
  const int family = group ? group->family() : AF_UNSPEC;
  local_ = settings.bind ? resolve(*settings.bind, settings.port, family).front()
                         : any_address(group ? group->family() : AF_INET);
  local_.set_port(settings.port);

  socket_ = FileDescriptor(::socket(local_.family(), SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_.is_open()) fail("open a socket", errno);
  const int socket = socket_.get();
  // Several members of a group on one host; a unicast port, though, has one listener.
  if (group) set(socket, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
  if (local_.family() == AF_INET6 && group) set(socket, IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
  set(socket, SOL_SOCKET, SO_RCVBUF, kSocketBuffer, "SO_RCVBUF");
  set(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS");
  if (interface && !group &&
      ::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface->name.c_str(),
                   static_cast<socklen_t>(interface->name.size() + 1)) != 0) {
    fail(fmt::format("bind to the interface {}", interface->name), errno);
  }
  if (::bind(socket, local_.address(), local_.length) != 0)
    fail(fmt::format("listen on {} (udp)", local_.text()), errno);
  if (group) join(*group, interface);
}

bool ReceiverSocket::receive(const Take& take) {
  for (int i = 0; i < kBatch; ++i) {
    alignas(cmsghdr) char control[256];
    iovec part{buffer_.data(), buffer_.size()};
    msghdr message{};
    message.msg_iov = &part;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t got = ::recvmsg(socket_.get(), &message, 0);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return false;
      fail(fmt::format("receive on {}", local_.text()), errno);
    }
    double arrival = clock_now(CLOCK_MONOTONIC);
    for (cmsghdr* part_of = CMSG_FIRSTHDR(&message); part_of != nullptr; part_of = CMSG_NXTHDR(&message, part_of)) {
      if (part_of->cmsg_level != SOL_SOCKET) continue;
      if (part_of->cmsg_type == SO_TIMESTAMPNS) {
        timespec stamp{};
        std::memcpy(&stamp, CMSG_DATA(part_of), sizeof stamp);
        arrival -= clock_now(CLOCK_REALTIME) - seconds(stamp);
      }
    }
    take(arrival, {buffer_.data(), static_cast<std::size_t>(got)});
  }
  return true;
}

std::uint64_t ReceiverSocket::drops() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) fail("read SO_MEMINFO", errno);
  return memory[SK_MEMINFO_DROPS];
}

}  // namespace wireproof::tv
