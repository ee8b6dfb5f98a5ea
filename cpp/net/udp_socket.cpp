#include "net/udp_socket.hpp"

#include <fmt/format.h>
#include <linux/errqueue.h>
#include <linux/filter.h>
#include <linux/net_tstamp.h>
#include <linux/sock_diag.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/uio.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>
#include <utility>

#include "net/binding.hpp"
#include "text/failure.hpp"

namespace wireproof {
namespace {

constexpr std::size_t kControlSize = 512;
constexpr int kAtOnce = 64;
/// Stamps by software, without the datagrams themselves; the second numbers them.
constexpr unsigned kStamps = SOF_TIMESTAMPING_TX_SOFTWARE | SOF_TIMESTAMPING_SOFTWARE | SOF_TIMESTAMPING_OPT_TSONLY;
constexpr unsigned kNumberedStamps = kStamps | SOF_TIMESTAMPING_OPT_ID;

int outcome(int result) { return result >= 0 ? 0 : errno; }

template <typename Call>
int until_not_interrupted(const Call& call) {
  for (;;) {
    const int error = outcome(static_cast<int>(call()));
    if (error != EINTR) return error;
  }
}

template <typename Value>
Value value_of(const cmsghdr* header) {
  Value value;
  std::memcpy(&value, CMSG_DATA(header), sizeof value);
  return value;
}

/// How long ago the kernel stamped it.
std::chrono::nanoseconds age(const timespec& stamp) {
  const auto since_epoch = std::chrono::seconds(stamp.tv_sec) + std::chrono::nanoseconds(stamp.tv_nsec);
  return std::chrono::system_clock::now().time_since_epoch() - since_epoch;
}

void read_control(msghdr& message, UdpSocket::Datagram& datagram) {
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SO_TIMESTAMPNS) {
      datagram.arrival -= age(value_of<timespec>(part));
    } else if (part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_PKTINFO) {
      datagram.asked = Address::v4(ntohl(value_of<in_pktinfo>(part).ipi_spec_dst.s_addr), 0);
    } else if (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_PKTINFO) {
      const auto information = value_of<in6_pktinfo>(part);
      Address asked;
      std::memcpy(asked.address.data(), &information.ipi6_addr, asked.address.size());
      if (!asked.is_v4()) datagram.asked = asked.in_zone(information.ipi6_ifindex);
    }
  }
}

}  // namespace

void UdpSocket::set(int level, int option, const auto& value, const char* what) const {
  if (::setsockopt(descriptor(), level, option, &value, sizeof value) != 0) fail(fmt::format("set {}", what), errno);
}

UdpSocket::UdpSocket(int family, const UdpOptions& options)
    : descriptor_(::socket(family, SOCK_DGRAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0)),
      open_error_(outcome(descriptor_.get())),
      family_(family),
      buffer_(options.longest) {
  if (open_error_ != 0) return;
  const bool v4 = family == AF_INET;
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  if (options.hop_limit) set(level, v4 ? IP_TTL : IPV6_UNICAST_HOPS, *options.hop_limit, "the time to live");
  if (options.multicast_hop_limit) {
    set(level, v4 ? IP_MULTICAST_TTL : IPV6_MULTICAST_HOPS, *options.multicast_hop_limit, "the time to live");
  }
  if (options.multicast_loopback) {
    set(level, v4 ? IP_MULTICAST_LOOP : IPV6_MULTICAST_LOOP, int{*options.multicast_loopback}, "the multicast loop");
  }
  if (options.multicast_interface != 0) {
    const auto index = static_cast<int>(options.multicast_interface);
    if (v4) {
      set(level, IP_MULTICAST_IF, ip_mreqn{{}, {}, index}, "the multicast interface");
    } else {
      set(level, IPV6_MULTICAST_IF, index, "the multicast interface");
    }
  }
  if (!options.device.empty() && ::setsockopt(descriptor(), SOL_SOCKET, SO_BINDTODEVICE, options.device.c_str(),
                                              static_cast<socklen_t>(options.device.size() + 1)) != 0) {
    fail(fmt::format("bind to the interface {}", options.device), errno);
  }
  if (options.broadcast) set(SOL_SOCKET, SO_BROADCAST, 1, "SO_BROADCAST");
  if (options.fragmented && v4) set(level, IP_MTU_DISCOVER, IP_PMTUDISC_DONT, "IP_MTU_DISCOVER");
  if (options.tells_errors) set(level, v4 ? IP_RECVERR : IPV6_RECVERR, 1, "IP_RECVERR");
  if (!v4) set(level, IPV6_V6ONLY, int{options.shares_port}, "IPV6_V6ONLY");
  if (options.shares_port) set(SOL_SOCKET, SO_REUSEADDR, 1, "SO_REUSEADDR");
  if (options.tells_asked) {
    // An IPv6 socket tells of its IPv4 datagrams in IPv4's own form when asked in it.
    set(IPPROTO_IP, IP_PKTINFO, 1, "IP_PKTINFO");
    if (!v4) set(level, IPV6_RECVPKTINFO, 1, "IPV6_RECVPKTINFO");
  }
  if (options.stamps_arrival) set(SOL_SOCKET, SO_TIMESTAMPNS, 1, "SO_TIMESTAMPNS");
  if (options.stamps_departure) set(SOL_SOCKET, SO_TIMESTAMPING, kNumberedStamps, "SO_TIMESTAMPING");
  if (options.receive_buffer) set(SOL_SOCKET, SO_RCVBUF, *options.receive_buffer, "SO_RCVBUF");
}

