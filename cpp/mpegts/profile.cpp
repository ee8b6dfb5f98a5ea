#include "mpegts/profile.hpp"

#include <algorithm>
#include <cmath>

namespace wireproof::mpegts {
namespace {

/// Packets at the head of a file that must all be in sync for it to be taken for a transport stream.
constexpr std::uint64_t kProbePackets = 5;
/// Packets in step that tell where packets begin: fewer may look so by chance.
constexpr std::size_t kStepPackets = 3;
constexpr double kConstantRateTolerance = 1e-3;

std::string hexadecimal(std::uint8_t byte) {
  static constexpr char kDigits[] = "0123456789abcdef";
  return {'0', 'x', kDigits[byte >> 4], kDigits[byte & 15]};
}

}  // namespace

bool Profile::has_clock() const { return points.size() >= 2 && points.back().seconds > 0; }

std::string Profile::why_no_clock() const {
  if (points.empty()) return "has no clock references (PCR)";
  if (points.size() == 1) return "has one clock reference (PCR) only, and a rate takes two";
  return "has " + std::to_string(points.size()) + " clock references (PCR), " +
         (pcr_discontinuities == 0 ? "which all tell the same time" : "and no time passes from one to the next");
}

double Profile::pcr_span() const { return points.back().seconds - points.front().seconds; }

double Profile::mean_rate() const {
  return static_cast<double>(points.back().offset - points.front().offset) * 8 / pcr_span();
}

double Profile::max_deviation() const {
  const double seconds_per_byte = 8 / mean_rate();
  double worst = 0;
  for (const PcrPoint& point : points) {
    const double line = static_cast<double>(point.offset - points.front().offset) * seconds_per_byte;
    worst = std::max(worst, std::abs(point.seconds - line));
  }
  return worst;
}

bool Profile::is_constant_rate() const { return max_deviation() <= kConstantRateTolerance; }

double Profile::duration() const {
  const std::uint64_t outside = bytes - (points.back().offset - points.front().offset);
  return pcr_span() + static_cast<double>(outside) * 8 / mean_rate();
}

void Profiler::add_packet(Bytes bytes) {
  ++profile_.packets;
  if (profile_.packets <= kProbePackets && bytes[0] != kSyncByte) {
    throw NotTransportStream("byte " + std::to_string(offset_) + " is " + hexadecimal(bytes[0]) +
                             " where the sync byte 0x47 of a 188-byte MPEG-TS packet should be");
  }
  const Parsed parsed = parse_packet(bytes);
  if (parsed.fault != Fault::none) {
    ++profile_.malformed_packets;
    return;
  }
  const Packet& packet = parsed.packet;
  if (packet.is_null()) ++profile_.null_packets;
  continuity_.add(packet);
  if (!selector_.follows(packet)) return;
  const auto step = clock_.add(*packet.pcr, packet.discontinuity);
  std::vector<PcrPoint>& points = profile_.points;
  if (!step && points.size() >= 2) {
    // A new time base says nothing of the time that passed: the bytes are taken to have gone on at the rate so far.
    const PcrPoint& last = points.back();
    const double span = last.seconds - points.front().seconds;
    const auto span_bytes = static_cast<double>(last.offset - points.front().offset);
    rebased_ += span_bytes > 0 ? static_cast<double>(offset_ - last.offset) * span / span_bytes : 0;
  }
  points.push_back({offset_, pcr_seconds(static_cast<std::int64_t>(clock_.elapsed())) + rebased_});
}

void Profiler::add(Bytes bytes) {
  profile_.bytes += bytes.size();
  pending_.insert(pending_.end(), bytes.begin(), bytes.end());
  take_packets(false);
}

/// Takes the packets out of `pending_`. One without its sync byte is damaged, if three in step follow it; elsewhere the
/// step is lost, and three in step are looked for.
void Profiler::take_packets(bool at_end) {
  Bytes rest = pending_;
  const auto skip = [&](std::size_t length) {
    offset_ += length;
    rest = rest.subspan(length);
  };
  const auto sync_from = [&](std::size_t at) {
    for (std::size_t i = 0; i < kStepPackets && at < rest.size(); ++i, at += kPacketSize) {
      if (rest[at] != kSyncByte) return false;
    }
    return true;
  };
  while (rest.size() >= kPacketSize) {
    const bool probing = profile_.packets < kProbePackets;
    if (!probing && !(in_step_ && rest[0] == kSyncByte)) {
      if (!at_end && rest.size() <= (1 + kStepPackets) * kPacketSize) break;
      if (!in_step_ || !sync_from(kPacketSize)) {
        const std::size_t end = at_end ? rest.size() : rest.size() - kStepPackets * kPacketSize;
        std::size_t at = 0;
        while (at < end && !sync_from(at)) ++at;
        in_step_ = at < end;
        profile_.skipped_bytes += at;
        skip(at);
        continue;
      }
    }
    add_packet(rest.first(kPacketSize));
    skip(kPacketSize);
  }
  pending_.erase(pending_.begin(), pending_.end() - static_cast<std::ptrdiff_t>(rest.size()));
}

Profile Profiler::finish() {
  take_packets(true);
  if (profile_.packets == 0) {
    throw NotTransportStream(std::to_string(profile_.bytes) + " bytes are less than one MPEG-TS packet of 188");
  }
  profile_.trailing_bytes = pending_.size();
  profile_.continuity_errors = continuity_.errors();
  profile_.duplicates = continuity_.duplicates();
  profile_.pcr_discontinuities = clock_.discontinuities();
  profile_.pcr_pid = selector_.pid();
  return std::move(profile_);
}

}  // namespace wireproof::mpegts
