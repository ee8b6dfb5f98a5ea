#include "message/message.hpp"

#include <gtest/gtest.h>

#include "message/tally.hpp"

namespace wireproof::message {
namespace {

TEST(Message, EndEndsWithOrWithoutAnEndOfLineAndNothingElseDoes) {
  for (const auto* text : {"end", "end\n", "end\r\n"}) EXPECT_TRUE(ends_session(text)) << text;
  for (const auto* text : {"", "End", "end ", " end", "the end", "endless", "end\n\n", "hi\nend", "end\r", "end\nhi"}) {
    EXPECT_FALSE(ends_session(text)) << text;
  }
  EXPECT_FALSE(ends_session(std::string_view("end\0", 4)));
}

TEST(Message, OneEndOfLineIsTakenOff) {
  EXPECT_EQ(without_line_end("a\n"), "a");
  EXPECT_EQ(without_line_end("a\r\n"), "a");
  EXPECT_EQ(without_line_end("a\n\n"), "a\n");
  EXPECT_EQ(without_line_end("a\r"), "a\r");
  EXPECT_EQ(without_line_end("\r\n"), "");
  EXPECT_EQ(without_line_end(""), "");
}

TEST(Message, IsDescribedWithItsLengthAndSender) {
  EXPECT_EQ(described({.client = "10.0.0.1:4000", .text = "hi\n"}), "received 3 bytes from 10.0.0.1:4000: hi");
  EXPECT_EQ(described({.client = "10.0.0.1:4000", .text = "abc", .truncated = true, .length = 565}),
            "received 3 of 565 bytes from 10.0.0.1:4000: abc");
  EXPECT_EQ(described({.client = "10.0.0.1:4000", .text = "abc", .truncated = true}),
            "received 3 bytes of a longer line from 10.0.0.1:4000: abc");
}

TEST(Message, NothingThatMovesATerminalIsInADescription) {
  std::string hostile;
  for (int byte = 0; byte < 256; ++byte) hostile += static_cast<char>(byte);
  hostile +=
      "\x1b]0;owned\x07\n10.0.0.9:1 says: trust me\xc2\x9b"
      "2J";
  for (std::size_t from = 0; from < hostile.size(); ++from) {
    for (const char letter : described({.client = "c", .text = std::string_view(hostile).substr(from)})) {
      const auto byte = static_cast<unsigned char>(letter);
      ASSERT_TRUE(byte >= 0x20 && byte != 0x7f) << "byte " << int{byte} << " from " << from;
    }
  }
}

TEST(Message, ALongOneIsDescribedBriefly) {
  EXPECT_LT(described({.client = "c", .text = std::string(1 << 20, 'x')}).size(), 300u);
  EXPECT_LT(described({.client = "c", .text = std::string(1 << 20, '\xff')}).size(), 1000u);
}

TEST(Message, ASeriesIsNumberedAndOfTheSizeAskedFor) {
  EXPECT_EQ(numbered_message(7, 14), "message 7 ....");
  EXPECT_EQ(numbered_message(7, 3), "mes");
  EXPECT_NE(numbered_message(1, 50), numbered_message(2, 50));
  EXPECT_EQ(numbered_message(1'000'000'000, 65507).size(), 65507u);
}

TEST(Tally, SaysWhatItCounted) {
  Tally tally;
  tally.clients = 3;
  tally.received = 12;
  tally.truncated = 2;
  tally.bytes = 340;
  EXPECT_EQ(counts_sentence(tally), "received 12 messages (340 bytes, 2 of the messages truncated) from 3 clients");
  EXPECT_EQ(counts_json(tally, "udp").text(),
            R"({"protocol": "udp", "clients": 3, "received": 12, "delivered": 10, "truncated": 2, "bytes": 340})");
}

}  // namespace
}  // namespace wireproof::message
