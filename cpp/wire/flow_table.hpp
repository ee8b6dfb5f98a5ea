#pragma once
// What is remembered of each flow, in bounded memory.

#include <cstdint>
#include <list>
#include <unordered_map>
#include <utility>

#include "wire/flow.hpp"

namespace wireproof::wire {

/// Where a flow stands; what its next packet will suffer depends on nothing else.
struct FlowState {
  std::uint64_t hash = 0;      ///< of seed, direction and flow
  std::uint64_t packets = 0;   ///< so far: the next packet's index
  bool bad = false;            ///< the loss model's state
  double normal = 0;           ///< the last packet's place in the distribution of delays
  unsigned since_reorder = 0;  ///< packets since the last that was let ahead
};

/// Remembers `limit` flows; beyond that the one that was silent longest is forgotten, and starts again from index 0
/// should it come back.
class FlowTable {
 public:
  /// The seed is to stand for the direction too.
  FlowTable(std::uint64_t seed, std::size_t limit) : seed_(seed), limit_(limit) {}

  FlowState& find(const FlowKey& key) {
    const std::uint64_t hashed = hash(key, seed_);
    const auto [first, last] = index_.equal_range(hashed);
    for (auto found = first; found != last; ++found) {
      if (found->second->first == key) {
        recent_.splice(recent_.begin(), recent_, found->second);
        return found->second->second;
      }
    }
    if (recent_.size() == limit_) forget_oldest();
    recent_.emplace_front(key, FlowState{});
    recent_.front().second.hash = hashed;
    index_.emplace(hashed, recent_.begin());
    return recent_.front().second;
  }

  std::size_t size() const { return recent_.size(); }
  std::uint64_t forgotten() const { return forgotten_; }

 private:
  using Entries = std::list<std::pair<FlowKey, FlowState>>;

  void forget_oldest() {
    const auto oldest = std::prev(recent_.end());
    const auto [first, last] = index_.equal_range(oldest->second.hash);
    for (auto found = first; found != last; ++found) {
      if (found->second == oldest) {
        index_.erase(found);
        break;
      }
    }
    recent_.erase(oldest);
    ++forgotten_;
  }

  std::uint64_t seed_;
  std::size_t limit_;
  std::uint64_t forgotten_ = 0;
  Entries recent_;  ///< the most recent first
  std::unordered_multimap<std::uint64_t, Entries::iterator> index_;
};

}  // namespace wireproof::wire
