#pragma once
// The time a transport stream file takes, told by its own PCRs.

#include <cstdint>
#include <optional>
#include <stdexcept>
#include <string>
#include <vector>

#include "mpegts/continuity.hpp"
#include "mpegts/packet.hpp"
#include "mpegts/pcr.hpp"

namespace wireproof::mpegts {

/// The bytes are not a transport stream; what() says what was found instead.
class NotTransportStream : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// A place in the file and its time. The times of a file begin at 0 with its first PCR and never go back.
struct PcrPoint {
  std::uint64_t offset = 0;  ///< bytes before the packet that holds the PCR
  double seconds = 0;
};

/// What a whole file says about itself.
struct Profile {
  std::uint64_t bytes = 0;
  std::uint64_t packets = 0;
  std::uint64_t null_packets = 0;
  std::uint64_t malformed_packets = 0;  ///< without sync byte or with an impossible adaptation field
  std::uint64_t skipped_bytes = 0;      ///< where packets were out of step, up to those in step again
  std::uint64_t trailing_bytes = 0;     ///< bytes of an unfinished last packet
  std::uint64_t continuity_errors = 0;
  std::uint64_t duplicates = 0;
  std::uint64_t pcr_discontinuities = 0;
  std::optional<std::uint16_t> pcr_pid;
  std::vector<PcrPoint> points;

  /// Whether the PCRs give a rate: two of them at least, with time between them.
  bool has_clock() const;
  /// What is there instead of a clock, as the end of a sentence: "has no clock references (PCR)".
  std::string why_no_clock() const;
  /// Seconds from the first PCR to the last. Needs has_clock().
  double pcr_span() const;
  /// Mean bit rate between the first PCR and the last, bit/s. Needs has_clock().
  double mean_rate() const;
  /// The farthest any PCR is from the straight line of the mean rate, seconds. Needs has_clock().
  double max_deviation() const;
  /// Constant bit rate: no PCR is further than 1 ms from the straight line. Needs has_clock().
  bool is_constant_rate() const;
  /// Seconds the whole file takes, the bytes outside of the PCR span at the mean rate. Needs has_clock().
  double duration() const;
};

/// Reads a file front to back, in pieces of any size.
class Profiler {
 public:
  /// Throws NotTransportStream when the first packets have no sync byte.
  void add(Bytes bytes);
  /// The result; throws NotTransportStream when there was not even one packet.
  Profile finish();

 private:
  void take_packets(bool at_end);
  void add_packet(Bytes bytes);

  Profile profile_;
  ContinuityTracker continuity_;
  PcrClock clock_;
  PcrPidSelector selector_;
  std::vector<std::uint8_t> pending_;
  std::uint64_t offset_ = 0;  ///< of what is pending
  bool in_step_ = true;
  double rebased_ = 0;  ///< seconds added where a new time base began
};

}  // namespace wireproof::mpegts
