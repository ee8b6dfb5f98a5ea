#pragma once
// What is due in a simulated run, the earliest first; of one time, what was added first.

#include <algorithm>
#include <cstdint>
#include <utility>
#include <vector>

#include "loop/time.hpp"

namespace wireproof::simulation {

template <typename Event>
class EventQueue {
 public:
  struct Entry {
    Time at{0};
    std::uint64_t added = 0;
    Event event;
  };

  void add(Time at, Event event) {
    heap_.push_back({at, added_++, std::move(event)});
    std::push_heap(heap_.begin(), heap_.end(), later);
  }
  /// kNever when nothing is due any more.
  Time next() const { return heap_.empty() ? kNever : heap_.front().at; }
  /// The next one; there must be one.
  Entry take() {
    std::pop_heap(heap_.begin(), heap_.end(), later);
    Entry entry = std::move(heap_.back());
    heap_.pop_back();
    return entry;
  }

 private:
  static bool later(const Entry& left, const Entry& right) {
    return left.at != right.at ? left.at > right.at : left.added > right.added;
  }

  std::vector<Entry> heap_;
  std::uint64_t added_ = 0;
};

/// Things that wait to be taken by their number; their memory is used again.
template <typename Value>
class Pool {
 public:
  template <typename From>
  std::uint32_t keep(const From& value) {
    if (free_.empty()) {
      free_.push_back(static_cast<std::uint32_t>(values_.size()));
      values_.emplace_back();
    }
    const std::uint32_t number = free_.back();
    free_.pop_back();
    values_[number] = value;
    return number;
  }
  /// Swaps it with `value`; its place is free.
  void release(std::uint32_t number, Value& value) {
    std::swap(values_[number], value);
    free_.push_back(number);
  }

 private:
  std::vector<Value> values_;
  std::vector<std::uint32_t> free_;
};

}  // namespace wireproof::simulation
