#include "mpegts/framer.hpp"

#include <gtest/gtest.h>

#include <random>

#include "packets.hpp"

namespace wireproof::mpegts {
namespace {

class FramerTest : public testing::Test {
 protected:
  bool push(Bytes datagram) {
    return framer.push(datagram, [this](Bytes packet) { taken.insert(taken.end(), packet.begin(), packet.end()); });
  }
  void push_in_pieces(std::size_t size) {
    for (std::size_t at = 0; at < stream.size(); at += size)
      push(Bytes(stream).subspan(at, std::min(size, stream.size() - at)));
  }

  const std::vector<std::uint8_t> stream = test::make_stream(700, 638000);
  std::vector<std::uint8_t> taken;
  Framer framer;
};

TEST_F(FramerTest, CutsSevenPacketsToADatagram) {
  push_in_pieces(1316);
  EXPECT_EQ(taken, stream);
  EXPECT_EQ(framer.discarded(), 0U);
}

TEST_F(FramerTest, JoinsPacketsCutByTheSheetsDatagrams) {
  push_in_pieces(7975);
  EXPECT_EQ(taken, stream);
  EXPECT_EQ(framer.discarded(), 0U);
  EXPECT_EQ(framer.foreign(), 0U);
}

TEST_F(FramerTest, FindsTheStepAgainAfterALostDatagram) {
  const Bytes all(stream);
  push(all.subspan(0, 7975));
  push(all.subspan(2 * 7975, 7975));  // the second is lost
  push(all.subspan(3 * 7975, 7975));
  EXPECT_EQ(taken.size() % kPacketSize, 0U);
  for (std::size_t at = 0; at < taken.size(); at += kPacketSize) ASSERT_EQ(taken[at], kSyncByte);
  // 42 whole packets of the first; of the other two all but the cut one at their head.
  EXPECT_EQ(taken.size() / kPacketSize, 42U + (2 * 7975 - (188 - 2 * 7975 % 188)) / 188);
  EXPECT_EQ(framer.foreign(), 0U);
}

TEST_F(FramerTest, StartsInTheMiddleOfAStream) {
  push(Bytes(stream).subspan(100, 2000));
  EXPECT_EQ(taken.size(), (2000U - 88) / 188 * 188);
  EXPECT_EQ(framer.discarded(), 88U);
}

TEST_F(FramerTest, CountsWhatIsNoTransportStream) {
  const std::string_view texts[] = {"", "G", "Hello", "GGG"};
  for (const std::string_view text : texts) {
    EXPECT_FALSE(push({reinterpret_cast<const std::uint8_t*>(text.data()), text.size()})) << text;
  }
  EXPECT_FALSE(push(std::vector<std::uint8_t>(1316, 0x00)));
  EXPECT_FALSE(push(std::vector<std::uint8_t>(188, 0xFF)));
  EXPECT_EQ(framer.foreign(), 6U);
  EXPECT_TRUE(taken.empty());
  push_in_pieces(1316);
  EXPECT_EQ(taken, stream) << "and goes on with the stream";
}

TEST_F(FramerTest, ForeignDatagramsBetweenPiecesDoNoHarm) {
  const std::vector<std::uint8_t> garbage(300, 0x11);
  for (std::size_t at = 0; at < stream.size(); at += 7975) {
    EXPECT_TRUE(push(Bytes(stream).subspan(at, std::min<std::size_t>(7975, stream.size() - at))));
    EXPECT_FALSE(push(garbage));
  }
  EXPECT_EQ(taken, stream);
}

TEST_F(FramerTest, NeverKeepsMoreThanItWasGiven) {
  std::mt19937_64 random(7);
  std::uint64_t given = 0;
  for (int i = 0; i < 3000; ++i) {
    std::vector<std::uint8_t> datagram(random() % 2000);
    for (auto& byte : datagram) byte = random() % 3 == 0 ? kSyncByte : static_cast<std::uint8_t>(random());
    given += datagram.size();
    push(datagram);
  }
  EXPECT_LE(taken.size() + framer.discarded(), given);
  EXPECT_LT(given - taken.size() - framer.discarded(), kPacketSize) << "every byte is delivered, counted, or pending";
}

}  // namespace
}  // namespace wireproof::mpegts
