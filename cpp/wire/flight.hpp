#pragma once
// Packets on the line: each leaves at its time.

#include <algorithm>
#include <cstdint>
#include <vector>

#include "wire/packet.hpp"

namespace wireproof::wire {

/// A heap by due time; of packets due at the same time, the one that was added first comes first.
class Flight {
 public:
  void add(Packet packet) {
    bytes_ += packet.length();
    packets_.push_back({packet.due, added_++, std::move(packet)});
    std::push_heap(packets_.begin(), packets_.end(), later);
  }

  /// The packet that is due first; there must be one.
  Packet take() {
    std::pop_heap(packets_.begin(), packets_.end(), later);
    Packet packet = std::move(packets_.back().packet);
    packets_.pop_back();
    bytes_ -= packet.length();
    return packet;
  }

  bool empty() const { return packets_.empty(); }
  nanoseconds next() const { return packets_.empty() ? kNever : packets_.front().due; }
  std::size_t packets() const { return packets_.size(); }
  std::size_t bytes() const { return bytes_; }

 private:
  struct Entry {
    nanoseconds due{0};
    std::uint64_t order = 0;
    Packet packet;
  };

  static bool later(const Entry& left, const Entry& right) {
    return left.due != right.due ? left.due > right.due : left.order > right.order;
  }

  std::vector<Entry> packets_;
  std::uint64_t added_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace wireproof::wire