UdpSocket UdpSocket::listening(const std::string& address, std::uint16_t port, const UdpOptions& options,
                               std::uint32_t zone) {
  std::optional<UdpSocket> socket;
  bind_server(address, port, zone, " (udp)", [&](const Address& local) {
    socket.emplace(local.family(), options);
    return socket->bind(local);
  });
  return std::move(*socket);
}

int UdpSocket::bind(const Address& local) const {
  const SocketAddress system = local.for_socket(family_);
  return open_error_ != 0 ? open_error_ : outcome(::bind(descriptor(), system.get(), system.length));
}

int UdpSocket::connect(const Address& peer) const {
  const SocketAddress system = peer.for_socket(family_);
  return open_error_ != 0 ? open_error_ : outcome(::connect(descriptor(), system.get(), system.length));
}

int UdpSocket::join(const Address& group, unsigned interface) const {
  const bool v4 = family_ == AF_INET;
  const int level = v4 ? IPPROTO_IP : IPPROTO_IPV6;
  group_req request{};
  request.gr_interface = interface != 0 ? interface : group.zone;
  request.gr_group = group.for_socket(family_).storage;
  const int off = 0;
  const int all = v4 ? IP_MULTICAST_ALL : IPV6_MULTICAST_ALL;
  const int error = outcome(::setsockopt(descriptor(), level, MCAST_JOIN_GROUP, &request, sizeof request));
  return error != 0 ? error : outcome(::setsockopt(descriptor(), level, all, &off, sizeof off));
}

int UdpSocket::send(std::string_view bytes) const {
  return until_not_interrupted([&] { return ::send(descriptor(), bytes.data(), bytes.size(), MSG_NOSIGNAL); });
}

int UdpSocket::send_to(const Address& to, std::string_view bytes, const Address& asked) const {
  if (family_ == AF_INET && !to.is_v4()) return EAFNOSUPPORT;
  SocketAddress system = to.for_socket(family_);
  iovec part{const_cast<char*>(bytes.data()), bytes.size()};
  msghdr message{};
  message.msg_name = system.get();
  message.msg_namelen = system.length;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  alignas(cmsghdr) std::array<char, CMSG_SPACE(sizeof(in6_pktinfo))> control{};
  if (asked.is_unicast()) {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
    cmsghdr* const header = CMSG_FIRSTHDR(&message);
    const auto put = [&](int level, int type, const auto& information) {
      *header = {CMSG_LEN(sizeof information), level, type};
      std::memcpy(CMSG_DATA(header), &information, sizeof information);
      message.msg_controllen = CMSG_SPACE(sizeof information);
    };
    if (asked.is_v4()) {
      in_pktinfo information{};
      std::memcpy(&information.ipi_spec_dst, asked.address.data() + 12, sizeof information.ipi_spec_dst);
      put(IPPROTO_IP, IP_PKTINFO, information);
    } else {
      in6_pktinfo information{{}, asked.zone};
      std::memcpy(&information.ipi6_addr, asked.address.data(), asked.address.size());
      put(IPPROTO_IPV6, IPV6_PKTINFO, information);
    }
  }
  return until_not_interrupted([&] { return ::sendmsg(descriptor(), &message, MSG_NOSIGNAL); });
}

