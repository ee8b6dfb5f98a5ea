#include "text/utf8.hpp"

#include <gtest/gtest.h>

#include <string>
#include <utility>
#include <vector>

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

TEST(Utf8, TakesCharacters) {
  std::string_view bytes = "a\xc3\xb1\xe2\x82\xac\xff\xf0\x9f\x98\x80";
  EXPECT_EQ(take_character(bytes), U'a');
  EXPECT_EQ(take_character(bytes), U'ñ');
  EXPECT_EQ(take_character(bytes), U'€');
  EXPECT_EQ(take_character(bytes), std::nullopt) << "a byte that is none";
  EXPECT_EQ(take_character(bytes), U'😀');
  EXPECT_EQ(take_character(bytes), std::nullopt);
  EXPECT_EQ(bytes, "");
}

TEST(Printable, KeepsTextAndShowsTheRestInHexadecimal) {
  EXPECT_EQ(printable("año €"), "año €");
  EXPECT_EQ(printable("\x1b[31m\n"), "\\x1b[31m\\x0a");
  EXPECT_EQ(printable("\xff\xc2"), "\\xff\\xc2");
  EXPECT_EQ(printable("\xc2\x9b"
                      "m"),
            "\\xc2\\x9bm")
      << "C1 controls move terminals too";
  EXPECT_EQ(printable("\xed\xa0\x80"), "\\xed\\xa0\\x80") << "surrogates are not UTF-8";
  EXPECT_EQ(printable("abcdef", 3), "abc…");
}

TEST(Printable, NothingChangesWhatIsAroundIt) {
  const std::vector<std::pair<std::string, std::string>> cases{
      {"live\u202Eevil", "live\\u{202e}evil"},                // right-to-left override
      {"a\u2028b\u2029c", "a\\u{2028}b\\u{2029}c"},           // line and paragraph separator
      {"\u200B\u200D\u200F", "\\u{200b}\\u{200d}\\u{200f}"},  // zero width space and joiner, right-to-left mark
      {"\u061C\u2066\u2069", "\\u{61c}\\u{2066}\\u{2069}"},   // Arabic letter mark, isolates
      {"\uFEFF\u2060\u00AD", "\\u{feff}\\u{2060}\\u{ad}"},    // no-break spaces without width, soft hyphen
      {"\U000E0041", "\\u{e0041}"},                           // tag
      {"❤\uFE0F Zoe\u0301 日本", "❤\uFE0F Zoe\u0301 日本"}};  // marks belong to the character before them
  for (const auto& [text, shown] : cases) EXPECT_EQ(printable(text), shown);
}

TEST(Printable, WhatALineIsMadeOfCanBeKept) { EXPECT_EQ(escaped("a\tb\nc\r", "\t\n"), "a\tb\nc\\x0d"); }

}  // namespace
}  // namespace wireproof
