#include "mcast_chat/room.hpp"

#include <fmt/format.h>
#include <ifaddrs.h>
#include <linux/sock_diag.h>
#include <net/if.h>
#include <netinet/in.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/time.h>

#include <array>
#include <cerrno>
#include <cstring>
#include <memory>

#include "base/program.hpp"

namespace wireproof::mcast_chat {
namespace {

using boost::asio::ip::udp;

constexpr timeval kSendPatience{2, 0};
constexpr int kBatch = 64;
constexpr std::string_view kRoute4 = "ip route add 224.0.0.0/4";
constexpr std::string_view kRoute6 = "ip -6 route add multicast ff00::/8 table local";

void set(const FileDescriptor& socket, int level, int option, const auto& value, std::string_view what) {
  if (::setsockopt(socket.get(), level, option, &value, sizeof value) != 0) fail(fmt::format("set {}", what), errno);
}

FileDescriptor open_socket(const udp::endpoint& group, int more) {
  FileDescriptor socket(::socket(group.protocol().family(), SOCK_DGRAM | SOCK_CLOEXEC | more, 0));
  if (!socket.is_open()) fail("open a UDP socket", errno);
  return socket;
}

std::string name_of(unsigned interface) {
  char name[IF_NAMESIZE];
  return ::if_indextoname(interface, name) != nullptr ? name : "";
}

/// If the interface is a loopback one: for a group the kernel itself does not choose an address whose scope is the
/// host.
void bind_to_loopback(const FileDescriptor& socket, const std::string& interface) {
  ifreq request{};
  interface.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(socket.get(), SIOCGIFFLAGS, &request) != 0 || (request.ifr_flags & IFF_LOOPBACK) == 0) return;
  if (::ioctl(socket.get(), SIOCGIFADDR, &request) != 0) return;  // it has none, which is told later
  if (::bind(socket.get(), &request.ifr_addr, sizeof(sockaddr_in)) != 0) {
    fail(fmt::format("send from the address of {}", interface), errno);
  }
}

boost::asio::ip::address with_scope(const boost::asio::ip::address& address, unsigned interface) {
  if (!address.is_v6() || !address.to_v6().is_link_local()) return address;
  return boost::asio::ip::address_v6(address.to_v6().to_bytes(), interface);
}

/// The interface that has this address, 0 when there is none.
unsigned interface_with(const boost::asio::ip::address& address) {
  ifaddrs* list = nullptr;
  if (::getifaddrs(&list) != 0) fail("list the interfaces", errno);
  const std::unique_ptr<ifaddrs, decltype(&::freeifaddrs)> owner(list, &::freeifaddrs);
  for (const ifaddrs* entry = list; entry != nullptr; entry = entry->ifa_next) {
    if (entry->ifa_addr == nullptr) continue;
    const int family = entry->ifa_addr->sa_family;
    if (family != AF_INET && family != AF_INET6) continue;
    udp::endpoint endpoint;
    std::memcpy(endpoint.data(), entry->ifa_addr, family == AF_INET ? sizeof(sockaddr_in) : sizeof(sockaddr_in6));
    if (with_scope(endpoint.address(), 0) == with_scope(address, 0)) return ::if_nametoindex(entry->ifa_name);
  }
  return 0;
}

/// Link-local and interface-local groups exist on every interface: which one is meant must be said (RFC 4007).
bool wants_interface(const boost::asio::ip::address& address) {
  return address.is_v6() && (address.to_v6().is_multicast_link_local() || address.to_v6().is_multicast_node_local());
}

udp::endpoint read_group(const std::string& address, std::uint16_t port) {
  boost::system::error_code error;
  const auto group = boost::asio::ip::make_address(address, error);
  if (error) throw UsageError(fmt::format("--room {}: not a numeric IPv4 or IPv6 address", printable(address)));
  if (!group.is_multicast()) {
    throw UsageError(
        fmt::format("--room {}: no multicast address (224.0.0.0 to 239.255.255.255, or ff00::/8)", address));
  }
  return {group, port};
}

/// What to do when the system knows no way to the group.
std::string advice(const udp::endpoint& group, const std::string& interface) {
  const bool v4 = group.address().is_v4();
  if (!interface.empty()) {
    return fmt::format("is {} up, with an {} address? Or, as root: {} dev {}", interface, v4 ? "IPv4" : "IPv6",
                       v4 ? kRoute4 : kRoute6, interface);
  }
  return fmt::format("no route leads to multicast addresses: give --interface IF, or, as root: {} dev IF",
                     v4 ? kRoute4 : kRoute6);
}

}  // namespace

