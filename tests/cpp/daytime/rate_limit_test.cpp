// Token buckets: burst, rate in the long run, and what forged sources can do.

#include "daytime/rate_limit.hpp"

#include <gtest/gtest.h>

#include "random/random.hpp"

namespace wireproof::daytime {
namespace {

using namespace std::chrono_literals;

const Address kSource = Address::v4(0x0A000001, 1);

TEST(RateLimit, AllowsABurstAndThenOneInEachInterval) {
  RateLimit limit({.interval = 1s, .burst = 3}, 1);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.allow(100s, kSource));
  EXPECT_FALSE(limit.allow(100s, kSource));
  EXPECT_FALSE(limit.allow(101s - 1ns, kSource));
  EXPECT_TRUE(limit.allow(101s, kSource));
  EXPECT_FALSE(limit.allow(101s, kSource));
  int allowed = 0;
  for (Time now = 101s; now < 201s; now += 10ms) allowed += limit.allow(now, kSource) ? 1 : 0;
  EXPECT_EQ(allowed, 99);
  for (int i = 0; i < 3; ++i) EXPECT_TRUE(limit.allow(300s, kSource)) << "full again, and no fuller";
  EXPECT_FALSE(limit.allow(300s, kSource));
}

TEST(RateLimit, KnowsASourceByItsHostOrNetwork) {
  RateLimit limit({.interval = 1s, .burst = 1, .buckets = 1U << 20U}, 1);
  EXPECT_TRUE(limit.allow(1s, kSource));
  EXPECT_FALSE(limit.allow(1s, kSource.with_port(2))) << "whatever its port";
  EXPECT_TRUE(limit.allow(1s, Address::v4(0x0A000002, 1)));
  EXPECT_TRUE(limit.allow(1s, parse_address("2001:db8:1:2::1")->with_port(1)));
  EXPECT_FALSE(limit.allow(1s, parse_address("2001:db8:1:2:ffff::9")->with_port(1))) << "of the same network";
  EXPECT_TRUE(limit.allow(1s, parse_address("2001:db8:1:3::1")->with_port(1)));
}

TEST(RateLimit, BoundsWhatAllForgedSourcesGetTogether) {
  RateLimit limit({.interval = 1s, .burst = 2, .buckets = 64}, 1);
  Random random(1);
  int allowed = 0;
  for (Time now = 1s; now < 11s; now += 100us) {
    allowed += limit.allow(now, Address::v4(static_cast<std::uint32_t>(random.bits()), 1)) ? 1 : 0;
  }
  EXPECT_LE(allowed, 64 * (2 + 10));
}

}  // namespace
}  // namespace wireproof::daytime