std::optional<UdpSocket::Departure> UdpSocket::departure() const {
  alignas(cmsghdr) std::array<char, kControlSize> control;
  msghdr message{};
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  if (::recvmsg(descriptor(), &message, MSG_ERRQUEUE) < 0) return std::nullopt;
  Departure departure;
  departure.time = std::chrono::steady_clock::now();
  for (cmsghdr* part = CMSG_FIRSTHDR(&message); part != nullptr; part = CMSG_NXTHDR(&message, part)) {
    if (part->cmsg_level == SOL_SOCKET && part->cmsg_type == SCM_TIMESTAMPING) {
      departure.time -= age(value_of<scm_timestamping>(part).ts[0]);
    } else if ((part->cmsg_level == IPPROTO_IP && part->cmsg_type == IP_RECVERR) ||
               (part->cmsg_level == IPPROTO_IPV6 && part->cmsg_type == IPV6_RECVERR)) {
      departure.number = value_of<sock_extended_err>(part).ee_data;
    }
  }
  return departure;
}

void UdpSocket::number_anew() const {
  set(SOL_SOCKET, SO_TIMESTAMPING, kStamps, "SO_TIMESTAMPING");
  set(SOL_SOCKET, SO_TIMESTAMPING, kNumberedStamps, "SO_TIMESTAMPING");
}

bool UdpSocket::wait_for_room(std::chrono::milliseconds patience) const {
  pollfd waiting{descriptor(), POLLOUT, 0};
  return ::poll(&waiting, 1, static_cast<int>(patience.count())) > 0;
}

std::optional<UdpSocket::Datagram> UdpSocket::receive() {
  int error = 0;
  auto datagram = receive(error);
  if (error != 0) {
    SocketAddress peer;
    const bool connected = ::getpeername(descriptor(), peer.get(), &peer.length) == 0;
    fail(connected ? fmt::format("receive from {}", name_of(Address::of(peer)))
                   : fmt::format("receive at {}", name_of(local())),
         error);
  }
  return datagram;
}

std::optional<UdpSocket::Datagram> UdpSocket::receive(int& error) {
  SocketAddress from;
  iovec part{buffer_.data(), buffer_.size()};
  alignas(cmsghdr) std::array<char, kControlSize> control;
  msghdr message{};
  message.msg_name = from.get();
  message.msg_namelen = from.length;
  message.msg_iov = &part;
  message.msg_iovlen = 1;
  message.msg_control = control.data();
  message.msg_controllen = control.size();
  ssize_t length = 0;
  // Asked for MSG_TRUNC, recvmsg tells a cut datagram's whole length (recv(2)).
  error = until_not_interrupted([&] { return length = ::recvmsg(descriptor(), &message, MSG_TRUNC); });
  if (error != 0) {
    if (error == EAGAIN) error = 0;
    return std::nullopt;
  }
  Datagram datagram;
  datagram.from = Address::of(from);
  datagram.length = static_cast<std::size_t>(length);
  datagram.bytes = {buffer_.data(), std::min(datagram.length, buffer_.size())};
  datagram.arrival = std::chrono::steady_clock::now();
  read_control(message, datagram);
  return datagram;
}

bool UdpSocket::receive_each(const std::function<void(const Datagram&)>& take) {
  for (int i = 0; i < kAtOnce; ++i) {
    const auto datagram = receive();
    if (!datagram) return false;
    take(*datagram);
  }
  return true;
}

void UdpSocket::forget_errors() const {
  std::array<char, kControlSize> control;
  msghdr message{};
  do {
    message.msg_control = control.data();
    message.msg_controllen = control.size();
  } while (::recvmsg(descriptor(), &message, MSG_ERRQUEUE) >= 0);
}

int UdpSocket::take_error() const {
  int error = 0;
  socklen_t length = sizeof error;
  return ::getsockopt(descriptor(), SOL_SOCKET, SO_ERROR, &error, &length) == 0 ? error : errno;
}

void UdpSocket::accept_no_more() const {
  sock_filter reject = BPF_STMT(BPF_RET | BPF_K, 0);
  set(SOL_SOCKET, SO_ATTACH_FILTER, sock_fprog{1, &reject}, "a filter that rejects all");
}

Address UdpSocket::local() const {
  SocketAddress system;
  if (::getsockname(descriptor(), system.get(), &system.length) != 0) fail("read the local address", errno);
  return Address::of(system);
}

std::uint64_t UdpSocket::receive_buffer() const {
  int granted = 0;
  socklen_t length = sizeof granted;
  if (::getsockopt(descriptor(), SOL_SOCKET, SO_RCVBUF, &granted, &length) != 0) fail("read SO_RCVBUF", errno);
  return static_cast<std::uint64_t>(granted);
}

std::uint64_t UdpSocket::drops() const {
  std::array<std::uint32_t, SK_MEMINFO_VARS> memory{};
  socklen_t length = sizeof memory;
  if (::getsockopt(descriptor(), SOL_SOCKET, SO_MEMINFO, memory.data(), &length) != 0) fail("read SO_MEMINFO", errno);
  return memory[SK_MEMINFO_DROPS];
}

}  // namespace wireproof
