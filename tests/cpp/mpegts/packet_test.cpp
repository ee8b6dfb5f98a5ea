#include "mpegts/packet.hpp"

#include <gtest/gtest.h>

#include "packets.hpp"

namespace wireproof::mpegts {
namespace {

using test::make_packet;
using test::Raw;

TEST(Packet, ReadsItsHeader) {
  Raw raw = make_packet({.pid = 0x1234, .counter = 11});
  raw[1] |= 0xC0;
  raw[3] |= 0x80;
  const auto [packet, fault] = parse_packet(raw);
  ASSERT_EQ(fault, Fault::none);
  EXPECT_EQ(packet.pid, 0x1234);
  EXPECT_EQ(packet.continuity_counter, 11);
  EXPECT_TRUE(packet.transport_error);
  EXPECT_TRUE(packet.payload_unit_start);
  EXPECT_TRUE(packet.scrambled);
  EXPECT_TRUE(packet.has_payload);
  EXPECT_FALSE(packet.has_adaptation_field);
  EXPECT_FALSE(packet.pcr);
  EXPECT_EQ(packet.payload.size(), 184U);
}

TEST(Packet, KnowsNullPackets) {
  EXPECT_TRUE(test::parse(test::make_null()).is_null());
  EXPECT_FALSE(test::parse(make_packet({})).is_null());
}

TEST(Packet, ReadsThePcrIn27MegahertzUnits) {
  for (const std::uint64_t pcr : {std::uint64_t{0}, std::uint64_t{299}, std::uint64_t{300}, kPcrFrequency * 3600 + 17,
                                  kPcrWrap / 2, kPcrWrap - 1}) {
    const auto [packet, fault] = parse_packet(make_packet({.pcr = pcr}));
    ASSERT_EQ(fault, Fault::none);
    EXPECT_EQ(packet.pcr, pcr);
    EXPECT_EQ(packet.payload.size(), 184U - 8);
  }
}

TEST(Packet, ReadsThePcrFromBytesWrittenOutByHand) {
  // Base 0x123456789 (33 bits), reserved ones, extension 0x0AB.
  Raw raw = make_packet({.pcr = 0});
  const std::uint8_t field[] = {0x91, 0xA2, 0xB3, 0xC4, 0xFE, 0xAB};
  std::copy(std::begin(field), std::end(field), raw.begin() + 6);
  EXPECT_EQ(test::parse(raw).pcr, 0x123456789ULL * 300 + 0xAB);
}

TEST(Packet, ReadsTheDiscontinuityIndicator) {
  EXPECT_TRUE(test::parse(make_packet({.discontinuity = true})).discontinuity);
  EXPECT_FALSE(test::parse(make_packet({.pcr = 1})).discontinuity);
}

TEST(Packet, AnEmptyAdaptationFieldIsOneStuffingByte) {
  Raw raw = make_packet({.pcr = 1});
  raw[4] = 0;
  const auto [packet, fault] = parse_packet(raw);
  EXPECT_EQ(fault, Fault::none);
  EXPECT_FALSE(packet.pcr) << "flags beyond the field's end are payload";
  EXPECT_EQ(packet.payload.size(), 183U);
}

TEST(Packet, TellsWhatIsWrong) {
  Raw raw = make_packet({});
  EXPECT_EQ(parse_packet(Bytes(raw).first(187)).fault, Fault::size);
  EXPECT_EQ(parse_packet({}).fault, Fault::size);

  raw[0] = 0x48;
  EXPECT_EQ(parse_packet(raw).fault, Fault::sync);

  raw = make_packet({});
  raw[3] &= 0xCF;
  EXPECT_EQ(parse_packet(raw).fault, Fault::reserved_control);

  raw = make_packet({.pcr = 1});
  raw[4] = 6;
  EXPECT_EQ(parse_packet(raw).fault, Fault::adaptation) << "no room for the PCR the flags promise";
  raw[4] = 183;
  EXPECT_EQ(parse_packet(raw).fault, Fault::adaptation) << "no room for the payload the header promises";
  raw[3] &= 0xEF;
  EXPECT_EQ(parse_packet(raw).fault, Fault::none);
  raw[4] = 184;
  EXPECT_EQ(parse_packet(raw).fault, Fault::adaptation);

  raw = make_packet({.pcr = 1});
  raw[10] |= 1;
  raw[11] = 0xFF;
  EXPECT_EQ(parse_packet(raw).fault, Fault::pcr) << "extension 511";
}

}  // namespace
}  // namespace wireproof::mpegts