Room::Room(const RoomOptions& options) {
  const std::size_t percent = options.room.find('%');
  group_ = read_group(options.room.substr(0, percent), options.port);
  const std::string zone = percent == std::string::npos ? "" : options.room.substr(percent + 1);
  if (percent != std::string::npos && (group_.address().is_v4() || zone.empty())) {
    throw UsageError(fmt::format("--room {}: only an IPv6 address has %INTERFACE behind it", printable(options.room)));
  }
  if (!zone.empty() && options.interface && zone != *options.interface) {
    throw UsageError(
        fmt::format("--room names the interface {}, --interface {}", printable(zone), printable(*options.interface)));
  }
  if (!zone.empty() || options.interface) {
    find_interface(zone.empty() ? *options.interface : zone);
  } else if (wants_interface(group_.address())) {
    throw UsageError(fmt::format("--room {0}: this scope does not tell the interface; write {0}%IF, or --interface IF",
                                 group_.address().to_string()));
  }
  open_speaking(options);
  open_hearing();
}

void Room::find_interface(const std::string& name) {
  interface_ = ::if_nametoindex(name.c_str());
  if (interface_ == 0) fail(fmt::format("find the interface '{}'", printable(name)), errno);
  interface_name_ = name;
  if (wants_interface(group_.address())) {
    group_.address(boost::asio::ip::address_v6(group_.address().to_v6().to_bytes(), interface_));
  }
}

std::string Room::where() const {
  const std::string address = group_.address().to_string();
  return group_.address().is_v4() ? fmt::format("{}:{}", address, group_.port())
                                  : fmt::format("[{}]:{}", address, group_.port());
}

std::string Room::text() const {
  return interface_name_.empty() ? where() + " (udp)" : fmt::format("{} (udp, {})", where(), interface_name_);
}

