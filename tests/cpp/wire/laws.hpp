#pragma once
// What holds of every link, checked on a transcript. Each law says nothing when it holds, else a sentence about the
// first breach: so that wrong links can be shown to be found.

#include <fmt/format.h>

#include <algorithm>
#include <limits>
#include <map>
#include <string>

#include "transcript.hpp"

namespace wireproof::wire::testing {

/// Nothing leaves before it came and `least` has passed.
inline std::string never_early(const Transcript& seen, nanoseconds least) {
  for (const Passage& out : seen.out) {
    const nanoseconds came = seen.in.at(out.number).time;
    if (out.time < came + least) {
      return fmt::format("packet {} came at {} ns and left at {} ns", out.number, came.count(), out.time.count());
    }
  }
  return "";
}

/// With nothing to wait for, every packet takes exactly `delay`.
inline std::string punctual(const Transcript& seen, nanoseconds delay) {
  for (const Passage& out : seen.out) {
    const nanoseconds took = out.time - seen.in.at(out.number).time;
    if (took != delay)
      return fmt::format("packet {} took {} ns instead of {}", out.number, took.count(), delay.count());
  }
  return "";
}

/// Packets leave in the order in which they came, at times that do not fall.
inline std::string in_order(const Transcript& seen) {
  for (std::size_t i = 1; i < seen.out.size(); ++i) {
    if (seen.out[i].time < seen.out[i - 1].time) return fmt::format("departure {} is before the one before", i);
    if (seen.out[i].number < seen.out[i - 1].number) {
      return fmt::format("packet {} left after packet {}", seen.out[i].number, seen.out[i - 1].number);
    }
  }
  return "";
}

/// In any window no more than rate * window + burst leaves; a frame larger than the burst may leave all the same.
/// `rate` in bit/s; one nanosecond is what times are rounded by.
inline std::string rate_held(const Transcript& seen, double rate, std::size_t burst) {
  double sum = 0;
  double least = std::numeric_limits<double>::infinity();
  double largest = static_cast<double>(burst);
  for (const Passage& out : seen.out) largest = std::max(largest, static_cast<double>(out.length));
  for (const Passage& out : seen.out) {
    const double allowed = rate * static_cast<double>(out.time.count()) / 8e9;
    least = std::min(least, sum - allowed);
    sum += static_cast<double>(out.length);
    const double excess = sum - allowed - least - largest;
    if (excess > rate / 8e9 + 1e-6 * sum / 1e3 + 1e-3) {
      return fmt::format("at packet {} some window has {:.3f} bytes more than the rate allows", out.number, excess);
    }
  }
  return "";
}

/// Every packet that came in, or was doubled, left, was dropped, or is still inside; and none came from nowhere.
inline std::string conserved(const Transcript& seen) {
  const std::size_t gone = seen.out.size() + seen.dropped.size();
  if (seen.in.size() + seen.duplicated != gone + seen.left_inside) {
    return fmt::format("{} in, {} doubled; {} out, {} dropped, {} inside", seen.in.size(), seen.duplicated,
                       seen.out.size(), seen.dropped.size(), seen.left_inside);
  }
  std::map<std::uint64_t, unsigned> times;
  for (const Passage& out : seen.out) ++times[out.number];
  for (const Drop& drop : seen.dropped) ++times[drop.number];
  std::uint64_t doubled = 0;
  for (const auto& [number, count] : times) {
    if (number >= seen.in.size()) return fmt::format("packet {} never came in", number);
    if (count > 2) return fmt::format("packet {} was seen {} times", number, count);
    doubled += count - 1;
  }
  if (doubled > seen.duplicated) {
    return fmt::format("{} packets were seen twice, {} were doubled", doubled, seen.duplicated);
  }
  return "";
}

/// No more ever waited than the bound allows; one packet always may.
inline std::string bounded(const Transcript& seen, std::size_t packets, std::size_t bytes) {
  if (seen.most_packets > packets) return fmt::format("{} packets waited, {} may", seen.most_packets, packets);
  if (seen.most_bytes > bytes && seen.most_packets > 1) {
    return fmt::format("{} bytes waited, {} may", seen.most_bytes, bytes);
  }
  return "";
}

}  // namespace wireproof::wire::testing
