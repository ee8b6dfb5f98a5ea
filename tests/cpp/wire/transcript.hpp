#pragma once
// A link driven in virtual time, and what was seen of it.

#include <boost/json/parse.hpp>

#include <algorithm>
#include <array>
#include <map>
#include <string_view>
#include <vector>

#include "frames.hpp"
#include "wire/link.hpp"

namespace wireproof::wire::testing {

using namespace std::chrono_literals;

struct Arrival {
  nanoseconds time{0};
  std::size_t length = 0;
  std::uint16_t port = 5000;  ///< which flow
  Side side = Side::forward;
};

struct Passage {
  std::uint64_t number = 0;  ///< place in the direction's list of arrivals
  nanoseconds time{0};
  std::size_t length = 0;
  friend bool operator==(const Passage&, const Passage&) = default;
};

struct Drop {
  std::uint64_t number = 0;
  nanoseconds time{0};
  Cause cause = Cause::loss;
  std::uint64_t index = 0;  ///< within the flow
  friend bool operator==(const Drop&, const Drop&) = default;
};

/// What a piece of a link, or a whole one, did with some arrivals.
struct Transcript {
  std::vector<Passage> in;
  std::vector<Passage> out;
  std::vector<Drop> dropped;
  std::uint64_t duplicated = 0;
  std::size_t left_inside = 0;   ///< queued and in flight at the end
  std::size_t most_packets = 0;  ///< queued at any moment
  std::size_t most_bytes = 0;
};

inline TraceReader no_traces() {
  return [](const std::string& path) -> std::shared_ptr<const Trace> { throw SettingsError("cannot read " + path); };
}

inline Configuration configuration_from(std::string_view json, TraceReader traces = no_traces()) {
  return Configuration(boost::json::parse(boost::json::string_view(json.data(), json.size())).get_object(),
                       std::move(traces));
}

/// Drives both directions of a link from time 0 on, with a transcript of each.
class VirtualLink {
 public:
  explicit VirtualLink(std::string_view json, TraceReader traces = no_traces())
      : link_(configuration_from(json, std::move(traces)), 0ns,
              [this](Side side, const Packet& packet, Cause cause, nanoseconds at) {
                transcript(side).dropped.push_back({number_in(packet.bytes), at, cause, packet.index});
              }) {}

  Link& link() { return link_; }
  Transcript& transcript(Side side = Side::forward) { return transcripts_[static_cast<std::size_t>(side)]; }
  const Counters& counters(Side side = Side::forward) const { return link_.direction(side).counters(); }

  void arrive(const Arrival& arrival) {
    Transcript& seen = transcript(arrival.side);
    const std::uint64_t number = seen.in.size();
    seen.in.push_back({number, arrival.time, arrival.length});
    const Frame frame = numbered(number, arrival.length, arrival.port);
    link_.arrive(arrival.side, frame, frame.size(), arrival.time);
    look(arrival.side);
  }

  /// Takes all that is due.
  void advance(nanoseconds now) {
    for (const Side side : kSides) {
      while (auto packet = link_.leave(side, now)) {
        transcript(side).out.push_back({number_in(packet->bytes), packet->due, packet->length()});
        link_.direction(side).sent(std::move(*packet));
        look(side);
      }
      look(side);
    }
  }

  /// Calls exactly when the link wants to be called, until `end`.
  void run_until(nanoseconds end) {
    while (link_.next() <= end) advance(link_.next());
    advance(end);
  }

  /// All arrivals, in the order of time, then until nothing is under way, or until `end`. What the forward direction
  /// did with them.
  const Transcript& run(const std::vector<Arrival>& arrivals, nanoseconds end = kNever) {
    for (const Arrival& arrival : arrivals) {
      run_until(arrival.time - 1ns);
      arrive(arrival);
    }
    while (link_.next() != kNever && link_.next() <= end) advance(link_.next());
    finish();
    return transcript();
  }

  void finish() {
    for (const Side side : kSides) {
      const Direction& direction = link_.direction(side);
      transcript(side).duplicated = direction.counters().duplicated;
      transcript(side).left_inside = direction.queued_packets() + direction.flying_packets();
    }
  }

 private:
  void look(Side side) {
    const Direction& direction = link_.direction(side);
    Transcript& seen = transcript(side);
    seen.most_packets = std::max(seen.most_packets, direction.queued_packets());
    seen.most_bytes = std::max(seen.most_bytes, direction.queued_bytes());
  }

  std::array<Transcript, 2> transcripts_;
  Link link_;
};

/// `count` frames of `length` bytes every `gap`.
inline std::vector<Arrival> steady(std::size_t count, nanoseconds gap, std::size_t length = 1514,
                                   std::uint16_t port = 5000) {
  std::vector<Arrival> arrivals;
  for (std::size_t i = 0; i < count; ++i) arrivals.push_back({gap * static_cast<std::int64_t>(i), length, port});
  return arrivals;
}

inline std::vector<std::uint64_t> numbers_of(const std::vector<Passage>& passages) {
  std::vector<std::uint64_t> numbers;
  for (const Passage& passage : passages) numbers.push_back(passage.number);
  return numbers;
}

}  // namespace wireproof::wire::testing
