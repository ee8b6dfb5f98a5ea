#include "base/utf8.hpp"

#include <gtest/gtest.h>

namespace wireproof {
namespace {

TEST(Utf8, LengthsOfValidSequences) {
  EXPECT_EQ(utf8_length("a"), 1u);
  EXPECT_EQ(utf8_length("ñandú"), 2u);
  EXPECT_EQ(utf8_length("€uro"), 3u);
  EXPECT_EQ(utf8_length("😀!"), 4u);
}

TEST(Utf8, RefusesWhatTheStandardRefuses) {
  EXPECT_EQ(utf8_length(""), 0u);
  EXPECT_EQ(utf8_length("\x80"), 0u) << "continuation without a start";
  EXPECT_EQ(utf8_length("\xc0\xaf"), 0u) << "overlong";
  EXPECT_EQ(utf8_length("\xe0\x80\xaf"), 0u) << "overlong";
  EXPECT_EQ(utf8_length("\xed\xa0\x80"), 0u) << "surrogate";
  EXPECT_EQ(utf8_length("\xf4\x90\x80\x80"), 0u) << "above U+10FFFF";
  EXPECT_EQ(utf8_length("\xe2\x82"), 0u) << "cut";
}

TEST(Utf8, ACutSequenceIsLeftOut) {
  EXPECT_EQ(without_cut_sequence("caf\xc3"), "caf");
  EXPECT_EQ(without_cut_sequence("5 \xe2\x82"), "5 ");
  EXPECT_EQ(without_cut_sequence("\xf0\x9f\x98"), "");
  EXPECT_EQ(without_cut_sequence("café"), "café");
  EXPECT_EQ(without_cut_sequence("😀"), "😀");
  EXPECT_EQ(without_cut_sequence(""), "");
  EXPECT_EQ(without_cut_sequence("\x80\x80\x80\x80"), "\x80\x80\x80\x80") << "not UTF-8 at all: left to others";
}

}  // namespace
}  // namespace wireproof
