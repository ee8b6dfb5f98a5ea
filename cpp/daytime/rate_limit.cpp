#include "daytime/rate_limit.hpp"

#include <algorithm>

#include "bytes/big_endian.hpp"
#include "random/random.hpp"

namespace wireproof::daytime {

bool RateLimit::allow(Time now, const Address& source) {
  const std::uint64_t network = read_number<std::uint64_t>(source.address, source.is_v4() ? 8 : 0);
  Time& full_at = full_at_[mixed(secret_, network) % full_at_.size()];
  // A bucket that will be full in n intervals lacks n answers.
  const Time next = std::max(full_at, now) + options_.interval;
  if (next - now > options_.burst * options_.interval) return false;
  full_at = next;
  return true;
}

}  // namespace wireproof::daytime
