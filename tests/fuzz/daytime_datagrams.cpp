// Any bytes as datagrams to a daytime server and to its client: what our protocol answers is as long as the question
// and can be read, no reply is above the limit, and every accepted answer can be encoded again.

#include <cstdint>
#include <cstdlib>
#include <vector>

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

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes bytes(data, size);
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
    check(answer->size() == size);
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
