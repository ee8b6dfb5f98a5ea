#pragma once
// When which address is probed. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <utility>
#include <vector>

#include "loop/time.hpp"
#include "random/random.hpp"

namespace wireproof::rtt {

struct ScheduleOptions {
  Time interval = std::chrono::seconds(1);  ///< between two probes to one address; with `poisson` its mean
  Time duration = std::chrono::seconds(3);  ///< from an address's first probe on
  bool poisson = false;                     ///< RFC 2330, 11.1.1; else periodic, RFC 3432
};

/// Periodic probes of different addresses are spread evenly over the interval. They may be taken up to kEarly of it
/// before their time, together with the one before: a program that has a thousand of them a second need not wake for
/// each.
class Schedule {
 public:
  Schedule(const ScheduleOptions& options, std::size_t addresses, Time start, std::uint64_t seed);

  /// When take() has something to give; kNever after the last probe.
  Time next() const { return heap_.empty() ? kNever : heap_.front().first; }
  /// The number of an address to be probed now. Those whose time is past by more than an interval are left out.
  std::optional<std::size_t> take(Time now);

  std::uint64_t missed() const { return missed_; }

 private:
  static constexpr int kEarly = 200;           ///< of an interval one part in so many
  using Entry = std::pair<Time, std::size_t>;  ///< when, which address

  Time gap();
  /// The first entry is due once more, a gap later, unless that is beyond its end.
  void move_on();

  ScheduleOptions options_;
  Time slack_;  ///< what is due within is due now
  Random random_;
  std::vector<Time> ends_;   ///< of each address
  std::vector<Entry> heap_;  ///< the earliest first
  std::uint64_t missed_ = 0;
};

}  // namespace wireproof::rtt
