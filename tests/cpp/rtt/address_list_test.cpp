// Files of addresses, well written and not.

#include "rtt/address_list.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wireproof::rtt {
namespace {

using ::testing::ElementsAre;
using ::testing::IsEmpty;

TEST(AddressList, IsSeparatedBySemicolons) {
  const AddressList list = parse_address_list("195.46.39.40;208.67.222.222; [fe80::1%eth0]:7 ;www.unlu.edu.ar\n");
  EXPECT_THAT(list.entries, ElementsAre("195.46.39.40", "208.67.222.222", "[fe80::1%eth0]:7", "www.unlu.edu.ar"));
  EXPECT_EQ(list.empty, 0U);
  EXPECT_THAT(list.doubles, IsEmpty());
}

TEST(AddressList, MayHaveEmptyAndDoubleEntries) {
  const AddressList list = parse_address_list(";10.0.0.1;; 10.0.0.2;10.0.0.1 ;\t;10.0.0.1");
  EXPECT_THAT(list.entries, ElementsAre("10.0.0.1", "10.0.0.2"));
  EXPECT_THAT(list.doubles, ElementsAre("10.0.0.1", "10.0.0.1"));
  EXPECT_EQ(list.empty, 3U);
}

TEST(AddressList, MayEndWithASemicolonAndHaveSeveralLines) {
  const AddressList list = parse_address_list(
      "\xEF\xBB\xBF"
      "a;b;\r\n\r\nc;\r\n");
  EXPECT_THAT(list.entries, ElementsAre("a", "b", "c"));
  EXPECT_EQ(list.empty, 0U);
}

TEST(AddressList, MayHoldNothing) {
  EXPECT_THAT(parse_address_list("").entries, IsEmpty());
  EXPECT_THAT(parse_address_list("\n \n").entries, IsEmpty());
  EXPECT_EQ(parse_address_list(";;;").empty, 3U);
}

}  // namespace
}  // namespace wireproof::rtt
