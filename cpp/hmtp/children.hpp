#pragma once
// A node's children, each with the time it has left.

#include <algorithm>
#include <cstdint>
#include <span>
#include <vector>

#include "hmtp/endpoint.hpp"
#include "hmtp/time.hpp"

namespace wireproof::hmtp {

struct Child {
  Endpoint endpoint;
  std::uint64_t node = 0;  ///< identifier of its process, 0: a plain node
  Time expires{0};
  std::uint64_t turn = 0;           ///< of its newest RJOI
  std::uint64_t replayed_turn = 0;  ///< turn for which it was sent what it had missed
};

class Children {
 public:
  Child* find(const Endpoint& endpoint) {
    const auto found =
        std::find_if(list_.begin(), list_.end(), [&](const Child& child) { return child.endpoint == endpoint; });
    return found == list_.end() ? nullptr : &*found;
  }
  void add(const Child& child) { list_.push_back(child); }
  void remove(const Child& child) { list_.erase(list_.begin() + (&child - list_.data())); }
  void clear() { list_.clear(); }

  std::span<const Child> list() const { return list_; }
  bool empty() const { return list_.empty(); }
  std::size_t size() const { return list_.size(); }
  Time next_expiry() const {
    Time next = kNever;
    for (const Child& child : list_) next = std::min(next, child.expires);
    return next;
  }

 private:
  std::vector<Child> list_;
};

}  // namespace wireproof::hmtp
