#include "wire/report.hpp"

namespace wireproof::wire {

std::string drop_line(nanoseconds time, Side side, const Packet& packet, Cause cause) {
  JsonObject line;
  line.add_seconds("time", time).add("direction", name_of(side)).add("cause", name_of(cause));
  line.add("flow", text_of(packet.flow)).add("index", packet.index).add("length", std::uint64_t{packet.length()});
  return line.text();
}

void add_counters(JsonObject& object, const Link& link) {
  for (const Side side : kSides) {
    const Direction& direction = link.direction(side);
    const Counters& counters = direction.counters();
    JsonObject dropped;
    for (std::size_t i = 0; i < kCauseNames.size(); ++i) dropped.add(kCauseNames[i], counters.dropped[i]);
    JsonObject all;
    all.add("received", counters.received)
        .add("passed", counters.passed)
        .add("bytes", counters.bytes)
        .add_object("dropped", dropped)
        .add("duplicated", counters.duplicated)
        .add("corrupted", counters.corrupted)
        .add("reordered", counters.reordered)
        .add("marked", counters.marked)
        .add("queue_packets", std::uint64_t{direction.queued_packets()})
        .add("queue_bytes", std::uint64_t{direction.queued_bytes()})
        .add("flying_packets", std::uint64_t{direction.flying_packets()})
        .add("forgotten_flows", direction.forgotten_flows());
    object.add_object(name_of(side), all);
  }
}

}  // namespace wireproof::wire
