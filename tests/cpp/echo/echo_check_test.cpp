#include "echo/echo_check.hpp"

#include <gmock/gmock.h>

namespace wireproof {
namespace {

using ::testing::HasSubstr;
using ::testing::Optional;

TEST(EchoCheck, AnExactEchoInOtherPiecesIsFine) {
  EchoCheck check;
  check.sent("hello ");
  check.received("hel");
  check.sent("world");
  check.received("lo wor");
  check.received("ld");
  check.sent_all();
  EXPECT_EQ(check.complaint(), std::nullopt);
  EXPECT_EQ(check.bytes_received(), 11u);
}

TEST(EchoCheck, NothingSentAndNothingBackIsFine) {
  EchoCheck check;
  check.sent_all();
  EXPECT_EQ(check.complaint(), std::nullopt);
}

TEST(EchoCheck, AnEchoThatEndsBeforeEverythingIsSentIsNotExact) {
  EchoCheck check;
  check.sent("abc");
  check.received("abc");
  EXPECT_THAT(check.complaint(), Optional(HasSubstr("ended after 3 bytes, before everything was sent")));
}

TEST(EchoCheck, TellsTheOffsetOfTheFirstDifference) {
  EchoCheck check;
  check.sent("abcdef");
  check.received("ab");
  check.received("cXeY");
  EXPECT_THAT(check.difference(), Optional(3u));
  EXPECT_THAT(check.complaint(), Optional(HasSubstr("offset 3")));
}

TEST(EchoCheck, AShortEchoDiffersWhereItEnds) {
  EchoCheck check;
  check.sent("abcdef");
  check.received("abcd");
  EXPECT_EQ(check.difference(), std::nullopt) << "more may come";
  EXPECT_THAT(check.complaint(), Optional(HasSubstr("4 of 6 bytes came back, first difference at offset 4")));
}

TEST(EchoCheck, BytesThatWereNotSentAreADifference) {
  EchoCheck check;
  check.sent("abc");
  check.received("abcd");
  EXPECT_THAT(check.complaint(), Optional(HasSubstr("longer than the 3 bytes sent: first difference at offset 3")));
}

TEST(EchoCheck, LongStreamsKeepTheirOffsets) {
  EchoCheck check;
  const std::string chunk(1000, 'x');
  for (int i = 0; i < 1000; ++i) {
    check.sent(chunk);
    if (i > 0) check.received(chunk);
  }
  check.received(std::string(999, 'x') + "y");
  EXPECT_THAT(check.difference(), Optional(999'999u));
}

}  // namespace
}  // namespace wireproof
