#include "wire/report.hpp"

#include <fmt/format.h>

namespace wireproof::wire {

std::string seconds_text(nanoseconds time) {
  const auto whole = std::chrono::floor<std::chrono::seconds>(time);
  return fmt::format("{}.{:09d}", whole.count(), (time - whole).count());
}

std::string drop_line(nanoseconds time, Side side, const Packet& packet, Cause cause) {
  return fmt::format(R"({{"time":{},"direction":"{}","cause":"{}","flow":"{}","index":{},"length":{}}})",
                     seconds_text(time), name_of(side), name_of(cause), text_of(packet.flow), packet.index,
                     packet.length());
}

std::string counter_members(const Link& link) {
  std::string text;
  for (const Side side : kSides) {
    const Direction& direction = link.direction(side);
    const Counters& counters = direction.counters();
    std::string causes;
    for (std::size_t i = 0; i < kCauseNames.size(); ++i) {
      causes += fmt::format(R"({}"{}":{})", i == 0 ? "" : ",", kCauseNames[i], counters.dropped[i]);
    }
    text += fmt::format(
        R"({}"{}":{{"received":{},"passed":{},"bytes":{},"dropped":{{{}}},"duplicated":{},"corrupted":{},"reordered":{},)"
        R"("marked":{},"queue_packets":{},"queue_bytes":{},"flying_packets":{},"forgotten_flows":{}}})",
        text.empty() ? "" : ",", name_of(side), counters.received, counters.passed, counters.bytes, causes,
        counters.duplicated, counters.corrupted, counters.reordered, counters.marked, direction.queued_packets(),
        direction.queued_bytes(), direction.flying_packets(), direction.forgotten_flows());
  }
  return text;
}

}  // namespace wireproof::wire
