// Messages that are not in the specification's vectors, and streams of them.

#include "rtt/message.hpp"

#include <gtest/gtest.h>

namespace wireproof::rtt {
namespace {

using Octets = std::vector<std::uint8_t>;

TEST(Message, OfAProbeHasNothingThatOnlyRepliesHave) {
  Octets octets = encode({.session = 5, .sequence = 6});
  octets[20] = octets[30] = octets[47] = 9;
  EXPECT_EQ(std::get<Message>(decode(octets)), (Message{.session = 5, .sequence = 6}));
}

TEST(Message, IsPaddedToItsLength) {
  const Octets octets = encode({.length = kLongest, .session = 1});
  EXPECT_EQ(octets.size(), kLongest);
  EXPECT_EQ(std::get<Message>(decode(octets)).length, kLongest);
}

TEST(Message, IsOfItsDatagramsLength) {
  Octets octets = encode({.session = 1});
  octets.push_back(0);
  EXPECT_EQ(std::get<Fault>(decode(octets)), Fault::wrong_length);
  octets.resize(kHeader - 1);
  EXPECT_EQ(std::get<Fault>(decode(octets)), Fault::wrong_length);
}

TEST(Message, OfEveryShorterLengthIsNone) {
  const Octets octets = encode({.type = Type::reply, .session = ~0ULL, .received = 1, .memory = 1});
  for (std::size_t length = 0; length < octets.size(); ++length) {
    EXPECT_TRUE(std::holds_alternative<Fault>(decode(Bytes(octets).first(length)))) << length;
  }
}

TEST(MessageSplitter, FindsMessagesHoweverTheStreamIsCut) {
  Octets stream;
  for (std::uint32_t i = 0; i < 5; ++i) {
    const Octets octets = encode({.length = kHeader + 7 * i, .session = 3, .sequence = i});
    stream.insert(stream.end(), octets.begin(), octets.end());
  }
  for (std::size_t piece = 1; piece <= stream.size(); ++piece) {
    MessageSplitter splitter;
    std::uint32_t next = 0;
    for (std::size_t at = 0; at < stream.size(); at += piece) {
      Bytes bytes = Bytes(stream).subspan(at, std::min(piece, stream.size() - at));
      while (const auto message = splitter.next(bytes)) {
        EXPECT_EQ(message->sequence, next);
        EXPECT_EQ(message->length, kHeader + 7 * next);
        ++next;
      }
    }
    EXPECT_EQ(next, 5U) << piece;
    EXPECT_FALSE(splitter.is_broken());
  }
}

TEST(MessageSplitter, IsBrokenByWhatIsNoMessage) {
  Octets stream = encode({.session = 3});
  const Octets wrong = {'R', 'T', 'T', 'P', 1, 1, 0, 47};  // shorter than a header
  stream.insert(stream.end(), wrong.begin(), wrong.end());
  MessageSplitter splitter;
  Bytes bytes = stream;
  EXPECT_TRUE(splitter.next(bytes));
  EXPECT_FALSE(splitter.next(bytes));
  EXPECT_TRUE(splitter.is_broken());
  const Octets good = encode({.session = 3});
  bytes = good;
  EXPECT_FALSE(splitter.next(bytes)) << "for good";
}

}  // namespace
}  // namespace wireproof::rtt
