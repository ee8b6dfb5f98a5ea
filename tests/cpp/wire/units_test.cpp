#include "wire/units.hpp"

#include <gtest/gtest.h>

namespace wireproof::wire {
namespace {

using namespace std::chrono_literals;

TEST(Units, ReadsRates) {
  EXPECT_EQ(parse_rate("5000bit"), 5000);
  EXPECT_EQ(parse_rate("64kbit"), 64e3);
  EXPECT_EQ(parse_rate("0.7mbit"), 0.7e6);
  EXPECT_EQ(parse_rate("10gbit"), 10e9);
}

TEST(Units, ReadsTimes) {
  EXPECT_EQ(parse_time("50us"), 50us);
  EXPECT_EQ(parse_time("10ms"), 10ms);
  EXPECT_EQ(parse_time("1.5s"), 1500ms);
  EXPECT_EQ(parse_time("0ms"), 0ns);
  EXPECT_EQ(parse_time("86400s"), 86400s);
}

TEST(Units, ReadsShares) {
  EXPECT_DOUBLE_EQ(parse_share("1%").value(), 0.01);
  EXPECT_DOUBLE_EQ(parse_share("0.01%").value(), 0.0001);
  EXPECT_DOUBLE_EQ(parse_share("100%").value(), 1);
}

TEST(Units, RefusesEveryOtherSpelling) {
  for (const char* text :
       {"",       " ",      "10",      "mbit",   "10 mbit", " 10mbit",  "10mbit ", "10Mbit",  "10mbps",  "10m",
        "-1mbit", "+1mbit", "1e3kbit", ".5mbit", "5.mbit",  "0x10kbit", "nanmbit", "infmbit", "1,5mbit", "1mbit\n"}) {
    EXPECT_FALSE(parse_rate(text)) << text;
  }
  for (const char* text : {"", "10", "ms", "10 ms", "10MS", "10msec", "-1ms", "1e1ms", ".5s", "5.s", "nans", "infs",
                           "86401s", "1min", "1ns", "1m"}) {
    EXPECT_FALSE(parse_time(text)) << text;
  }
  for (const char* text : {"", "1", "%", "1 %", "-1%", "nan%", "1%%", "0.01", ".5%", "5.%"}) {
    EXPECT_FALSE(parse_share(text)) << text;
  }
}

TEST(Units, RefusesSecondsThatAreNoTime) {
  EXPECT_EQ(time_from_seconds(0.25), 250ms);
  for (const double seconds : {-0.001, 86400.1, 1e300}) EXPECT_FALSE(time_from_seconds(seconds)) << seconds;
  EXPECT_FALSE(time_from_seconds(std::numeric_limits<double>::quiet_NaN()));
  EXPECT_FALSE(time_from_seconds(std::numeric_limits<double>::infinity()));
}

}  // namespace
}  // namespace wireproof::wire
