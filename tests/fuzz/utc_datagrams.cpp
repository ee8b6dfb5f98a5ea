// Any bytes as questions to a UTC server, and as answers to a client in the middle of a round: the clock stays within
// what an answer can say, and what is answered is as long as what was asked. Input: an octet of kind, the datagram.
// By the octet, the ids of answers are the client's own (bit 0), and all of a question but its id and T1 is as it must
// be (bit 1): of what chance makes, hardly any would get past the first checks.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <vector>

#include "clock_sync/ntp_message.hpp"
#include "clock_sync/time_client.hpp"
#include "goals.hpp"
#include "utc/utc_message.hpp"
#include "utc/utc_server.hpp"

namespace {

using namespace wireproof;
using namespace std::chrono_literals;
using wireproof::fuzz::Goal;

Goal answered("a question that the server answers", 10);
Goal understood("an answer that a client understands", 10);
Goal used("an answer that sets a client's clock", 5);

constexpr Time kStart = std::chrono::seconds(1'800'000'000);

void check(bool holds) {
  if (!holds) std::abort();
}

/// The same id and T1, in an otherwise right question.
std::vector<std::uint8_t> as_question(Bytes bytes) {
  constexpr std::size_t kFrom = 8;
  constexpr std::size_t kTo = 24;
  auto question = utc::encode(utc::Question{});
  for (std::size_t i = kFrom; i < std::min(bytes.size(), kTo); ++i) question[i] = bytes[i];
  return question;
}

void ask_server(Bytes bytes) {
  const SoftwareClock clock(0s, kStart);
  utc::UtcServer server(clock, 1);
  const auto answer = server.answer(2s, 1s, bytes, {});
  if (!answer) return;
  answered.reach();
  check(answer->size() == bytes.size() && utc::decode_answer(*answer) && !utc::decode_question(*answer));
}

/// `id_at`: where the protocol has the id in its question, and in its answer.
void answer_client(const clock_sync::TimeProtocol& protocol, std::vector<std::uint8_t> bytes, std::size_t id_at,
                   std::size_t echoed_at, bool with_id) {
  const Address server = Address::v4(0x0A000002, 123);
  SoftwareClock clock(0s, kStart);
  bool ended = false;
  clock_sync::TimeClient client(0s, {.samples = 1}, protocol, server, clock, 1, [&](const clock_sync::Round& round) {
    ended = true;
    used.reach(round.best.has_value());
    check(!round.best || round.best->bound >= 0s);
  });
  const auto question = client.advance(0s);
  check(question.size() == 1);
  if (with_id && bytes.size() >= echoed_at + 8) {
    std::copy_n(question[0].bytes.begin() + static_cast<std::ptrdiff_t>(id_at), 8,
                bytes.begin() + static_cast<std::ptrdiff_t>(echoed_at));
  }
  understood.reach(protocol.answer(bytes, kStart).has_value());
  client.receive(3s, 2s, server, bytes);
  for (Time now = 3s; client.next_deadline() != kNever && now < 60s; now += 1s) client.advance(now);
  check(ended);
  const Time time = clock.utc(60s);
  check(time > -1h && time < std::chrono::hours(24 * 366 * 231));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size == 0) return 0;
  const std::vector<std::uint8_t> bytes(data + 1, data + size);
  const bool with_id = (data[0] & 1U) != 0;
  const bool is_question = (data[0] & 2U) != 0;
  ask_server(is_question ? as_question(bytes) : bytes);
  answer_client(utc::kUtc, bytes, 8, 8, with_id);
  answer_client(clock_sync::kNtp, bytes, 40, 24, with_id);
  return 0;
}
