#include "clock_sync/ntp_message.hpp"

#include "bytes/reader.hpp"
#include "bytes/writer.hpp"

namespace wireproof::clock_sync {
namespace {

constexpr std::size_t kHeader = 48;
constexpr std::uint8_t kVersion = 4;
constexpr std::uint8_t kModeClient = 3;
constexpr std::uint8_t kModeServer = 4;
constexpr std::int64_t kFrom1900 = 2'208'988'800;  ///< seconds from 1900 to 1970

/// "NTP short format": 16 bits of seconds, 16 of their fraction.
Time time_of_short(std::uint32_t value) {
  return Time(static_cast<Time::rep>((std::uint64_t{value} * 1'000'000'000U) >> 16U));
}

}  // namespace

Time time_of_ntp(std::uint64_t timestamp, Time near) {
  const auto near_seconds = std::chrono::floor<std::chrono::seconds>(near).count();
  const auto low = static_cast<std::uint32_t>(timestamp >> 32U);
  const auto near_low = static_cast<std::uint32_t>(near_seconds + kFrom1900);
  // The difference modulo 2^32, as a signed number: at most 68 years either way.
  const auto difference = static_cast<std::int32_t>(low - near_low);
  const std::uint64_t fraction = ((timestamp & 0xFFFF'FFFFU) * 1'000'000'000U) >> 32U;
  return std::chrono::seconds(near_seconds + difference) + Time(static_cast<Time::rep>(fraction));
}

std::vector<std::uint8_t> ntp_question(std::uint64_t id, Time /*utc*/) {
  ByteWriter writer(kHeader);
  writer.u8(kVersion << 3U | kModeClient);
  for (std::size_t i = 1; i < kHeader - 8; ++i) writer.u8(0);
  return writer.u64(id).take();
}

std::optional<TimeAnswer> ntp_answer(Bytes bytes, Time utc) {
  ByteReader reader(bytes);
  const std::uint8_t first = reader.u8();
  TimeAnswer answer;
  answer.leap = static_cast<Leap>(first >> 6U);
  answer.stratum = reader.u8();
  reader.take(2);  // poll interval, precision
  const std::uint32_t root_delay = reader.u32();
  const std::uint32_t root_dispersion = reader.u32();
  reader.take(4 + 8);  // reference identifier and timestamp
  answer.id = reader.u64();
  answer.received = time_of_ntp(reader.u64(), utc);
  answer.answered = time_of_ntp(reader.u64(), utc);
  answer.bound = time_of_short(root_delay) / 2 + time_of_short(root_dispersion);
  const bool is_answer = (first & 7U) == kModeServer && (first >> 3U & 7U) >= 3 && (first >> 3U & 7U) <= kVersion;
  if (!reader.is_whole() || !is_answer) return std::nullopt;
  return answer;
}

}  // namespace wireproof::clock_sync
