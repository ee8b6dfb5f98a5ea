#include "tv/stream_monitor.hpp"

#include <algorithm>
#include <cmath>

namespace wireproof::tv {
namespace {

constexpr std::size_t kJitterSamples = 65536;

}  // namespace

void StreamMonitor::sample_jitter(double offset) {
  if (offsets_.size() < kJitterSamples) {
    offsets_.push_back(offset);
  } else {
    offsets_[counts_.pcrs % kJitterSamples] = offset;
  }
}

void StreamMonitor::packet(double now, mpegts::Bytes bytes, std::size_t bytes_before) {
  ++counts_.packets;
  const mpegts::Parsed parsed = mpegts::parse_packet(bytes);
  if (parsed.fault != mpegts::Fault::none) {
    ++counts_.malformed_packets;
    return;
  }
  if (parsed.packet.is_null()) ++counts_.null_packets;
  if (parsed.packet.transport_error) ++counts_.transport_errors;
  const std::uint64_t rebased = clock_.discontinuities();
  clock_.add(parsed.packet, continuity_.add(parsed.packet));
  if (clock_.discontinuities() != rebased) offsets_.clear();
  if (!clock_.ticked()) return;
  ++counts_.pcrs;
  // The datagram is due with its first packet: a PCR further back in it comes early by the bytes before it.
  const double early = static_cast<double>(bytes_before) * clock_.seconds_per_byte();
  sample_jitter(now - (*clock_.pcr_time() - early));
}

bool StreamMonitor::datagram(double now, mpegts::Bytes bytes) {
  if (counts_.datagrams == 0) {
    counts_.first_arrival = now;
  } else {
    counts_.longest_gap = std::max(counts_.longest_gap, now - counts_.last_arrival);
  }
  counts_.last_arrival = now;
  ++counts_.datagrams;
  counts_.bytes += bytes.size();
  counts_.largest_datagram = std::max<std::uint64_t>(counts_.largest_datagram, bytes.size());
  std::size_t bytes_before = 0;
  const bool transport_stream = framer_.push(bytes, [&](mpegts::Bytes one) {
    packet(now, one, bytes_before);
    bytes_before += one.size();
  });
  unclocked_bytes_ += bytes_before;
  const auto span = clock_.take();
  if (!span || unclocked_bytes_ == 0) {
    player_.advance(now);
    return transport_stream;
  }
  player_.arrive(now, unclocked_bytes_, span->seconds, span->hole_before);
  unclocked_bytes_ = 0;
  return transport_stream;
}

Jitter StreamMonitor::jitter() const {
  Jitter jitter;
  if (offsets_.empty()) return jitter;
  std::vector<double> values = offsets_;
  const auto at = [&](double share) {
    const auto rank = static_cast<std::ptrdiff_t>(share * static_cast<double>(values.size() - 1));
    std::nth_element(values.begin(), values.begin() + rank, values.end());
    return values[static_cast<std::size_t>(rank)];
  };
  const double median = at(0.5);
  for (double& value : values) value = std::abs(value - median);
  jitter.samples = values.size();
  jitter.p50 = at(0.5);
  jitter.p99 = at(0.99);
  jitter.max = at(1);
  return jitter;
}

}  // namespace wireproof::tv
