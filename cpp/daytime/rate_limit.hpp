#pragma once
// How often a source is answered whose address anybody may have forged. Pure.

#include <cstdint>
#include <vector>

#include "loop/time.hpp"
#include "net/address.hpp"

namespace wireproof::daytime {

/// A token bucket for each source. There is a fixed number of buckets, chosen by a hash that nobody else knows: memory,
/// and what all sources together get, are bounded however many addresses are forged; sources that share a bucket share
/// what it gives.
class RateLimit {
 public:
  struct Options {
    Time interval = std::chrono::seconds(1);  ///< an answer in each, in the long run
    unsigned burst = 8;                       ///< answers at once, at least 1
    std::size_t buckets = 1024;
  };

  RateLimit(const Options& options, std::uint64_t secret)
      : options_(options), secret_(secret), full_at_(options.buckets, Time::min()) {}

  /// Whether a source is answered now. A source is an IPv4 address, or an IPv6 network of 64 bits.
  bool allow(Time now, const Address& source);

 private:
  Options options_;
  std::uint64_t secret_;
  std::vector<Time> full_at_;  ///< when each bucket will be full again
};

}  // namespace wireproof::daytime
