#include "mcast_chat/room.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof::mcast_chat {
namespace {

constexpr std::chrono::seconds kSendPatience(2);
constexpr std::string_view kRoute4 = "ip route add 224.0.0.0/4";
constexpr std::string_view kRoute6 = "ip -6 route add multicast ff00::/8 table local";

Address read_group(const std::string& text) {
  const auto group = parse_address(text);
  if (!group) throw UsageError(fmt::format("--room {}: not a numeric IPv4 or IPv6 address", printable(text)));
  if (!group->is_multicast()) {
    throw UsageError(fmt::format("--room {}: no multicast address (224.0.0.0 to 239.255.255.255, or ff00::/8)", text));
  }
  return *group;
}

/// What to do when the system knows no way to the group.
std::string advice(const Address& group, const std::string& interface) {
  const bool v4 = group.is_v4();
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
  group_ = read_group(options.room.substr(0, percent)).with_port(options.port);
  const std::string zone = percent == std::string::npos ? "" : options.room.substr(percent + 1);
  if (percent != std::string::npos && (group_.is_v4() || zone.empty())) {
    throw UsageError(fmt::format("--room {}: only an IPv6 address has %INTERFACE behind it", printable(options.room)));
  }
  if (!zone.empty() && options.interface && zone != *options.interface) {
    throw UsageError(
        fmt::format("--room names the interface {}, --interface {}", printable(zone), printable(*options.interface)));
  }
  if (!zone.empty() || options.interface) {
    interface_ = find_interface(zone.empty() ? *options.interface : zone);
    group_ = group_.in_zone(interface_.index);
  } else if (group_.wants_zone()) {
    throw UsageError(fmt::format("--room {0}: this scope does not tell the interface; write {0}%IF, or --interface IF",
                                 group_.host()));
  }
  open_speaking(options);
  open_hearing();
}

std::string Room::text() const {
  const std::string where = name_of(group_);
  return interface_.name.empty() ? where + " (udp)" : fmt::format("{} (udp, {})", where, interface_.name);
}

void Room::open_speaking(const RoomOptions& options) {
  const bool v4 = group_.is_v4();
  speaking_.emplace(group_.family(), UdpOptions{.multicast_hop_limit = options.ttl,
                                                .multicast_loopback = options.loopback,
                                                .multicast_interface = interface_.index,
                                                .tells_errors = true});
  if (const auto loopback = loopback_address(interface_); v4 && loopback) {
    const int error = speaking_->bind(*loopback);
    if (error != 0) fail(fmt::format("send from the address of {}", interface_.name), error);
  }
  // Connected, so that it keeps one source address, by which its own datagrams are known when they come back.
  const std::string by = interface_.index != 0 ? " by " + interface_.name : "";
  const std::string tried = fmt::format("send to {}{}", name_of(group_), by);
  if (const int error = speaking_->connect(group_); error != 0) {
    if (error == EADDRNOTAVAIL && !v4) {
      throw NoAddressYet(fmt::format("{}: no IPv6 address to send from: {}", tried, std::strerror(error)));
    }
    if (error != ENETUNREACH) fail(tried, error);
    const std::string sentence =
        fmt::format("{}: {}: {}", tried, std::strerror(error), advice(group_, interface_.name));
    // An interface that was switched on a moment ago gets its routes with its addresses.
    if (!v4 && interface_.index != 0) throw NoAddressYet(sentence);
    throw Failure(sentence);
  }
  self_ = speaking_->local();
  if (self_.is_unspecified()) {
    throw Failure(fmt::format("{}: the interface has no {} address to send from", tried, v4 ? "IPv4" : "IPv6"));
  }
  if (interface_.index == 0) interface_ = interface_with(self_);
  self_ = self_.in_zone(interface_.index);
}

void Room::open_hearing() {
  // A member shares the port by SO_REUSEADDR: SO_REUSEPORT would demand that all members on this host set it and belong
  // to the same user.
  hearing_.emplace(group_.family(), UdpOptions{.shares_port = true, .longest = kLargestDatagram + 1});
  // Bound to the group, not to all addresses: other rooms on this port and unicast are not heard.
  if (const int error = hearing_->bind(group_); error != 0) {
    const std::string tried = fmt::format("listen on {} (udp)", name_of(group_));
    if (error != EADDRINUSE) fail(tried, error);
    throw Failure(fmt::format("{}: {}: another program holds the port and does not share it (SO_REUSEADDR)", tried,
                              std::strerror(error)));
  }
  if (const int error = hearing_->join(group_, interface_.index); error != 0) {
    const std::string by = interface_.index != 0 ? " on " + interface_.name : "";
    fail(fmt::format("join {}{}", group_.host(), by), error);
  }
}

std::error_code Room::send(std::string_view datagram) const {
  int error = speaking_->send(datagram);
  if (error == EAGAIN && speaking_->wait_for_room(kSendPatience)) error = speaking_->send(datagram);
  return {error, std::generic_category()};
}

void Room::receive(const Take& take) {
  hearing_->receive_each([&](const UdpSocket::Datagram& datagram) { take(datagram.from, datagram.bytes); });
}

}  // namespace wireproof::mcast_chat
