// NTP's header by hand, and its timestamps over the ends of their eras.

#include "clock_sync/ntp_message.hpp"

#include <gtest/gtest.h>

#include "bytes/writer.hpp"

namespace wireproof::clock_sync {
namespace {

using namespace std::chrono_literals;
using std::chrono::seconds;

constexpr Time kNow = seconds(1'800'000'000);
constexpr std::uint64_t kNtpNow = (1'800'000'000ULL + 2'208'988'800ULL) << 32U;

std::vector<std::uint8_t> answer(std::uint8_t first, std::uint8_t stratum) {
  ByteWriter writer(48);
  writer.u8(first).u8(stratum).u8(6).u8(0xE9).u32(0x00010000).u32(0x00008000).u32(0).u64(kNtpNow).u64(0xABCD);
  return writer.u64(kNtpNow + 0x8000'0000).u64(kNtpNow + 0xC000'0000).take();
}

TEST(NtpMessage, AsksWithNothingButAnId) {
  const auto question = ntp_question(0x0123456789ABCDEF, kNow);
  ASSERT_EQ(question.size(), 48U);
  EXPECT_EQ(question[0], 0x23) << "leap 0, version 4, mode 3";
  for (std::size_t i = 1; i < 40; ++i) EXPECT_EQ(question[i], 0);
  EXPECT_EQ(read_number<std::uint64_t>(question, 40), 0x0123456789ABCDEFU);
}

TEST(NtpMessage, IsRead) {
  const auto found = ntp_answer(answer(0x64, 2), kNow);
  ASSERT_TRUE(found);
  EXPECT_EQ(found->id, 0xABCDU);
  EXPECT_EQ(found->leap, Leap::inserted);
  EXPECT_EQ(found->stratum, 2);
  EXPECT_EQ(found->received, kNow + 500ms);
  EXPECT_EQ(found->answered, kNow + 750ms);
  EXPECT_EQ(found->bound, 1s) << "half of a second of delay, and half a second of dispersion";
  EXPECT_TRUE(found->is_synchronised());
}

TEST(NtpMessage, SaysWhenItsSenderDoesNotKnow) {
  EXPECT_FALSE(ntp_answer(answer(0xE4, 2), kNow)->is_synchronised()) << "leap 3";
  EXPECT_FALSE(ntp_answer(answer(0x24, 0), kNow)->is_synchronised()) << "a kiss-o'-death";
  EXPECT_FALSE(ntp_answer(answer(0x24, 16), kNow)->is_synchronised());
}

TEST(NtpMessage, IsRefusedWhenItIsNone) {
  EXPECT_FALSE(ntp_answer(answer(0x23, 2), kNow)) << "mode 3";
  EXPECT_FALSE(ntp_answer(answer(0x2C, 2), kNow)) << "version 5";
  auto bytes = answer(0x24, 2);
  bytes.pop_back();
  EXPECT_FALSE(ntp_answer(bytes, kNow));
  EXPECT_FALSE(ntp_answer({}, kNow));
}

TEST(NtpTimestamp, BelongsToTheEraThatIsNearest) {
  const Time era = seconds(2'085'978'496);  // 2036-02-07 06:28:16, when the seconds begin anew
  EXPECT_EQ(time_of_ntp(0, era), era);
  EXPECT_EQ(time_of_ntp(0, era - 1h), era);
  EXPECT_EQ(time_of_ntp(0xFFFF'FFFF'0000'0000, era + 1h), era - 1s);
  EXPECT_EQ(time_of_ntp(0x0000'0001'8000'0000, era - 1ns), era + 1500ms);
  const Time next = era + seconds(0x1'0000'0000);  // 2172
  EXPECT_EQ(time_of_ntp(0, next - 1s), next);
}

}  // namespace
}  // namespace wireproof::clock_sync
