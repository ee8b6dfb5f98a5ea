// Any bytes as datagrams to a member of a room, and as lines typed there: what is shown is safe for a terminal and
// UTF-8, what is sent can be read again, memory is bounded, and everything is counted. Input: per event a byte of kind,
// one of time, two of length, then the bytes; bit 7 of the kind writes a valid header in front of them, without which
// random input hardly gets past the first bytes.

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "mcast_chat/member.hpp"
#include "text/utf8.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::mcast_chat;
using wireproof::fuzz::Goal;

Goal understood("a message of another member", 20);
Goal plain("plain text of another program", 10);
Goal sent("a line that is sent", 15);
Goal silent("a member that has gone silent", 2);

void check(bool holds) {
  if (!holds) std::abort();
}

void check_shown(std::string_view text) {
  check(!text.empty() && text.size() < 8 * kLargestDatagram);
  while (!text.empty()) {
    const auto character = take_character(text);
    check(character && (shows_itself(*character) || *character == U'\t'));
  }
}

void check_sent(std::string_view datagram) {
  const Received content = decode(datagram);
  const auto* const message = std::get_if<Message>(&content);
  check(message != nullptr && encode(*message) == datagram);
}

constexpr std::string_view kHeaders[] = {"mcast-chat/1 JOIN ", "mcast-chat/1 LEAVE ",    "mcast-chat/1 ALIVE bob ",
                                         "mcast-chat/1 TEXT ", "mcast-chat/1 TEXT bob ", "mcast-chat/",
                                         "mcast-chat/1 ",      "mcast-chat/1 JOIN bob "};

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  std::string_view input(reinterpret_cast<const char*>(data), size);
  const auto take_byte = [&] {
    const auto byte = static_cast<unsigned char>(input.front());
    input.remove_prefix(1);
    return static_cast<unsigned>(byte);
  };
  const auto show = [](std::string_view line) {
    check_shown(line);
    silent.reach(line.ends_with(" has gone silent"));
    plain.reach(line.starts_with('['));
  };
  const auto send = [](std::string_view datagram) {
    check_sent(datagram);
    sent.reach(datagram.starts_with("mcast-chat/1 TEXT "));
    return std::error_code();
  };
  Member member({"ana", Address::v4(0x0A000001, 1), 5}, {send, show, check_shown});
  check(!member.join(Time(0)));
  Time now{0};
  std::uint64_t datagrams = 0;
  while (input.size() >= 4) {
    const unsigned kind = take_byte();
    now += take_byte() * std::chrono::milliseconds(100);
    const std::size_t length = take_byte() | (take_byte() & 7U) << 8U;
    std::string bytes((kind & 0x80U) != 0 ? kHeaders[kind >> 4U & 7U] : std::string_view());
    const std::string_view body = input.substr(0, length);
    bytes += body;
    input.remove_prefix(body.size());
    if (kind % 8 == 0) {
      member.typed({bytes, (kind & 8U) != 0}, now);
    } else {
      member.received(parse_address(kind % 8 == 1 ? "10.0.0.2" : "fe80::1%1")->with_port(kind % 4),
                      std::string_view(bytes).substr(0, kLargestDatagram + 1), now);
      ++datagrams;
    }
    understood.reach(!member.members().ends_with(" ana"));
    member.advance(now);
    check(member.wake_at() > now);
  }
  const Member::Counts& counts = member.counts();
  check(counts.received + counts.own + counts.all_dropped() == datagrams);
  check_shown(member.summary());
  check_shown(member.members());
  check(!member.leave());
  return 0;
}
