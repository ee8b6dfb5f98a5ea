// Names of zones and what is none; the comparison of all zones is tests/harness/test_zones.py.

#include "daytime/zones.hpp"

#include <gtest/gtest.h>

namespace wireproof::daytime {
namespace {

using std::chrono::seconds;

TEST(ZoneName, StaysWithinTheDatabase) {
  for (const char* const name : {"UTC", "Europe/Madrid", "America/Argentina/Buenos_Aires", "Etc/GMT+12", "EST5EDT"}) {
    EXPECT_TRUE(is_zone_name(name)) << name;
    EXPECT_TRUE(local_time(name, seconds(0))) << name;
  }
  for (const char* const name : {"",
                                 "/",
                                 "/etc/passwd",
                                 "../../etc/passwd",
                                 "Europe/../UTC",
                                 "Europe//Madrid",
                                 "UTC/",
                                 ".",
                                 "..",
                                 "tzdata.zi",
                                 "zone.tab",
                                 ":UTC",
                                 "Europe/Madrid\n",
                                 "Europe\\Madrid",
                                 "Espa\xC3\xB1"
                                 "a",
                                 "posix/UTC",
                                 "right/UTC",
                                 "posixrules",
                                 "localtime",
                                 "CET-1CEST,M3.5.0"}) {
    EXPECT_FALSE(is_zone_name(name)) << name;
    EXPECT_FALSE(local_time(name, seconds(0))) << name;
  }
  EXPECT_FALSE(is_zone_name(std::string("UTC\0x", 5)));
  EXPECT_FALSE(is_zone_name(std::string(65, 'a')));
}

TEST(ZoneName, OfTheFormMayStillBeNone) {
  for (const char* const name : {"Mars/Phobos", "Europe", "leapseconds", "europe/madrid"}) {
    EXPECT_TRUE(is_zone_name(name)) << name;
    EXPECT_FALSE(local_time(name, seconds(0))) << name;
  }
}

TEST(LocalTime, IsRightAtOddOffsetsAndFarYears) {
  EXPECT_EQ(local_time("Asia/Kathmandu", seconds(0))->utc_offset, 19800) << "5:45 only since 1986";
  EXPECT_EQ(local_time("Australia/Lord_Howe", seconds(1'796'040'000))->utc_offset, 39600);
  EXPECT_EQ(local_time("Pacific/Chatham", seconds(1'796'040'000))->utc_offset, 49500);
  EXPECT_EQ(local_time("Africa/Monrovia", seconds(0))->utc_offset, -2670) << "-0:44:30 until 1972";
  EXPECT_EQ(local_time("UTC", seconds(4'294'967'296))->year, 2106);
  EXPECT_EQ(local_time("Europe/Madrid", seconds(4'087'886'400))->abbreviation, "CEST") << "July 2099, by the rule";
  EXPECT_EQ(local_time("UTC", Time(-1))->second, 59) << "before 1970 seconds are cut downwards";
}

}  // namespace
}  // namespace wireproof::daytime
