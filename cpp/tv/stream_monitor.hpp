#pragma once
// Judges a received transport stream, datagram by datagram. Time comes in with the data; no clock and no socket here.

#include <cstdint>
#include <vector>

#include "mpegts/continuity.hpp"
#include "mpegts/framer.hpp"
#include "mpegts/stream_clock.hpp"
#include "tv/player.hpp"

namespace wireproof::tv {

/// How far PCRs came from their time, relative to the median of the latest 65,536 of them, seconds.
struct Jitter {
  std::uint64_t samples = 0;
  double p50 = 0;
  double p99 = 0;
  double max = 0;
};

class StreamMonitor {
 public:
  explicit StreamMonitor(const Player::Settings& settings) : player_(settings) {}

  /// A datagram came at `now`, in seconds on any clock that does not go back. Returns whether it belongs to a
  /// transport stream.
  bool datagram(double now, mpegts::Bytes bytes);
  /// Nothing came, but time passed.
  void advance(double now) { player_.advance(now); }
  void finish() { player_.finish(); }

  struct Counts {
    std::uint64_t datagrams = 0;
    std::uint64_t bytes = 0;
    std::uint64_t largest_datagram = 0;
    std::uint64_t packets = 0;
    std::uint64_t null_packets = 0;
    std::uint64_t malformed_packets = 0;
    std::uint64_t transport_errors = 0;  ///< packets marked as damaged by their sender
    std::uint64_t pcrs = 0;
    double first_arrival = 0;
    double last_arrival = 0;
    double longest_gap = 0;  ///< between two datagrams, seconds
  };

  const Counts& counts() const { return counts_; }
  const mpegts::ContinuityTracker& continuity() const { return continuity_; }
  const mpegts::Framer& framer() const { return framer_; }
  const mpegts::StreamClock& clock() const { return clock_; }
  const Player& player() const { return player_; }
  Jitter jitter() const;

 private:
  void packet(double now, mpegts::Bytes bytes, std::size_t bytes_before);
  void sample_jitter(double offset);

  Counts counts_;
  mpegts::Framer framer_;
  mpegts::ContinuityTracker continuity_;
  mpegts::StreamClock clock_;
  Player player_;
  std::vector<double> offsets_;  ///< arrival minus stream time of the latest PCRs, a ring when full
  std::size_t unclocked_bytes_ = 0;
};

}  // namespace wireproof::tv
