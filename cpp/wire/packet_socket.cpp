#include "wire/packet_socket.hpp"

#include <fmt/format.h>
#include <linux/if_ether.h>
#include <linux/if_packet.h>
#include <net/if.h>
#include <sys/ioctl.h>
#include <sys/mman.h>
#include <sys/socket.h>

#include <algorithm>
#include <atomic>
#include <bit>
#include <cerrno>
#include <span>

#include "command_line/program.hpp"
#include "wire/checksum.hpp"

namespace wireproof::wire {
namespace {

constexpr std::size_t kRingBytes = std::size_t{4} << 20;
constexpr std::size_t kRoomForHeader = 128;  ///< what the kernel puts before a frame

void set_option(int socket, int level, int name, int value, const std::string& tried) {
  if (::setsockopt(socket, level, name, &value, sizeof value) != 0) fail(tried, errno);
}

}  // namespace

PacketSocket::PacketSocket(const std::string& interface)
    : interface_(interface), index_(::if_nametoindex(interface.c_str())) {
  const std::string shown = printable(interface_);
  if (index_ == 0) fail(fmt::format("find the interface '{}'", shown), errno);
  const std::string tried = fmt::format("open a packet socket on {}", shown);
  socket_ = FileDescriptor(::socket(AF_PACKET, SOCK_RAW | SOCK_CLOEXEC | SOCK_NONBLOCK, 0));
  if (!socket_.is_open()) fail(tried, errno);
  const int socket = socket_.get();
  ifreq request{};
  interface_.copy(request.ifr_name, IFNAMSIZ - 1);
  if (::ioctl(socket, SIOCGIFMTU, &request) != 0) fail(fmt::format("ask {} for its MTU", shown), errno);
  open_ring(static_cast<std::size_t>(request.ifr_mtu) + kEthernetHeader + kVlanTag);
  set_option(socket, SOL_PACKET, PACKET_IGNORE_OUTGOING, 1, tried);
  set_option(socket, SOL_SOCKET, SO_TIMESTAMPNS, 1, tried);
  sockaddr_ll address{};
  address.sll_family = AF_PACKET;
  address.sll_protocol = __builtin_bswap16(ETH_P_ALL);
  address.sll_ifindex = static_cast<int>(index_);
  if (::bind(socket, reinterpret_cast<const sockaddr*>(&address), sizeof address) != 0) fail(tried, errno);
  packet_mreq membership{};
  membership.mr_ifindex = static_cast<int>(index_);
  membership.mr_type = PACKET_MR_PROMISC;
  if (::setsockopt(socket, SOL_PACKET, PACKET_ADD_MEMBERSHIP, &membership, sizeof membership) != 0) {
    fail(fmt::format("make {} promiscuous", shown), errno);
  }
}

PacketSocket::~PacketSocket() {
  if (ring_ != nullptr) ::munmap(ring_, ring_bytes_);
}

void PacketSocket::open_ring(std::size_t longest) {
  const std::string tried = fmt::format("open a ring for the frames of {}", interface_);
  set_option(socket_.get(), SOL_PACKET, PACKET_VERSION, TPACKET_V2, tried);
  slot_bytes_ = std::bit_ceil(longest + kRoomForHeader);
  block_bytes_ = std::max<std::size_t>(slot_bytes_, 65536);
  ring_bytes_ = std::max(kRingBytes, 4 * block_bytes_);
  slots_ = ring_bytes_ / slot_bytes_;
  tpacket_req request{};
  request.tp_block_size = static_cast<unsigned>(block_bytes_);
  request.tp_block_nr = static_cast<unsigned>(ring_bytes_ / block_bytes_);
  request.tp_frame_size = static_cast<unsigned>(slot_bytes_);
  request.tp_frame_nr = static_cast<unsigned>(slots_);
  if (::setsockopt(socket_.get(), SOL_PACKET, PACKET_RX_RING, &request, sizeof request) != 0) fail(tried, errno);
  void* const memory = ::mmap(nullptr, ring_bytes_, PROT_READ | PROT_WRITE, MAP_SHARED, socket_.get(), 0);
  if (memory == MAP_FAILED) fail(tried, errno);
  ring_ = static_cast<std::uint8_t*>(memory);
}

bool PacketSocket::receive(Received& received) {
  const auto slot = [this](std::size_t number) {
    return reinterpret_cast<tpacket2_hdr*>(ring_ + number * slot_bytes_);
  };
  if (held_ > 0) {
    std::atomic_ref(slot(held_ - 1)->tp_status).store(TP_STATUS_KERNEL, std::memory_order_release);
    held_ = 0;
  }
  tpacket2_hdr* const header = slot(next_);
  const auto status = std::atomic_ref(header->tp_status).load(std::memory_order_acquire);
  if ((status & TP_STATUS_USER) == 0) return false;
  held_ = next_ + 1;
  next_ = held_ % slots_;
  const std::span<std::uint8_t> frame(reinterpret_cast<std::uint8_t*>(header) + header->tp_mac, header->tp_snaplen);
  if ((status & TP_STATUS_CSUMNOTREADY) != 0 && header->tp_len == header->tp_snaplen) complete_checksum(frame);
  received.frame = frame;
  received.length = header->tp_len;
  received.stamp = std::chrono::seconds(header->tp_sec) + nanoseconds(header->tp_nsec);
  if ((status & TP_STATUS_VLAN_VALID) != 0 && frame.size() >= kEthernetHeader) {
    const std::uint16_t protocol = (status & TP_STATUS_VLAN_TPID_VALID) != 0 ? header->tp_vlan_tpid : kVlan;
    received.frame = with_vlan_tag(frame, protocol, header->tp_vlan_tci);
    received.length += kVlanTag;
  }
  return true;
}

Bytes PacketSocket::with_vlan_tag(Bytes frame, std::uint16_t protocol, std::uint16_t tag) {
  constexpr std::ptrdiff_t kAddresses = 12;
  scratch_.resize(frame.size() + kVlanTag);
  std::copy_n(frame.begin(), kAddresses, scratch_.begin());
  write16(scratch_, kAddresses, protocol);
  write16(scratch_, kAddresses + 2, tag);
  std::copy(frame.begin() + kAddresses, frame.end(), scratch_.begin() + kAddresses + kVlanTag);
  return scratch_;
}

std::uint64_t PacketSocket::take_kernel_drops() {
  tpacket_stats statistics{};
  socklen_t length = sizeof statistics;
  if (::getsockopt(socket_.get(), SOL_PACKET, PACKET_STATISTICS, &statistics, &length) != 0) {
    fail(fmt::format("ask {} for its drops", interface_), errno);
  }
  return statistics.tp_drops;
}

bool PacketSocket::take_down_error() {
  int error = 0;
  socklen_t length = sizeof error;
  if (::getsockopt(socket_.get(), SOL_SOCKET, SO_ERROR, &error, &length) != 0) error = errno;
  if (::if_nametoindex(interface_.c_str()) != index_) {
    throw Failure(fmt::format("the interface {} is gone", printable(interface_)));
  }
  if (error != 0 && error != ENETDOWN) fail(fmt::format("receive on {}", interface_), error);
  return error == ENETDOWN;
}

}  // namespace wireproof::wire
