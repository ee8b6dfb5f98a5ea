#include "daytime/daytime_message.hpp"

#include <algorithm>

#include "bytes/reader.hpp"
#include "bytes/writer.hpp"
#include "daytime/zones.hpp"
#include "text/utf8.hpp"

namespace wireproof::daytime {
namespace {

constexpr std::uint32_t kMagic = 0x57504454;  ///< "WPDT"
constexpr std::uint8_t kVersion = 1;
constexpr std::size_t kKindAt = 5;
constexpr std::size_t kIdAt = 8;
constexpr std::size_t kAbbreviation = 10;
constexpr std::size_t kText = 64;

constexpr std::uint8_t kQuestion = 1;
constexpr std::uint8_t kAnswer = 2;

constexpr std::uint8_t kMomentGiven = 1;   ///< flag of questions
constexpr std::uint8_t kSynchronised = 1;  ///< flags of answers
constexpr std::uint8_t kSummerTime = 2;

void put_text(ByteWriter& writer, std::string_view text, std::size_t length) {
  if (text.size() > length) text = without_cut_sequence(text.substr(0, length));
  writer.text(text);
  for (std::size_t i = text.size(); i < length; ++i) writer.u8(0);
}

/// The text up to the first zero octet; nothing when others follow those.
std::optional<std::string> take_text(ByteReader& reader, std::size_t length) {
  const std::string_view field = reader.text(length);
  const std::string_view text = field.substr(0, field.find('\0'));
  if (field.find_first_not_of('\0', text.size()) != std::string_view::npos) return std::nullopt;
  return std::string(text);
}

std::uint64_t bits_of(Time time) { return static_cast<std::uint64_t>(time.count()); }
Time take_time(ByteReader& reader) { return Time(static_cast<Time::rep>(reader.u64())); }

bool is_possible(const LocalTime& time) {
  const auto within = [](int value, int least, int most) { return value >= least && value <= most; };
  return within(time.month, 1, 12) && within(time.day, 1, 31) && within(time.hour, 0, 23) &&
         within(time.minute, 0, 59) && within(time.second, 0, 60) && within(time.weekday, 1, 7) &&
         within(time.utc_offset, -86400, 86400);
}

}  // namespace

std::vector<std::uint8_t> encode(const Question& question) {
  ByteWriter writer(kLength);
  writer.u32(kMagic).u8(kVersion).u8(kQuestion).u8(0).u8(question.moment ? kMomentGiven : 0).u64(question.id);
  writer.u64(bits_of(question.moment.value_or(Time(0))));
  for (int i = 0; i < 5; ++i) writer.u64(0);
  put_text(writer, question.zone, kLongestZone);
  put_text(writer, {}, kText);
  return writer.take();
}

std::vector<std::uint8_t> encode(const Answer& answer) {
  const bool known = answer.status == Status::known;
  const LocalTime& local = answer.local;
  const auto octet = [&](int value) { return static_cast<std::uint8_t>(known ? value : 0); };
  ByteWriter writer(kLength);
  writer.u32(kMagic).u8(kVersion).u8(kAnswer).u8(static_cast<std::uint8_t>(answer.status));
  writer.u8(static_cast<std::uint8_t>((answer.quality.is_synchronised() ? kSynchronised : 0) |
                                      (known && local.is_summer_time ? kSummerTime : 0)));
  writer.u64(answer.id).u64(bits_of(answer.moment)).u16(known ? static_cast<std::uint16_t>(local.year) : 0);
  for (const int value : {local.month, local.day, local.hour, local.minute, local.second, local.weekday}) {
    writer.u8(octet(value));
  }
  writer.u32(known ? static_cast<std::uint32_t>(local.utc_offset) : 0);
  writer.u64(bits_of(answer.quality.offset)).u64(bits_of(answer.quality.bound)).u8(answer.quality.stratum);
  writer.u8(static_cast<std::uint8_t>(answer.quality.leap));
  put_text(writer, known ? std::string_view(local.abbreviation) : std::string_view(), kAbbreviation);
  put_text(writer, answer.zone, kLongestZone);
  put_text(writer, known ? std::string_view(answer.text) : std::string_view(), kText);
  return writer.take();
}

Form form_of(Bytes datagram) {
  if (datagram.size() != kLength || read_number<std::uint32_t>(datagram, 0) != kMagic) return Form::other;
  if (datagram[kKindAt] == kAnswer) return Form::own_answer;
  return decode_question(datagram) ? Form::question : Form::strange_question;
}

std::uint64_t id_of(Bytes datagram) { return read_number<std::uint64_t>(datagram, kIdAt); }

std::optional<Question> decode_question(Bytes datagram) {
  ByteReader reader(datagram);
  if (reader.u32() != kMagic || reader.u8() != kVersion || reader.u8() != kQuestion || reader.u8() != 0) {
    return std::nullopt;
  }
  const std::uint8_t flags = reader.u8();
  Question question;
  question.id = reader.u64();
  const Time moment = take_time(reader);
  const auto nothing = take_text(reader, 40);
  auto zone = take_text(reader, kLongestZone);
  const auto no_text = take_text(reader, kText);
  const bool is_right = reader.is_done() && flags <= kMomentGiven && (flags != 0 || moment == Time(0)) && nothing &&
                        nothing->empty() && zone && no_text && no_text->empty();
  if (!is_right) return std::nullopt;
  if (flags != 0) question.moment = moment;
  question.zone = std::move(*zone);
  return question;
}

std::optional<Answer> decode_answer(Bytes datagram) {
  ByteReader reader(datagram);
  if (reader.u32() != kMagic || reader.u8() != kVersion || reader.u8() != kAnswer) return std::nullopt;
  Answer answer;
  const std::uint8_t status = reader.u8();
  answer.status = static_cast<Status>(status);
  const std::uint8_t flags = reader.u8();
  answer.id = reader.u64();
  answer.moment = take_time(reader);
  LocalTime& local = answer.local;
  local.year = reader.u16();
  for (int* const field : {&local.month, &local.day, &local.hour, &local.minute, &local.second, &local.weekday}) {
    *field = reader.u8();
  }
  local.utc_offset = static_cast<std::int32_t>(reader.u32());
  local.is_summer_time = (flags & kSummerTime) != 0;
  answer.quality.offset = take_time(reader);
  answer.quality.bound = take_time(reader);
  answer.quality.stratum = reader.u8();
  const std::uint8_t leap = reader.u8();
  answer.quality.leap = static_cast<clock_sync::Leap>(leap & 3U);
  auto abbreviation = take_text(reader, kAbbreviation);
  auto zone = take_text(reader, kLongestZone);
  auto text = take_text(reader, kText);
  if (!reader.is_done() || status > static_cast<std::uint8_t>(Status::not_understood) || leap > 3 ||
      flags > (kSynchronised | kSummerTime) || answer.quality.is_synchronised() != ((flags & kSynchronised) != 0) ||
      !abbreviation || !zone || !text) {
    return std::nullopt;
  }
  local.abbreviation = std::move(*abbreviation);
  answer.zone = std::move(*zone);
  answer.text = std::move(*text);
  if (answer.status != Status::known) {
    answer.local = {};
  } else if (!is_possible(local)) {
    return std::nullopt;
  }
  return answer;
}

}  // namespace wireproof::daytime
