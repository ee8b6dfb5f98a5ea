#include "tv/receiver_socket.hpp"

#include <fmt/format.h>

#include <cerrno>

#include "loop/time.hpp"
#include "net/interface.hpp"
#include "net/resolve.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof::tv {
namespace {

/// Asked for, as players do; the system grants at most net.core.rmem_max.
constexpr int kSocketBuffer = 512 * 1024;

/// The interface the kernel chose for a membership without one, for the message: the one it would send to the group by.
std::string route_interface(const Address& group) {
  int error = 0;
  const Address local = source_towards(group, error);
  const Interface found = error == 0 ? interface_with(local) : Interface{};
  return found.index != 0 ? found.name : "an interface of the system's choice";
}

}  // namespace

ReceiverSocket::ReceiverSocket(const Settings& settings) {
  std::optional<Address> group;
  if (settings.group) {
    group = resolve(*settings.group, settings.port).front();
    if (!group->is_multicast()) throw UsageError(fmt::format("{} is no multicast group", printable(*settings.group)));
  }
  const Interface interface = settings.interface ? find_interface(*settings.interface) : Interface{};
  const int family = group ? group->family() : AF_INET;
  local_ = settings.bind ? resolve(*settings.bind, settings.port, group ? family : AF_UNSPEC).front()
                         : Address::any(family, settings.port);
  // Several members of a group on one host; a unicast port, though, has one listener.
  socket_.emplace(local_.family(), UdpOptions{.device = group ? "" : interface.name,
                                              .shares_port = group.has_value(),
                                              .stamps_arrival = true,
                                              .receive_buffer = kSocketBuffer});
  if (const int error = socket_->bind(local_); error != 0) {
    fail(fmt::format("listen on {} (udp)", name_of(local_)), error);
  }
  if (!group) return;
  if (const int error = socket_->join(*group, interface.index); error != 0) {
    const std::string where = settings.interface ? " on " + interface.name : "";
    const bool no_route = error == ENODEV && !settings.interface;
    fail(fmt::format("join {}{}{}", group->host(), where,
                     no_route ? " (no route to the group: add one, or give --interface)" : ""),
         error);
  }
  joined_ = fmt::format("{} on {}", group->host(), settings.interface ? interface.name : route_interface(*group));
}

bool ReceiverSocket::receive(const Take& take) {
  return socket_->receive_each([&](const UdpSocket::Datagram& datagram) {
    take(in_seconds(datagram.arrival.time_since_epoch()),
         {reinterpret_cast<const std::uint8_t*>(datagram.bytes.data()), datagram.bytes.size()});
  });
}

}  // namespace wireproof::tv
