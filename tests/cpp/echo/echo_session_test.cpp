#include "echo/echo_session.hpp"

#include <gtest/gtest.h>

namespace wireproof {
namespace {

using namespace std::string_view_literals;

std::string answer_to(EchoSession& session, std::string_view bytes, std::size_t piece) {
  std::string answer;
  while (!bytes.empty()) {
    session.receive(bytes.substr(0, piece), answer);
    bytes.remove_prefix(std::min(piece, bytes.size()));
  }
  return answer;
}

TEST(EchoSession, WithoutWordsItIsThePlainService) {
  EchoSession session;
  EXPECT_EQ(session.opening(), "");
  EXPECT_EQ(answer_to(session, "a\n\n\xff\0b"sv, 2), "a\n\n\xff\0b"sv);
  EXPECT_EQ(session.closing(), "");
}

TEST(EchoSession, ThePrefixStandsBeforeEachLineHoweverTheStreamIsCut) {
  for (std::size_t piece = 1; piece < 12; ++piece) {
    EchoSession session({.welcome = "W", .reply_prefix = "> ", .goodbye = "G"});
    EXPECT_EQ(session.opening(), "W");
    EXPECT_EQ(answer_to(session, "hello\n\nyou", piece), "> hello\n> \n> you") << "in pieces of " << piece;
    EXPECT_EQ(answer_to(session, " there\n", piece), " there\n") << "the line went on";
    EXPECT_EQ(session.closing(), "G");
  }
}

}  // namespace
}  // namespace wireproof
