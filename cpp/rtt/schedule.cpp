#include "rtt/schedule.hpp"

#include <algorithm>
#include <cmath>
#include <functional>

namespace wireproof::rtt {

Schedule::Schedule(const ScheduleOptions& options, std::size_t addresses, Time start, std::uint64_t seed)
    : options_(options), slack_(options.poisson ? Time(0) : options.interval / kEarly), random_(seed) {
  for (std::size_t i = 0; i < addresses; ++i) {
    const auto share = static_cast<double>(i) / static_cast<double>(addresses);
    const Time first = start + (options.poisson ? gap() : time_of(share * in_seconds(options.interval)));
    const Time begin = options.poisson ? start : first;
    ends_.push_back(begin + options.duration);
    if (first < ends_.back()) heap_.emplace_back(first, i);
  }
  std::make_heap(heap_.begin(), heap_.end(), std::greater<>());
}

std::optional<std::size_t> Schedule::take(Time now) {
  while (!heap_.empty() && heap_.front().first <= now + slack_) {
    const auto [due, address] = heap_.front();
    move_on();
    if (due + options_.interval > now) return address;
    ++missed_;
  }
  return std::nullopt;
}

void Schedule::move_on() {
  std::pop_heap(heap_.begin(), heap_.end(), std::greater<>());
  auto& [due, address] = heap_.back();
  due += gap();
  if (due >= ends_[address]) {
    heap_.pop_back();
  } else {
    std::push_heap(heap_.begin(), heap_.end(), std::greater<>());
  }
}

Time Schedule::gap() {
  // 1 - share() is above 0, so that the logarithm is finite.
  return options_.poisson ? time_of(-std::log(1 - random_.share()) * in_seconds(options_.interval)) : options_.interval;
}

}  // namespace wireproof::rtt
