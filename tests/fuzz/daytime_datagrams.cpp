// Any bytes as datagrams to a daytime server and to its client: what our protocol answers is as long as the question
// and can be read, no reply is above the limit, and every accepted answer can be encoded again. Input: an octet of
// kind, the datagram. By the octet, the length and the magic are as they must be, or all but the fields that a question
// may choose, or those that an answer may: of what chance makes, hardly any would get past the first checks.

#include <algorithm>
#include <array>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <vector>

#include "bytes/reader.hpp"
#include "daytime/daytime_message.hpp"
#include "daytime/daytime_server.hpp"
#include "daytime/zones.hpp"
#include "goals.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::daytime;
using namespace std::chrono_literals;
using wireproof::fuzz::Goal;

Goal known("a question for a zone that there is", 5);
Goal unknown("a question for a zone that there is not", 5);
Goal strange("a question that is not understood", 5);
Goal plain("a datagram with a reply of RFC 867", 5);
Goal taken("an answer that a client takes", 5);

constexpr Time kNow = std::chrono::seconds(1'800'000'000);

void check(bool holds) {
  if (!holds) std::abort();
}

/// Of our length, and with our magic.
std::vector<std::uint8_t> fitted(Bytes bytes) {
  std::vector<std::uint8_t> datagram(bytes.begin(), bytes.end());
  datagram.resize(kLength);
  constexpr std::array<std::uint8_t, 4> kMagic = {'W', 'P', 'D', 'T'};
  std::copy(kMagic.begin(), kMagic.end(), datagram.begin());
  return datagram;
}

std::string text_of(ByteReader& reader, std::size_t most) {
  const std::string_view text = reader.text(std::min(most, reader.left()));
  return std::string(text.substr(0, text.find('\0')));
}

std::vector<std::uint8_t> as_question(Bytes bytes) {
  ByteReader reader(bytes);
  const bool has_moment = (reader.u8() & 1U) != 0;
  Question question{.id = reader.u64(), .zone = {}};
  const Time moment(static_cast<Time::rep>(reader.u64()));
  if (has_moment) question.moment = moment;
  question.zone = text_of(reader, kLongestZone);
  return encode(question);
}

std::vector<std::uint8_t> as_answer(Bytes bytes) {
  ByteReader reader(bytes);
  Answer answer;
  answer.status = static_cast<Status>(reader.u8() % 3);
  answer.id = reader.u64();
  answer.moment = Time(static_cast<Time::rep>(reader.u64()));
  answer.local = {reader.u16(),     1 + reader.u8() % 12, 1 + reader.u8() % 31, reader.u8() % 24,     reader.u8() % 60,
                  reader.u8() % 61, 1 + reader.u8() % 7,  reader.u16(),         reader.u8() % 2 == 1, {}};
  answer.quality.leap = static_cast<clock_sync::Leap>(reader.u8() % 4);
  answer.quality.stratum = reader.u8();
  answer.local.abbreviation = text_of(reader, 10);
  answer.zone = text_of(reader, kLongestZone);
  answer.text = text_of(reader, 80);
  const auto datagram = encode(answer);
  check(decode_answer(datagram).has_value());
  return datagram;
}

std::vector<std::uint8_t> datagram_of(std::uint8_t kind, Bytes bytes) {
  switch (kind % 4) {
    case 1:
      return fitted(bytes);
    case 2:
      return as_question(bytes);
    case 3:
      return as_answer(bytes);
    default:
      return {bytes.begin(), bytes.end()};
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const auto bytes = datagram_of(data[0], {data + 1, size - 1});
  static const DaytimeServer::Words words{
      local_time, [](const LocalTime& time) { return std::string(80, 'x') + time.abbreviation; },
      [](const LocalTime& time) { return time.abbreviation; }};
  DaytimeServer server({.limit = {.burst = 2}}, words, 1);
  int replies = 0;
  for (int i = 0; i < 4; ++i) {
    const auto answer = server.answer({1s, {kNow}, {}}, Address::v4(0x0A000001, 40000), bytes);
    if (!answer) continue;
    if (form_of(bytes) == Form::other) {
      plain.reach();
      ++replies;
      continue;
    }
    check(answer->size() == bytes.size());
    const auto read = decode_answer(*answer);
    check(read && read->id == id_of(bytes) && form_of(*answer) == Form::own_answer);
    known.reach(read->status == Status::known);
    unknown.reach(read->status == Status::unknown_zone);
    strange.reach(read->status == Status::not_understood);
  }
  check(replies <= 2);
  if (const auto answer = decode_answer(bytes)) {
    taken.reach();
    const auto again = decode_answer(encode(*answer));
    check(again && again->id == answer->id && again->zone == answer->zone && again->moment == answer->moment);
    check(answer->status != Status::known || again->local == answer->local);
  }
  return 0;
}
