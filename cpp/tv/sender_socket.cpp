#include "tv/sender_socket.hpp"

#include <fmt/format.h>
#include <poll.h>

#include <cerrno>

#include "net/interface.hpp"
#include "net/resolve.hpp"
#include "text/failure.hpp"
#include "tv/deadline_wait.hpp"

namespace wireproof::tv {
namespace {

/// How long a blocked send may sleep before it looks for a stop signal.
constexpr std::chrono::milliseconds kStopCheck(100);
/// More complaints than this for one datagram are not the echo of earlier ones.
constexpr int kMaxTries = 64;

}  // namespace

SenderSocket::SenderSocket(const std::string& host, std::uint16_t port, const Settings& settings) {
  int error = 0;
  for (const Address& candidate : resolve(host, port, settings.family)) {
    // Large datagrams are meant to be cut by whoever has the small link.
    UdpOptions options{.broadcast = true, .fragmented = true, .tells_errors = true};
    (candidate.is_multicast() ? options.multicast_hop_limit : options.hop_limit) = settings.ttl;
    peer_ = candidate;
    if (settings.interface) {
      const Interface interface = find_interface(*settings.interface);
      if (candidate.is_multicast()) {
        options.multicast_interface = interface.index;
        peer_ = candidate.in_zone(interface.index);
      } else {
        options.device = interface.name;
      }
    }
    socket_.emplace(candidate.family(), options);
    error = socket_->connect(peer_);
    if (error == 0) return;
  }
  fail(fmt::format("cannot send to {}", name_of(peer_)), error);
}

SenderSocket::Outcome SenderSocket::send(std::span<const std::uint8_t> datagram, const StopSignals& signals,
                                         bool stop_on_refusal) {
  bool waited = false;
  const auto started = DeadlineWait::now();
  for (int tries = 0; tries < kMaxTries;) {
    const int error = socket_->send({reinterpret_cast<const char*>(datagram.data()), datagram.size()});
    if (error == 0) {
      ++counts_.datagrams;
      counts_.bytes += datagram.size();
      if (!waited) return Outcome::sent;
      counts_.blocked_time += DeadlineWait::now() - started;
      return Outcome::sent_after_wait;
    }
    switch (error) {
      case EAGAIN:
        if (!waited) ++counts_.blocked;
        waited = true;
        if (signals.arrived()) {
          counts_.blocked_time += DeadlineWait::now() - started;
          return Outcome::stopped;
        }
        socket_->wait_for_room(kStopCheck);
        break;
      case ECONNREFUSED:
        ++counts_.refused;
        socket_->forget_errors();
        if (stop_on_refusal) return Outcome::refused;
        ++tries;
        break;
      case EHOSTUNREACH:
      case EHOSTDOWN:
        ++counts_.unreachable;
        socket_->forget_errors();
        ++tries;
        break;
      case ENOBUFS:
        ++counts_.no_buffers;
        socket_->forget_errors();
        return Outcome::lost_here;
      case EMSGSIZE:
        fail(fmt::format("a datagram of {} bytes is too long for {}", datagram.size(), name_of(peer_)), error);
      default:
        fail(fmt::format("cannot send to {}", name_of(peer_)), error);
    }
  }
  throw Failure(fmt::format("cannot send to {}: the network refuses every attempt", name_of(peer_)));
}

int SenderSocket::wait_for_error(std::chrono::milliseconds limit, const StopSignals& signals) {
  pollfd waiting[] = {{socket_->descriptor(), 0, 0}, {signals.descriptor(), POLLIN, 0}};
  if (::poll(waiting, 2, static_cast<int>(limit.count())) <= 0 || (waiting[0].revents & POLLERR) == 0) return 0;
  return socket_->take_error();
}

}  // namespace wireproof::tv
