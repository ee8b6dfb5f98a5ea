#pragma once
// Packets on the line: each leaves at its time.

#include <algorithm>
#include <cstdint>
#include <deque>
#include <vector>

#include "wire/packet.hpp"

namespace wireproof::wire {

/// The packet that is due first comes first; of those due at the same time, the one that was added first.
///
/// Mostly they are added in the order in which they are due, and a queue is all it takes. What is due before the last
/// of that queue goes into a heap.
class Flight {
 public:
  void add(Packet packet) {
    bytes_ += packet.length();
    const nanoseconds due = packet.due;
    if (in_order_.empty() || due >= in_order_.back().due) {
      in_order_.push_back({due, added_++, std::move(packet)});
    } else {
      others_.push_back({due, added_++, std::move(packet)});
      std::push_heap(others_.begin(), others_.end(), later);
    }
  }

  /// The packet that is due first; there must be one.
  Packet take() {
    Packet packet;
    if (others_.empty() || (!in_order_.empty() && later(others_.front(), in_order_.front()))) {
      packet = std::move(in_order_.front().packet);
      in_order_.pop_front();
    } else {
      std::pop_heap(others_.begin(), others_.end(), later);
      packet = std::move(others_.back().packet);
      others_.pop_back();
    }
    bytes_ -= packet.length();
    return packet;
  }

  bool empty() const { return in_order_.empty() && others_.empty(); }
  nanoseconds next() const {
    return std::min(in_order_.empty() ? kNever : in_order_.front().due, others_.empty() ? kNever : others_.front().due);
  }
  std::size_t packets() const { return in_order_.size() + others_.size(); }
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

  std::deque<Entry> in_order_;
  std::vector<Entry> others_;  ///< a heap
  std::uint64_t added_ = 0;
  std::size_t bytes_ = 0;
};

}  // namespace wireproof::wire
