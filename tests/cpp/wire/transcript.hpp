#pragma once
// A link driven in virtual time, and what was seen of it.

#include <boost/json/parse.hpp>

#include <algorithm>
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
};

struct Passage {
  std::uint64_t number = 0;  ///< place in the list of arrivals
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

/// Drives the forward direction of a link from time 0 on.
class VirtualLink {
 public:
  explicit VirtualLink(std::string_view json, TraceReader traces = no_traces())
      : link_(configuration_from(json, std::move(traces)), 0ns,
              [this](Side, const Packet& packet, Cause cause, nanoseconds at) {
                transcript_.dropped.push_back({number_in(packet.bytes), at, cause, packet.index});
              }) {}

  Link& link() { return link_; }
  Transcript& transcript() { return transcript_; }
  const Counters& counters() const { return link_.direction(Side::forward).counters(); }

  void arrive(const Arrival& arrival) {
    const std::uint64_t number = transcript_.in.size();
    transcript_.in.push_back({number, arrival.time, arrival.length});
    const Frame frame = numbered(number, arrival.length, arrival.port);
    link_.arrive(Side::forward, frame, frame.size(), arrival.time);
    look();
  }

  /// Takes all that is due.
  void advance(nanoseconds now) {
    while (auto packet = link_.leave(Side::forward, now)) {
      transcript_.out.push_back({number_in(packet->bytes), packet->due, packet->length()});
      link_.direction(Side::forward).sent(*packet);
      look();
    }
    look();
  }

  /// Calls exactly when the link wants to be called, until `end`.
  void run_until(nanoseconds end) {
    while (link_.next() <= end) advance(link_.next());
    advance(end);
  }

  /// All arrivals, in the order of time, then until nothing is under way, or until `end`.
  const Transcript& run(const std::vector<Arrival>& arrivals, nanoseconds end = kNever) {
    for (const Arrival& arrival : arrivals) {
      run_until(arrival.time - 1ns);
      arrive(arrival);
    }
    while (link_.next() != kNever && link_.next() <= end) advance(link_.next());
    finish();
    return transcript_;
  }

  void finish() {
    const Direction& direction = link_.direction(Side::forward);
    transcript_.duplicated = direction.counters().duplicated;
    transcript_.left_inside = direction.queued_packets() + direction.flying_packets();
  }

 private:
  void look() {
    const Direction& direction = link_.direction(Side::forward);
    transcript_.most_packets = std::max(transcript_.most_packets, direction.queued_packets());
    transcript_.most_bytes = std::max(transcript_.most_bytes, direction.queued_bytes());
  }

  Transcript transcript_;
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
