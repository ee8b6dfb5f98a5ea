#include "mpegts/pcr.hpp"

namespace wireproof::mpegts {

std::optional<std::uint64_t> PcrClock::add(std::uint64_t pcr, bool discontinuity) {
  const std::optional<std::uint64_t> before = last_;
  last_ = pcr;
  if (!before) return std::nullopt;
  const std::uint64_t step = (pcr + kPcrWrap - *before) % kPcrWrap;
  if (discontinuity || step > max_step_) {
    ++discontinuities_;
    return std::nullopt;
  }
  elapsed_ += step;
  return step;
}

bool PcrPidSelector::follows(const Packet& packet) {
  if (!packet.pcr) return false;
  if (pid_ && *pid_ != packet.pid && ++elsewhere_ <= kPatience) return false;
  pid_ = packet.pid;
  elsewhere_ = 0;
  return true;
}

}  // namespace wireproof::mpegts
