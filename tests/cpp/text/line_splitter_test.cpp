#include "text/line_splitter.hpp"

#include <gtest/gtest.h>

#include <vector>

namespace wireproof {
namespace {

/// All lines of a stream that arrives in pieces of `piece` bytes, "…" after each that was cut.
std::vector<std::string> lines_of(std::string_view stream, std::size_t limit, std::size_t piece) {
  LineSplitter splitter(limit);
  std::vector<std::string> lines;
  const auto keep = [&](const Line& line) { lines.push_back(line.text + (line.cut ? "…" : "")); };
  while (!stream.empty()) {
    std::string_view bytes = stream.substr(0, piece);
    stream.remove_prefix(bytes.size());
    while (!bytes.empty()) {
      if (const auto line = splitter.next(bytes)) keep(*line);
    }
  }
  if (const auto line = splitter.rest()) keep(*line);
  return lines;
}

using Lines = std::vector<std::string>;

TEST(LineSplitter, LinesEndWithLfOrCrLf) {
  EXPECT_EQ(lines_of("one\ntwo\r\n\nfour\n", 80, 100), (Lines{"one", "two", "", "four"}));
}

TEST(LineSplitter, TheLastLineNeedsNoEnd) {
  EXPECT_EQ(lines_of("one\ntwo", 80, 100), (Lines{"one", "two"}));
  EXPECT_EQ(lines_of("one\n", 80, 100), (Lines{"one"}));
}

TEST(LineSplitter, HowTheStreamIsCutMakesNoDifference) {
  const std::string_view stream = "año\r\n\r\nlonger than ten bytes\r\n€€€€\nexactly 10\r\nend\r";
  const Lines expected = lines_of(stream, 10, stream.size());
  EXPECT_EQ(expected, (Lines{"año", "", "longer tha…", "€€€…", "exactly 10", "end\r"}));
  for (std::size_t piece = 1; piece < stream.size(); ++piece) EXPECT_EQ(lines_of(stream, 10, piece), expected) << piece;
}

TEST(LineSplitter, OverLongLinesAreCutAndTheNextIsWhole) {
  EXPECT_EQ(lines_of(std::string(1'000'000, 'x') + "\nnext\n", 16, 4096), (Lines{std::string(16, 'x') + "…", "next"}));
}

TEST(LineSplitter, ACutNeverSplitsACharacter) {
  for (std::size_t limit = 4; limit < 12; ++limit) {
    const auto lines = lines_of("a😀ñ€😀\n", limit, 3);
    ASSERT_EQ(lines.size(), 1u);
    EXPECT_TRUE(std::string_view("a😀ñ€😀").starts_with(lines[0].substr(0, lines[0].size() - 3)));
    EXPECT_NE(static_cast<unsigned char>(lines[0][0]), 0x80);
    EXPECT_GE(lines[0].size(), limit) << "at most three bytes are given up, and … has three";
  }
  EXPECT_EQ(lines_of("aaa😀\n", 5, 100), (Lines{"aaa…"}));
}

TEST(LineSplitter, ALoneCarriageReturnIsPartOfTheLine) {
  EXPECT_EQ(lines_of("one\rtwo\n", 80, 100), (Lines{"one\rtwo"}));
}

}  // namespace
}  // namespace wireproof
