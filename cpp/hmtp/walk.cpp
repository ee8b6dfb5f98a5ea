#include "hmtp/walk.hpp"

#include <algorithm>
#include <utility>

namespace wireproof::hmtp {

void Walk::add(std::span<const Endpoint> candidates) {
  if (candidates.empty() || open_.size() + candidates.size() > kMostOpen) return;
  groups_.push_back(open_.size());
  open_.insert(open_.end(), candidates.begin(), candidates.end());
}

std::optional<Endpoint> Walk::next(Random& random) {
  while (!groups_.empty() && asked_.size() < kMostAsked) {
    const std::size_t begin = groups_.back();
    if (begin == open_.size()) {
      groups_.pop_back();
      continue;
    }
    std::swap(open_[begin + random.below(open_.size() - begin)], open_.back());
    const Endpoint candidate = open_.back();
    open_.pop_back();
    if (std::find(asked_.begin(), asked_.end(), candidate) != asked_.end()) continue;
    asked_.push_back(candidate);
    return candidate;
  }
  return std::nullopt;
}

}  // namespace wireproof::hmtp
