#include "eliza/text.hpp"

#include <gtest/gtest.h>

namespace wireproof::eliza {
namespace {

TEST(Text, ControlCharactersAndInvalidBytesNeverPass) {
  EXPECT_EQ(cleaned("año €😀"), "año €😀");
  EXPECT_EQ(cleaned("a\x1b[31m\tb\x7f"), "a [31m b ");
  EXPECT_EQ(cleaned(std::string_view("a\0b", 3)), "a b");
  EXPECT_EQ(cleaned("\xc2\x9b"
                    "x"),
            " x")
      << "C1 controls move terminals too";
  EXPECT_EQ(cleaned("\xff\xe2\x82"), "\uFFFD\uFFFD\uFFFD");
  EXPECT_EQ(cleaned("I’m"), "I'm");
  EXPECT_EQ(cleaned("live\u202Eevil\u2028\u200B"), "live evil  ");
}

TEST(Text, PunctuationSeparatesClauses) {
  const auto clauses = clauses_of("Well, I'm fine... are you?  ");
  ASSERT_EQ(clauses.size(), 3u);
  EXPECT_EQ(joined(clauses[1]), "I'm fine");
  EXPECT_EQ(joined_keys(clauses[1]), "i'm fine");
  EXPECT_TRUE(clauses_of(" .,;! ").empty());
}

TEST(Text, OnlyAsciiLettersChangeCase) { EXPECT_EQ(joined_keys(words_of("ÑANDÚ Über")), "ÑandÚ Über"); }

TEST(Text, QuotesAndDashesAtTheEdgesAreNotPartOfAWord) {
  EXPECT_EQ(joined(words_of("'tis - well-known' --")), "tis well-known");
}

}  // namespace
}  // namespace wireproof::eliza
