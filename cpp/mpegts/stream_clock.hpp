#pragma once
// How much stream time a live transport stream's packets stand for.

#include <cstdint>
#include <optional>

#include "mpegts/continuity.hpp"
#include "mpegts/pcr.hpp"

namespace wireproof::mpegts {

/// Gives every packet a length in stream time from the PCRs around it. The rate between the two latest PCRs is used
/// until the next one comes; what that was wrong by is then made good, so that the sum follows the PCRs at any rate.
/// Where packets were lost, the time the PCRs say is missing comes out as a hole.
class StreamClock {
 public:
  /// Stream time of the packets since the previous take().
  struct Span {
    double seconds = 0;      ///< of the packets themselves
    double hole_before = 0;  ///< of packets lost before them
  };

  void add(const Packet& packet, Continuity continuity);

  /// Nothing until two PCRs have told the rate; then the packets before count too.
  std::optional<Span> take();

  /// Stream time of the latest PCR since the first, seconds; nothing before the first.
  std::optional<double> pcr_time() const;
  /// Whether the packet last added brought a PCR that continues the time base.
  bool ticked() const { return ticked_; }
  /// Seconds per byte between the two latest PCRs, 0 when not known yet.
  double seconds_per_byte() const { return seconds_per_byte_; }
  std::uint64_t discontinuities() const { return clock_.discontinuities(); }
  std::optional<std::uint16_t> pcr_pid() const { return selector_.pid(); }

 private:
  void tick(const Packet& packet);

  PcrClock clock_;
  PcrPidSelector selector_;
  double seconds_per_byte_ = 0;
  double accounted_ = 0;  ///< stream time given to the bytes since the latest PCR
  double span_ = 0;
  double correction_ = 0;
  double hole_ = 0;
  std::uint64_t bytes_since_pcr_ = 0;
  std::uint64_t unclocked_bytes_ = 0;
  bool started_ = false;
  bool damaged_ = false;
  bool ticked_ = false;
};

}  // namespace wireproof::mpegts
