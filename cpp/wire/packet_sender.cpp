#include "wire/packet_sender.hpp"

#include <fmt/format.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/socket.h>

#include <algorithm>
#include <array>
#include <cerrno>

#include "command_line/program.hpp"

namespace wireproof::wire {

PacketSender::PacketSender(const std::string& interface)
    : interface_(interface), index_(::if_nametoindex(interface.c_str())) {
  const std::string tried = fmt::format("open a packet socket to send on {}", printable(interface_));
  socket_ = FileDescriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, 0));
  if (!socket_.is_open()) fail(tried, errno);
  const int one = 1;
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = 0;  // receives nothing
  address.sll_ifindex = static_cast<int>(index_);
  if (::setsockopt(socket_.get(), SOL_PACKET, PACKET_QDISC_BYPASS, &one, sizeof one) != 0 ||
      ::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
    fail(tried, errno);
  }
}

std::size_t PacketSender::send(std::span<const Packet> packets, int& error) {
  std::array<mmsghdr, kBatch> messages;
  std::array<iovec, kBatch> pieces;
  std::size_t sent = 0;
  while (sent < packets.size()) {
    const auto batch = packets.subspan(sent, std::min(kBatch, packets.size() - sent));
    for (std::size_t i = 0; i < batch.size(); ++i) {
      pieces[i] = {const_cast<std::uint8_t*>(batch[i].bytes.data()), batch[i].bytes.size()};
      messages[i] = {};
      messages[i].msg_hdr.msg_iov = &pieces[i];
      messages[i].msg_hdr.msg_iovlen = 1;
    }
    const int count = ::sendmmsg(socket_.get(), messages.data(), static_cast<unsigned>(batch.size()), MSG_DONTWAIT);
    if (count <= 0) {
      error = errno;
      return sent;
    }
    sent += static_cast<std::size_t>(count);
  }
  return sent;
}

void PacketSender::check_interface() const {
  if (::if_nametoindex(interface_.c_str()) == index_) return;
  throw Failure(fmt::format("the interface {} is gone", printable(interface_)));
}

}  // namespace wireproof::wire
