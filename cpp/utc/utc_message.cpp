#include "utc/utc_message.hpp"

#include <algorithm>

#include "bytes/reader.hpp"
#include "bytes/writer.hpp"

namespace wireproof::utc {
namespace {

constexpr std::uint32_t kMagic = 0x57505554;  ///< "WPUT"
constexpr std::uint8_t kVersion = 1;

enum class Kind : std::uint8_t { question = 1, answer = 2 };

std::uint64_t bits_of(Time time) { return static_cast<std::uint64_t>(time.count()); }
Time time_of_bits(std::uint64_t bits) { return Time(static_cast<Time::rep>(bits)); }

ByteWriter begin(Kind kind) {
  ByteWriter writer(kLength);
  writer.u32(kMagic).u8(kVersion).u8(static_cast<std::uint8_t>(kind));
  return writer;
}

bool begins(ByteReader& reader, Kind kind) {
  return reader.u32() == kMagic && reader.u8() == kVersion && reader.u8() == static_cast<std::uint8_t>(kind);
}

}  // namespace

std::vector<std::uint8_t> encode(const Question& question) {
  ByteWriter writer = begin(Kind::question);
  writer.u16(0).u64(question.id).u64(bits_of(question.asked)).u64(0).u64(0).u64(0).u64(0);
  return writer.take();
}

std::vector<std::uint8_t> encode(const clock_sync::TimeAnswer& answer, const Question& question) {
  ByteWriter writer = begin(Kind::answer);
  writer.u8(static_cast<std::uint8_t>(answer.leap)).u8(answer.stratum).u64(question.id).u64(bits_of(question.asked));
  writer.u64(bits_of(answer.received)).u64(bits_of(answer.answered)).u64(answer.instance).u64(bits_of(answer.bound));
  return writer.take();
}

std::optional<Question> decode_question(Bytes bytes) {
  ByteReader reader(bytes);
  if (!begins(reader, Kind::question) || reader.u16() != 0) return std::nullopt;
  Question question;
  question.id = reader.u64();
  question.asked = time_of_bits(reader.u64());
  const Bytes rest = reader.take(32);
  if (!reader.is_done() || std::any_of(rest.begin(), rest.end(), [](std::uint8_t byte) { return byte != 0; })) {
    return std::nullopt;
  }
  return question;
}

std::optional<clock_sync::TimeAnswer> decode_answer(Bytes bytes) {
  ByteReader reader(bytes);
  if (!begins(reader, Kind::answer)) return std::nullopt;
  clock_sync::TimeAnswer answer;
  const std::uint8_t leap = reader.u8();
  answer.leap = static_cast<clock_sync::Leap>(leap & 3U);
  answer.stratum = reader.u8();
  answer.id = reader.u64();
  reader.u64();  // T1: the client knows when it asked, and takes nobody's word for it
  answer.received = time_of_bits(reader.u64());
  answer.answered = time_of_bits(reader.u64());
  answer.instance = reader.u64();
  answer.bound = time_of_bits(reader.u64());
  if (!reader.is_done() || leap > 3 || answer.bound < Time(0)) return std::nullopt;
  return answer;
}

std::vector<std::uint8_t> question_bytes(std::uint64_t id, Time utc) { return encode(Question{id, utc}); }
std::optional<clock_sync::TimeAnswer> answer_of(Bytes bytes, Time /*utc*/) { return decode_answer(bytes); }

}  // namespace wireproof::utc
