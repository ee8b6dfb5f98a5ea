#include "tv/sender_socket.hpp"

#include <fmt/format.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <sys/time.h>

#include <cerrno>

#include "base/program.hpp"
#include "tv/deadline_wait.hpp"

namespace wireproof::tv {
namespace {

/// How long a blocked send may sleep before it looks for a stop signal.
constexpr timeval kStopCheck{0, 100'000};
/// More complaints than this for one datagram are not the echo of earlier ones.
constexpr int kMaxTries = 64;

template <typename Value>
void set(int socket, int level, int option, const Value& value, const char* what) {
  if (::setsockopt(socket, level, option, &value, sizeof value) != 0) fail(fmt::format("set {}", what), errno);
}

}  // namespace

void SenderSocket::apply(const Settings& settings) {
  const int socket = socket_.get();
  const bool v4 = peer_.family() == AF_INET;
  set(socket, SOL_SOCKET, SO_BROADCAST, 1, "SO_BROADCAST");
  set(socket, SOL_SOCKET, SO_SNDTIMEO, kStopCheck, "SO_SNDTIMEO");
  if (v4) {
    set(socket, IPPROTO_IP, IP_RECVERR, 1, "IP_RECVERR");
    // Large datagrams are meant to be cut by whoever has the small link.
    set(socket, IPPROTO_IP, IP_MTU_DISCOVER, IP_PMTUDISC_DONT, "IP_MTU_DISCOVER");
  } else {
    set(socket, IPPROTO_IPV6, IPV6_RECVERR, 1, "IPV6_RECVERR");
  }
  if (settings.ttl) {
    const char* const what = "the time to live";
    if (v4) {
      set(socket, IPPROTO_IP, peer_.is_multicast() ? IP_MULTICAST_TTL : IP_TTL, *settings.ttl, what);
    } else {
      set(socket, IPPROTO_IPV6, peer_.is_multicast() ? IPV6_MULTICAST_HOPS : IPV6_UNICAST_HOPS, *settings.ttl, what);
    }
  }
  if (!settings.interface) return;
  const Interface interface = find_interface(*settings.interface);
  if (!peer_.is_multicast()) {
    const std::string what = fmt::format("bind to the interface {}", interface.name);
    if (::setsockopt(socket, SOL_SOCKET, SO_BINDTODEVICE, interface.name.c_str(),
                     static_cast<socklen_t>(interface.name.size() + 1)) != 0) {
      fail(what, errno);
    }
  } else if (v4) {
    ip_mreqn request{};
    request.imr_ifindex = static_cast<int>(interface.index);
    set(socket, IPPROTO_IP, IP_MULTICAST_IF, request, "the multicast interface");
  } else {
    set(socket, IPPROTO_IPV6, IPV6_MULTICAST_IF, static_cast<int>(interface.index), "the multicast interface");
    auto& address = reinterpret_cast<sockaddr_in6&>(peer_.storage);
    if (address.sin6_scope_id == 0) address.sin6_scope_id = interface.index;
  }
}

SenderSocket::SenderSocket(const std::string& host, std::uint16_t port, const Settings& settings) {
  int error = 0;
  for (const Endpoint& endpoint : resolve(host, port, settings.family)) {
    peer_ = endpoint;
    socket_ = FileDescriptor(::socket(endpoint.family(), SOCK_DGRAM | SOCK_CLOEXEC, 0));
    if (!socket_.is_open()) {
      error = errno;
      continue;
    }
    apply(settings);
    if (::connect(socket_.get(), peer_.address(), peer_.length) == 0) return;
    error = errno;
  }
  fail(fmt::format("cannot send to {}", peer_.text()), error);
}

void SenderSocket::drain_errors() {
  char control[512];
  msghdr message{};
  do {
    message.msg_control = control;
    message.msg_controllen = sizeof control;
  } while (::recvmsg(socket_.get(), &message, MSG_ERRQUEUE | MSG_DONTWAIT) >= 0);
}

SenderSocket::Outcome SenderSocket::send(std::span<const std::uint8_t> datagram, const StopSignals& signals,
                                         bool stop_on_refusal) {
  bool waited = false;
  const auto started = DeadlineWait::now();
  for (int tries = 0; tries < kMaxTries;) {
    const ssize_t sent =
        ::send(socket_.get(), datagram.data(), datagram.size(), MSG_NOSIGNAL | (waited ? 0 : MSG_DONTWAIT));
    const int error = errno;
    if (sent >= 0) {
      ++counts_.datagrams;
      counts_.bytes += static_cast<std::uint64_t>(sent);
      if (!waited) return Outcome::sent;
      counts_.blocked_time += DeadlineWait::now() - started;
      return Outcome::sent_after_wait;
    }
    switch (error) {
      case EINTR:
        break;
      case EAGAIN:
        if (!waited) ++counts_.blocked;
        waited = true;
        if (signals.arrived()) {
          counts_.blocked_time += DeadlineWait::now() - started;
          return Outcome::stopped;
        }
        break;
      case ECONNREFUSED:
        ++counts_.refused;
        drain_errors();
        if (stop_on_refusal) return Outcome::refused;
        ++tries;
        break;
      case EHOSTUNREACH:
      case EHOSTDOWN:
        ++counts_.unreachable;
        drain_errors();
        ++tries;
        break;
      case ENOBUFS:
        ++counts_.no_buffers;
        drain_errors();
        return Outcome::lost_here;
      case EMSGSIZE:
        fail(fmt::format("a datagram of {} bytes is too long for {}", datagram.size(), peer_.text()), error);
      default:
        fail(fmt::format("cannot send to {}", peer_.text()), error);
    }
  }
  throw Failure(fmt::format("cannot send to {}: the network refuses every attempt", peer_.text()));
}

int SenderSocket::wait_for_error(std::chrono::milliseconds limit, const StopSignals& signals) {
  pollfd waiting[] = {{socket_.get(), 0, 0}, {signals.descriptor(), POLLIN, 0}};
  if (::poll(waiting, 2, static_cast<int>(limit.count())) <= 0 || (waiting[0].revents & POLLERR) == 0) return 0;
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) return errno;
  return error;
}

}  // namespace wireproof::tv