void Room::open_speaking(const RoomOptions& options) {
  const bool v4 = group_.address().is_v4();
  speaking_ = open_socket(group_, 0);
  set(speaking_, SOL_SOCKET, SO_SNDTIMEO, kSendPatience, "SO_SNDTIMEO");
  // RECVERR: what the interface's own queue drops is an error too (ENOBUFS), and not lost without a word.
  const int loopback = options.loopback ? 1 : 0;
  if (v4) {
    set(speaking_, IPPROTO_IP, IP_MULTICAST_TTL, options.ttl, "IP_MULTICAST_TTL");
    set(speaking_, IPPROTO_IP, IP_MULTICAST_LOOP, loopback, "IP_MULTICAST_LOOP");
    set(speaking_, IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR");
    ip_mreqn interface {};
    interface.imr_ifindex = static_cast<int>(interface_);
    if (interface_ != 0) set(speaking_, IPPROTO_IP, IP_MULTICAST_IF, interface, "IP_MULTICAST_IF");
    if (interface_ != 0) bind_to_loopback(speaking_, interface_name_);
  } else {
    set(speaking_, IPPROTO_IPV6, IPV6_MULTICAST_HOPS, options.ttl, "IPV6_MULTICAST_HOPS");
    set(speaking_, IPPROTO_IPV6, IPV6_MULTICAST_LOOP, loopback, "IPV6_MULTICAST_LOOP");
    set(speaking_, IPPROTO_IPV6, IPV6_RECVERR, 1, "IPV6_RECVERR");
    if (interface_ != 0)
      set(speaking_, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(interface_), "IPV6_MULTICAST_IF");
  }
  // Connected, so that it keeps one source address, by which its own datagrams are known when they come back.
  const std::string by = interface_ != 0 ? " by " + interface_name_ : "";
  const std::string tried = fmt::format("send to {}{}", where(), by);
  udp::endpoint local;
  auto length = static_cast<socklen_t>(local.capacity());
  if (::connect(speaking_.get(), group_.data(), static_cast<socklen_t>(group_.size())) != 0) {
    const int error = errno;
    if (error == EADDRNOTAVAIL && !v4) {
      throw NoAddressYet(fmt::format("{}: no IPv6 address to send from: {}", tried, std::strerror(error)));
    }
    if (error != ENETUNREACH) fail(tried, error);
    const std::string sentence =
        fmt::format("{}: {}: {}", tried, std::strerror(error), advice(group_, interface_name_));
    // An interface that was switched on a moment ago gets its routes with its addresses.
    if (!v4 && interface_ != 0) throw NoAddressYet(sentence);
    throw Failure(sentence);
  }
  if (::getsockname(speaking_.get(), local.data(), &length) != 0) fail("read the local address", errno);
  local.resize(length);
  if (local.address().is_unspecified()) {
    throw Failure(fmt::format("{}: the interface has no {} address to send from", tried, v4 ? "IPv4" : "IPv6"));
  }
  if (interface_ == 0) {
    interface_ = interface_with(local.address());
    interface_name_ = name_of(interface_);
  }
  self_ = {with_scope(local.address(), interface_).to_string(), local.port()};
}

void Room::open_hearing() {
  const bool v4 = group_.address().is_v4();
  hearing_ = open_socket(group_, SOCK_NONBLOCK);
  // SO_REUSEADDR lets several members on this host hear the same datagram. SO_REUSEPORT would demand that all of them
  // set it and belong to the same user.
  set(hearing_, SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
  if (!v4) set(hearing_, IPPROTO_IPV6, IPV6_V6ONLY, 1, "IPV6_V6ONLY");
  // Bound to the group, not to all addresses: other rooms on this port and unicast are not heard.
  if (::bind(hearing_.get(), group_.data(), static_cast<socklen_t>(group_.size())) != 0) {
    const int error = errno;
    if (error != EADDRINUSE) fail(fmt::format("listen on {} (udp)", where()), error);
    throw Failure(
        fmt::format("listen on {} (udp): {}: another program holds the port and does not share it (SO_REUSEADDR)",
                    where(), std::strerror(error)));
  }
  group_req request{};
  request.gr_interface = interface_;
  std::memcpy(&request.gr_group, group_.data(), group_.size());
  if (::setsockopt(hearing_.get(), v4 ? IPPROTO_IP : IPPROTO_IPV6, MCAST_JOIN_GROUP, &request, sizeof request) != 0) {
    const std::string by = interface_ != 0 ? " on " + interface_name_ : "";
    fail(fmt::format("join {}{}", group_.address().to_string(), by), errno);
  }
  // Only what comes in by the interface joined on, whatever other programs have joined elsewhere.
  if (v4) {
    set(hearing_, IPPROTO_IP, IP_MULTICAST_ALL, 0, "IP_MULTICAST_ALL");
  } else {
    set(hearing_, IPPROTO_IPV6, IPV6_MULTICAST_ALL, 0, "IPV6_MULTICAST_ALL");
  }
}

std::error_code Room::send(std::string_view datagram) const {
  while (::send(speaking_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL) < 0) {
    if (errno != EINTR) return {errno, std::generic_category()};
  }
  return {};
}

void Room::receive(const Take& take) const {
  std::array<char, kLargestDatagram + 1> buffer;
  for (int i = 0; i < kBatch; ++i) {
    udp::endpoint from;
    auto length = static_cast<socklen_t>(from.capacity());
    const ssize_t got = ::recvfrom(hearing_.get(), buffer.data(), buffer.size(), 0, from.data(), &length);
    if (got < 0) {
      if (errno == EAGAIN || errno == EINTR) return;
      fail(fmt::format("receive from {}", where()), errno);
    }
    from.resize(length);
    take({from.address().to_string(), from.port()}, {buffer.data(), static_cast<std::size_t>(got)});
  }
}

std::uint64_t Room::kernel_drops() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  if (::getsockopt(hearing_.get(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) fail("read SO_MEMINFO", errno);
  return memory[SK_MEMINFO_DROPS];
}

}  // namespace wireproof::mcast_chat
