#include "mpegts/stream_clock.hpp"

namespace wireproof::mpegts {

void StreamClock::tick(const Packet& packet) {
  const auto step = clock_.add(*packet.pcr, packet.discontinuity);
  if (step) {
    ticked_ = true;
    const double seconds = pcr_seconds(static_cast<std::int64_t>(*step));
    const bool first_rate = seconds_per_byte_ == 0;
    if (!damaged_ && bytes_since_pcr_ > 0 && seconds > 0) {
      seconds_per_byte_ = seconds / static_cast<double>(bytes_since_pcr_);
    }
    if (first_rate) {
      span_ += static_cast<double>(unclocked_bytes_) * seconds_per_byte_;
      if (seconds_per_byte_ > 0) unclocked_bytes_ = 0;
    } else if (damaged_ && seconds > accounted_) {
      hole_ += seconds - accounted_;
    } else {
      correction_ += seconds - accounted_;
    }
  }
  started_ = true;
  damaged_ = false;
  bytes_since_pcr_ = 0;
  accounted_ = 0;
}

void StreamClock::add(const Packet& packet, Continuity continuity) {
  ticked_ = false;
  if (continuity == Continuity::error) damaged_ = true;
  if (selector_.follows(packet)) tick(packet);
  bytes_since_pcr_ += kPacketSize;
  if (seconds_per_byte_ > 0) {
    const double seconds = static_cast<double>(kPacketSize) * seconds_per_byte_;
    span_ += seconds;
    accounted_ += seconds;
  } else {
    unclocked_bytes_ += kPacketSize;
  }
}

std::optional<StreamClock::Span> StreamClock::take() {
  if (seconds_per_byte_ == 0) return std::nullopt;
  Span span{span_ + correction_, hole_};
  span_ = 0;
  correction_ = 0;
  hole_ = 0;
  if (span.seconds < 0) {
    // Bytes that came faster than thought: the next ones pay it back.
    correction_ = span.seconds;
    span.seconds = 0;
  }
  return span;
}

std::optional<double> StreamClock::pcr_time() const {
  if (!started_) return std::nullopt;
  return pcr_seconds(static_cast<std::int64_t>(clock_.elapsed()));
}

}  // namespace wireproof::mpegts
