// Reader, writer and framing: what they hold, and that nothing gets beyond a bound.

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "bytes/decimal.hpp"
#include "bytes/framing.hpp"
#include "bytes/reader.hpp"
#include "bytes/writer.hpp"
#include "random/random.hpp"

namespace wireproof {
namespace {

using ::testing::ElementsAre;
using Vector = std::vector<std::uint8_t>;

TEST(BigEndian, PutsTheGreatestByteFirst) {
  Vector bytes(10);
  write_number<std::uint64_t>(bytes, 1, 0x0102030405060708);
  EXPECT_EQ(bytes, (Vector{0, 1, 2, 3, 4, 5, 6, 7, 8, 0}));
  EXPECT_EQ(read_number<std::uint64_t>(bytes, 1), 0x0102030405060708U);
  EXPECT_EQ(read_number<std::uint32_t>(bytes, 2), 0x02030405U);
  EXPECT_EQ(read16(bytes, 7), 0x0708U);
}

TEST(Bytes, AreReadAsTheyWereWritten) {
  ByteWriter writer(100);
  writer.u8(1).u16(0x0203).u32(0x04050607).u64(0x08090A0B0C0D0E0F).text("end");
  EXPECT_TRUE(writer.fits());
  EXPECT_THAT(writer.bytes(), ElementsAre(1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 13, 14, 15, 'e', 'n', 'd'));
  ByteReader reader(writer.bytes());
  EXPECT_EQ(reader.u8(), 1U);
  EXPECT_EQ(reader.u16(), 0x0203U);
  EXPECT_EQ(reader.u32(), 0x04050607U);
  EXPECT_EQ(reader.u64(), 0x08090A0B0C0D0E0FU);
  EXPECT_FALSE(reader.is_done());
  EXPECT_EQ(reader.text(3), "end");
  EXPECT_TRUE(reader.is_done());
}

TEST(ByteReader, GivesNothingBeyondTheEndNorAfterThat) {
  const Vector bytes{1, 2, 3};
  ByteReader reader(bytes);
  EXPECT_EQ(reader.u16(), 0x0102U);
  EXPECT_EQ(reader.u16(), 0U);
  EXPECT_FALSE(reader.is_whole());
  EXPECT_EQ(reader.u8(), 0U) << "there is a byte, but not where it was looked for";
  EXPECT_TRUE(reader.take(0).empty());
  EXPECT_FALSE(reader.is_done());
  EXPECT_TRUE(ByteReader(bytes).take(std::size_t(-1)).empty());
}

TEST(ByteWriter, WritesNothingBeyondItsBoundNorAfterThat) {
  ByteWriter writer(5);
  writer.u32(1).u16(2).u8(3);
  EXPECT_FALSE(writer.fits());
  EXPECT_EQ(writer.bytes(), (Vector{0, 0, 0, 1}));
  ByteWriter exact(4);
  EXPECT_TRUE(exact.u32(1).put({}).fits());
}

TEST(Framing, SplitsAStreamHoweverItIsCut) {
  Random random(1);
  for (const std::size_t width : {1U, 2U, 4U, 8U}) {
    std::vector<Vector> messages;
    Vector stream;
    for (int i = 0; i < 200; ++i) {
      Vector message(random.below(256));
      for (auto& byte : message) byte = static_cast<std::uint8_t>(random.bits());
      const auto frame = framed(message, width);
      ASSERT_TRUE(frame);
      ASSERT_EQ(frame->size(), width + message.size());
      stream.insert(stream.end(), frame->begin(), frame->end());
      messages.push_back(std::move(message));
    }
    FrameSplitter splitter(width, 255);
    std::vector<Vector> found;
    for (std::size_t at = 0; at < stream.size();) {
      const std::size_t count = std::min<std::size_t>(1 + random.below(700), stream.size() - at);
      Bytes piece = Bytes(stream).subspan(at, count);
      while (auto message = splitter.next(piece)) found.push_back(std::move(*message));
      ASSERT_TRUE(piece.empty());
      at += count;
    }
    EXPECT_EQ(found, messages);
    EXPECT_FALSE(splitter.is_partial());
  }
}

TEST(Framing, BreaksAtALengthAboveTheLimitAndTakesNoMemoryForIt) {
  FrameSplitter splitter(8, 10);
  const Vector stream(100, 0xFF);
  Bytes rest(stream);
  EXPECT_EQ(splitter.next(rest), std::nullopt);
  EXPECT_TRUE(splitter.is_broken());
  EXPECT_EQ(rest.size(), 92U);
  EXPECT_EQ(splitter.next(rest), std::nullopt);
  EXPECT_EQ(rest.size(), 92U);
}

TEST(Framing, TellsAStreamThatEndsWithinAMessage) {
  FrameSplitter splitter(2, 10);
  const Vector stream{0, 3, 'a', 'b'};
  Bytes rest(stream);
  EXPECT_EQ(splitter.next(rest), std::nullopt);
  EXPECT_TRUE(splitter.is_partial());
  EXPECT_FALSE(splitter.is_broken());
}

TEST(Framing, RefusesWhatItsLengthCannotHold) {
  EXPECT_EQ(framed(Vector(256), 1), std::nullopt);
  EXPECT_EQ(framed(Vector(65536), 2), std::nullopt);
  EXPECT_EQ(framed(Vector(2), 1), (Vector{2, 0, 0}));
}

TEST(Decimal, IsDigitsAndNothingElse) {
  EXPECT_EQ(parse_decimal("0"), 0U);
  EXPECT_EQ(parse_decimal("007"), 7U);
  EXPECT_EQ(parse_decimal("18446744073709551615"), ~std::uint64_t{0});
  for (const char* wrong : {"", " 1", "1 ", "+1", "-1", "1.0", "0x1", "18446744073709551616"}) {
    EXPECT_EQ(parse_decimal(wrong), std::nullopt) << wrong;
  }
  EXPECT_EQ(parse_decimal("10", 10), 10U);
  EXPECT_EQ(parse_decimal("11", 10), std::nullopt);
  EXPECT_EQ(parse_plain_decimal("0"), 0U);
  EXPECT_EQ(parse_plain_decimal("07"), std::nullopt);
}

}  // namespace
}  // namespace wireproof
