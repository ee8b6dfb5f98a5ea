#include "hmtp/duplicate_memory.hpp"

#include <algorithm>

namespace wireproof::hmtp {

DuplicateMemory::Origin& DuplicateMemory::origin(const MessageId& id) {
  for (Origin& known : origins_) {
    if (known.name == id.origin) return known;
  }
  if (origins_.size() < kOrigins) {
    origins_.emplace_back();
  } else {
    // The one that has been silent for longest makes room.
    const auto oldest = std::min_element(origins_.begin(), origins_.end(),
                                         [](const Origin& a, const Origin& b) { return a.heard < b.heard; });
    *oldest = origins_.back();
    origins_.back() = Origin{};
  }
  origins_.back().name = id.origin;
  origins_.back().first = id.sequence;
  origins_.back().highest = id.sequence - 1;
  return origins_.back();
}

bool DuplicateMemory::first_time(const MessageId& id) {
  Origin& from = origin(id);
  from.heard = ++calls_;
  const std::uint64_t n = id.sequence;
  if (n > from.highest) {
    if (n - from.highest >= kWindow) {
      from.seen.fill(0);
    } else {
      for (std::uint64_t skipped = from.highest + 1; skipped < n; ++skipped) from.clear(skipped);
    }
    from.highest = n;
  } else if (from.highest - n >= kWindow || from.test(n)) {
    return false;
  }
  from.set(n);
  from.first = std::min(from.first, n);
  return true;
}

std::uint64_t DuplicateMemory::Origin::complete() const {
  std::uint64_t n = highest - first >= kWindow ? highest - kWindow + 1 : first;
  if (!test(n)) return n - 1;
  while (n < highest && test(n + 1)) ++n;
  return n;
}

void DuplicateMemory::list_complete(std::size_t limit, std::vector<MessageId>& list) const {
  std::vector<const Origin*> order;
  order.reserve(origins_.size());
  for (const Origin& known : origins_) {
    if (known.first == 1) order.push_back(&known);
  }
  const auto count = std::min(limit, order.size());
  std::partial_sort(order.begin(), order.begin() + static_cast<std::ptrdiff_t>(count), order.end(),
                    [](const Origin* a, const Origin* b) { return a->heard > b->heard; });
  for (std::size_t i = 0; i < count; ++i) list.push_back({order[i]->name, order[i]->complete()});
}

}  // namespace wireproof::hmtp
