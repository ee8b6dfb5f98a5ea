#pragma once
// A network namespace for tests, with two pairs of virtual Ethernet devices: what is sent into a0 comes in on W-a, what
// leaves on W-b comes out of b0.

#include <fmt/format.h>
#include <gtest/gtest.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <poll.h>
#include <sched.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdlib>
#include <cstring>
#include <fstream>
#include <optional>
#include <string>

#include "frames.hpp"
#include "loop/file_descriptor.hpp"

namespace wireproof::wire::testing {

/// Moves this process into a network namespace of its own, with a user namespace unless it is root's. Once a process.
inline bool enter_network_namespace() {
  static const bool entered = [] {
    const uid_t user = ::geteuid();
    const gid_t group = ::getegid();
    if (user == 0) return ::unshare(CLONE_NEWNET) == 0;
    if (::unshare(CLONE_NEWUSER | CLONE_NEWNET) != 0) return false;
    std::ofstream("/proc/self/setgroups") << "deny";
    std::ofstream("/proc/self/uid_map") << fmt::format("0 {} 1", user);
    std::ofstream("/proc/self/gid_map") << fmt::format("0 {} 1", group);
    return true;
  }();
  return entered;
}

inline void ip(const std::string& words) { ASSERT_EQ(std::system(("ip " + words).c_str()), 0) << "ip " << words; }

/// The far end of one of the pairs.
class FrameSocket {
 public:
  explicit FrameSocket(const char* interface)
      : socket_(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC, __builtin_bswap16(ETH_P_ALL))) {
    sockaddr_ll address{};
    address.sll_family = AF_PACKET;
    address.sll_protocol = __builtin_bswap16(ETH_P_ALL);
    address.sll_ifindex = static_cast<int>(::if_nametoindex(interface));
    const int one = 1;
    ::setsockopt(socket_.get(), SOL_PACKET, PACKET_IGNORE_OUTGOING, &one, sizeof one);
    ::setsockopt(socket_.get(), SOL_PACKET, PACKET_AUXDATA, &one, sizeof one);
    if (::bind(socket_.get(), reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) {
      ADD_FAILURE() << "bind to " << interface << ": " << std::strerror(errno);
    }
  }

  void send(const Frame& frame) const {
    EXPECT_EQ(::send(socket_.get(), frame.data(), frame.size(), 0), static_cast<ssize_t>(frame.size()))
        << std::strerror(errno);
  }

  /// The next frame, its VLAN tag put back; nothing when none comes in time.
  std::optional<Frame> receive(std::chrono::milliseconds deadline = std::chrono::seconds(20)) const {
    pollfd ready{socket_.get(), POLLIN, 0};
    if (::poll(&ready, 1, static_cast<int>(deadline.count())) != 1) return std::nullopt;
    Frame frame(2048);
    iovec piece{frame.data(), frame.size()};
    alignas(cmsghdr) char control[256];
    msghdr message{};
    message.msg_iov = &piece;
    message.msg_iovlen = 1;
    message.msg_control = control;
    message.msg_controllen = sizeof control;
    const ssize_t length = ::recvmsg(socket_.get(), &message, 0);
    if (length < 0) return std::nullopt;
    frame.resize(static_cast<std::size_t>(length));
    for (cmsghdr* header = CMSG_FIRSTHDR(&message); header != nullptr; header = CMSG_NXTHDR(&message, header)) {
      if (header->cmsg_level != SOL_PACKET || header->cmsg_type != PACKET_AUXDATA) continue;
      tpacket_auxdata facts{};
      std::memcpy(&facts, CMSG_DATA(header), sizeof facts);
      if ((facts.tp_status & TP_STATUS_VLAN_VALID) == 0) continue;
      const Frame tag = concatenated({word16(facts.tp_vlan_tpid), word16(facts.tp_vlan_tci)});
      frame.insert(frame.begin() + 12, tag.begin(), tag.end());
    }
    return frame;
  }

 private:
  FileDescriptor socket_;
};

}  // namespace wireproof::wire::testing
