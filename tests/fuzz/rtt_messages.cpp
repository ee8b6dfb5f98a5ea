// Any datagrams to a prober and a responder, any stream of messages, and any list of addresses: what is read can be
// written again, what is counted adds up, statistics are in order, and nobody is sent more than he sent. Input: per
// event a byte of kind and one of time; then six bytes of which a message is made, without which random input hardly
// gets past the magic, or one of length and so many bytes.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>
#include <vector>

#include "goals.hpp"
#include "rtt/address_list.hpp"
#include "rtt/prober.hpp"
#include "rtt/responder.hpp"
#include "rtt/statistics.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::rtt;
using wireproof::fuzz::Goal;
using namespace std::chrono_literals;

Goal answered("an answer in time", 20);
Goal late("a late answer", 5);
Goal repeated("a duplicate", 5);
Goal located("a loss with a direction", 5);
Goal implausible("a reply with numbers that cannot be", 5);
Goal valid("a raw message without fault", 3);
Goal listed("a list of two addresses", 3);

constexpr std::uint32_t kProbes = 30;  ///< to each address in a run

void check(bool holds) {
  if (!holds) std::abort();
}

void check_record(const Record& record) {
  const Record::Counts& counts = record.counts();
  check(counts.received + counts.late <= counts.sent);
  check(counts.refused + counts.own <= counts.received);
  const Losses losses = record.losses();
  check(losses.there + losses.back + losses.unknown == counts.lost());
  located.reach(losses.there + losses.back > 0);
  implausible.reach(counts.implausible > 0);
  repeated.reach(counts.duplicates_there + counts.duplicates_back > 0);
  const auto trips = record.round_trips();
  check(trips.best.size() == counts.sent && trips.own.size() == counts.own);
  const Statistics statistics(trips.best);
  if (counts.sent == 0) return check(!statistics.median());
  check(*statistics.minimum() >= Time(0));
  check(*statistics.minimum() <= *statistics.percentile(50) && *statistics.percentile(50) <= *statistics.median());
  check(*statistics.median() <= *statistics.percentile(100));
  check((*statistics.percentile(100) == kNever) == (counts.received < counts.sent));
}

void check_list(std::string_view text) {
  const AddressList list = parse_address_list(text);
  for (const std::string& entry : list.entries)
    check(!entry.empty() && entry.find_first_of(";\n") == std::string::npos);
  check(list.entries.size() + list.doubles.size() + list.empty <= text.size());
  listed.reach(list.entries.size() >= 2);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto take_byte = [&]() -> std::uint32_t {
    if (input.empty()) return 0;
    const auto byte = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    return byte;
  };
  const std::vector<Address> addresses = {Address::v4(0x0A000002, kPort), Address::v4(0x0A000003, kPort)};
  std::vector<std::uint64_t> sessions(addresses.size());
  Time now{0};
  unsigned calls = 0;
  const auto send = [&](std::size_t address, const Message& probe) -> std::optional<Departure> {
    check(std::get<Message>(decode(encode(probe))) == probe);
    sessions[address] = probe.session;
    return ++calls % 8 == 0 ? std::nullopt : std::optional(Departure{now, now + 1us});
  };
  Prober prober({.schedule = {.interval = 100ms, .duration = kProbes * 100ms}, .timeout = 500ms}, addresses, Time(0), 1,
                send);
  Responder responder(1, 3);
  MessageSplitter splitter;
  while (input.size() >= 4) {
    const std::uint32_t kind = take_byte();
    now += take_byte() * 4ms;
    prober.advance(now);
    const std::size_t to = kind >> 2 & 1;
    if (kind % 4 < 2) {
      // Of the size that a run's own numbers have: others come in raw messages.
      Message message{.sequence = take_byte() % kProbes,
                      .received = take_byte() % kProbes,
                      .since = take_byte() % kProbes,
                      .memory = take_byte() % 4};
      const std::uint32_t own = take_byte();
      const std::uint32_t flags = take_byte();
      message.type = static_cast<Type>(1 + (flags + 1) % 3);
      message.session = (flags & 4U) != 0 ? flags : sessions[to];
      message.arrived = (flags & 8U) != 0 ? Time::min() : 5s;
      message.answered = (flags & 16U) != 0 ? Time::max() : 5s + own * 1ms;
      if (kind % 4 == 0) {
        const AnswerKind answer =
            prober.receive(addresses[(flags & 32U) != 0 ? 0 : to], message, {.program = now, .kernel = now - 1us});
        answered.reach(answer == AnswerKind::answer);
        late.reach(answer == AnswerKind::late);
      } else {
        message.length = kHeader + own;
        const auto reply = responder.receive(addresses[to], message, now);
        check(reply.has_value() == (message.type == Type::probe));
        if (reply) {
          check(encode(*reply).size() == message.length && reply->type != Type::probe && reply->memory != 0);
          check(reply->since <= reply->sequence && reply->received >= 1);
        }
      }
    } else {
      const std::size_t length = take_byte();
      const std::string_view body = input.substr(0, length);
      input.remove_prefix(body.size());
      if (kind % 4 == 3) {
        check_list(body);
        continue;
      }
      Bytes octets(reinterpret_cast<const std::uint8_t*>(body.data()), body.size());
      const auto content = decode(octets);
      if (const auto* const message = std::get_if<Message>(&content)) {
        valid.reach();
        check(std::get<Message>(decode(encode(*message))) == *message);
        prober.receive(addresses[to], *message, {.program = now});
        responder.receive(addresses[to], *message, now);
      }
      while (const auto message = splitter.next(octets))
        check(message->length >= kHeader && message->length <= kLongest);
      check(splitter.is_broken() || octets.empty());
    }
  }
  for (const Record& record : prober.records()) check_record(record);
  const Responder::Counts& counts = responder.counts();
  check(counts.repeats <= counts.probes && counts.forgotten <= counts.sessions && counts.sessions <= counts.probes);
  prober.interrupt(now);
  for (const Record& record : prober.records()) check_record(record);
  return 0;
}
