// The echo service over UDP with any datagrams: what is sent back, how the client's input is cut, and which reply
// belongs to which datagram, whatever comes back when. Input: one byte of settings, then orders of one byte each: send
// the next datagram (its length, its bytes), let time go by, deliver one of those sent, as it was or altered, tell of a
// refusal.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <string>
#include <string_view>
#include <vector>

#include "echo/datagram_cutter.hpp"
#include "echo/echo_datagrams.hpp"
#include "echo/reply_pairing.hpp"
#include "goals.hpp"

namespace {

using namespace wireproof;
using wireproof::fuzz::Goal;

Goal answered("a reply in time", 45);
Goal late("a late reply", 30);
Goal doubled("a reply that comes twice", 40);
Goal unknown("bytes that are no reply", 38);
Goal refused("a refusal", 16);
Goal equal("two equal datagrams without a reply", 7);
Goal lines("several lines", 18);
Goal unanswered("a datagram that a server leaves", 6);

void check(bool holds) {
  if (!holds) std::abort();
}

class Orders {
 public:
  Orders(const std::uint8_t* data, std::size_t size) : bytes_(reinterpret_cast<const char*>(data), size) {}

  bool ended() const { return bytes_.empty(); }
  unsigned byte() { return static_cast<std::uint8_t>(take(1).empty() ? 0 : taken_.front()); }
  std::string_view take(std::size_t length) {
    taken_ = bytes_.substr(0, length);
    bytes_.remove_prefix(taken_.size());
    return taken_;
  }

 private:
  std::string_view bytes_;
  std::string_view taken_;
};

/// What is known of all datagrams with the same bytes.
struct Alike {
  std::uint64_t sent = 0;
  std::uint64_t replied = 0;
};

void pair(Orders orders) {
  const Time patience = std::chrono::milliseconds(1 + orders.byte() % 16);
  ReplyPairing pairing(patience);
  std::map<std::string, Alike, std::less<>> model;
  std::vector<std::string> sent;
  std::vector<Time> sent_at;
  Time now{0};
  const auto receive = [&](std::string_view bytes) {
    const auto alike = model.find(bytes);
    const bool was_waiting = pairing.waits() && sent.back() == bytes;
    const Reply reply = pairing.received(now, bytes);
    check((reply.kind == ReplyKind::unknown) == (alike == model.end()));
    unknown.reach(alike == model.end());
    if (alike == model.end()) return check(reply.number == 0);
    check(reply.number >= 1 && reply.number <= sent.size() && sent[reply.number - 1] == bytes);
    check(reply.after == now - sent_at[reply.number - 1]);
    check((reply.kind == ReplyKind::answer) == was_waiting);
    check((reply.kind == ReplyKind::doubled) == (alike->second.replied == alike->second.sent));
    if (reply.kind != ReplyKind::doubled) ++alike->second.replied;
    answered.reach(reply.kind == ReplyKind::answer);
    late.reach(reply.kind == ReplyKind::late);
    doubled.reach(reply.kind == ReplyKind::doubled);
    equal.reach(alike->second.sent > alike->second.replied && alike->second.sent > 1);
  };
  // Fewer than are remembered, so that the model is true of all.
  while (!orders.ended() && sent.size() < ReplyPairing::kMostRemembered) {
    const unsigned order = orders.byte();
    switch (order % 6) {
      case 0:
        if (pairing.waits()) break;
        sent.emplace_back(orders.take(order / 6 % 4));
        sent_at.push_back(now);
        ++model[sent.back()].sent;
        check(pairing.sent(now, sent.back()) == sent.size());
        break;
      case 1: {
        now += std::chrono::milliseconds(order / 6);
        const bool due = pairing.waits() && now >= sent_at.back() + patience;
        check((pairing.deadline() == kNever) != pairing.waits());
        const auto given_up = pairing.advance(now);
        check(given_up.has_value() == due && (!due || *given_up == sent.size()));
        break;
      }
      case 2:
      case 3:
        if (!sent.empty()) receive(sent[sent.size() - 1 - order / 6 % sent.size()]);
        break;
      case 4:
        receive(orders.take(order / 6 % 4));
        break;
      default: {
        const auto number = pairing.refused();
        refused.reach(number.has_value());
        check(!number || (*number >= 1 && *number <= sent.size()));
        check(!pairing.waits());
      }
    }
    const ReplyCounts& counts = pairing.counts();
    std::uint64_t replied = 0;
    for (const auto& [bytes, alike] : model) replied += alike.replied;
    check(counts.sent == sent.size() && counts.answered + counts.late == replied);
    check(counts.answered + counts.late + counts.refused <= counts.sent);
  }
  check(!counts_sentence(pairing.counts()).empty());
}

void cut(std::optional<std::size_t> block, std::size_t piece, std::string_view bytes) {
  DatagramCutter cutter(block);
  std::string joined;
  std::size_t datagrams = 0;
  const auto take = [&](const std::string& datagram) {
    check(!block || (datagram.size() <= *block && !datagram.empty()));
    check(block || datagram.find('\n') == std::string::npos);
    joined += datagram;
    ++datagrams;
  };
  for (std::string_view rest = bytes; !rest.empty(); rest.remove_prefix(std::min(piece, rest.size()))) {
    std::string_view part = rest.substr(0, piece);
    while (const auto datagram = cutter.next(part)) take(*datagram);
    check(part.empty());
  }
  while (const auto datagram = cutter.rest()) take(*datagram);
  if (block) {
    check(joined == bytes && datagrams == (bytes.size() + *block - 1) / *block);
  } else {
    const auto ends = static_cast<std::size_t>(std::count(bytes.begin(), bytes.end(), '\n'));
    check(datagrams == ends + (!bytes.empty() && bytes.back() != '\n' ? 1 : 0));
    lines.reach(datagrams > 1);
  }
}

void serve(Orders orders) {
  EchoDatagrams echo(1234);
  std::uint64_t received = 0;
  while (!orders.ended()) {
    unsigned port = orders.byte() << 8;
    port |= orders.byte();
    const std::string_view bytes = orders.take(orders.byte());
    const auto answer = echo.receive(Address::v4(0x7F000001, static_cast<std::uint16_t>(port)), bytes);
    check(!answer || *answer == bytes);
    check(answer || port < 1024 || port == 1234);
    unanswered.reach(!answer);
    check(echo.received() == ++received && echo.left() <= received);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::string_view bytes(reinterpret_cast<const char*>(data), size);
  pair(Orders(data, size));
  cut(std::nullopt, 1 + data[0], bytes);
  cut(1 + data[1] % 64, 1 + data[0], bytes);
  serve(Orders(data, size));
  return 0;
}
