#include "tv/probe_report.hpp"

#include <fmt/format.h>

namespace wireproof::tv {
namespace {

double mean_rate(const StreamMonitor::Counts& counts) {
  const double seconds = counts.last_arrival - counts.first_arrival;
  return seconds > 0 ? static_cast<double>(counts.bytes) * 8 / seconds : 0;
}

JsonObject player_json(const Player& player) {
  const Player::Report& report = player.report();
  JsonObject json;
  json.add("state", to_string(player.state()))
      .add("startup_seconds", report.startup_seconds)
      .add("played_seconds", report.played_seconds)
      .add("frozen_seconds", report.frozen_seconds)
      .add("stalls", report.stalls)
      .add("stall_seconds", report.stall_seconds)
      .add("late_seconds", report.late_seconds)
      .add("late_datagrams", report.late_chunks)
      .add("lost_seconds", report.lost_seconds)
      .add("lost_share", report.lost_share())
      .add("overflow_datagrams", report.lost_chunks)
      .add("overflow_bytes", report.lost_bytes)
      .add("peak_buffer_bytes", std::uint64_t{report.peak_bytes})
      .add("peak_buffer_seconds", report.peak_seconds);
  return json;
}

}  // namespace

JsonObject reception_json(const StreamMonitor& monitor, std::uint64_t drops) {
  const StreamMonitor::Counts& counts = monitor.counts();
  const Jitter jitter = monitor.jitter();
  JsonObject json;
  json.add("program", "tv-probe")
      .add("datagrams", counts.datagrams)
      .add("bytes", counts.bytes)
      .add("seconds", counts.last_arrival - counts.first_arrival)
      .add("bits_per_second", mean_rate(counts))
      .add("largest_datagram_bytes", counts.largest_datagram)
      .add("longest_gap_seconds", counts.longest_gap)
      .add("kernel_drops", drops)
      .add("non_ts_datagrams", monitor.framer().foreign())
      .add("discarded_bytes", monitor.framer().discarded())
      .add("packets", counts.packets)
      .add("null_packets", counts.null_packets)
      .add("malformed_packets", counts.malformed_packets)
      .add("transport_errors", counts.transport_errors)
      .add("continuity_errors", monitor.continuity().errors())
      .add("missing_packets_at_least", monitor.continuity().missing_at_least())
      .add("duplicate_packets", monitor.continuity().duplicates())
      .add("announced_discontinuities", monitor.continuity().announced())
      .add("pcrs", counts.pcrs)
      .add("pcr_discontinuities", monitor.clock().discontinuities())
      .add("pcr_jitter_p50_us", jitter.p50 * 1e6)
      .add("pcr_jitter_p99_us", jitter.p99 * 1e6)
      .add("pcr_jitter_max_us", jitter.max * 1e6)
      .add_object("player", player_json(monitor.player()));
  return json;
}

std::vector<std::string> reception_lines(const StreamMonitor& monitor, std::uint64_t drops) {
  const StreamMonitor::Counts& counts = monitor.counts();
  const Player::Report& player = monitor.player().report();
  const Jitter jitter = monitor.jitter();
  return {fmt::format("{} datagrams, {} bytes in {:.3f} s, {:.0f} bit/s; {} not MPEG-TS, {} dropped by the kernel",
                      counts.datagrams, counts.bytes, counts.last_arrival - counts.first_arrival, mean_rate(counts),
                      monitor.framer().foreign(), drops),
          fmt::format("{} TS packets, {} null, {} malformed, {} continuity errors (at least {} packets missing), "
                      "{} duplicates; PCR jitter p50 {:.0f}, p99 {:.0f}, at most {:.0f} µs",
                      counts.packets, counts.null_packets, counts.malformed_packets, monitor.continuity().errors(),
                      monitor.continuity().missing_at_least(), monitor.continuity().duplicates(), jitter.p50 * 1e6,
                      jitter.p99 * 1e6, jitter.max * 1e6),
          fmt::format("player: started after {:.3f} s, played {:.3f} s, {} stalls of {:.3f} s in all, late {:.3f} s, "
                      "lost {:.3f} s ({:.1f} %), frozen {:.3f} s",
                      player.startup_seconds, player.played_seconds, player.stalls, player.stall_seconds,
                      player.late_seconds, player.lost_seconds, player.lost_share() * 100, player.frozen_seconds)};
}

JsonObject clip_json(const mpegts::Profile& profile) {
  JsonObject json;
  json.add("program", "tv-probe")
      .add("bytes", profile.bytes)
      .add("packets", profile.packets)
      .add("null_packets", profile.null_packets)
      .add("malformed_packets", profile.malformed_packets)
      .add("skipped_bytes", profile.skipped_bytes)
      .add("trailing_bytes", profile.trailing_bytes)
      .add("continuity_errors", profile.continuity_errors)
      .add("duplicate_packets", profile.duplicates)
      .add("pcrs", std::uint64_t{profile.points.size()})
      .add("pcr_discontinuities", profile.pcr_discontinuities);
  if (!profile.has_clock()) return json;
  const RateWindows windows = measure_rate_windows(profile);
  json.add("pcr_pid", std::uint64_t{profile.pcr_pid.value_or(0)})
      .add("pcr_span_seconds", profile.pcr_span())
      .add("duration_seconds", profile.duration())
      .add("constant_rate", profile.is_constant_rate())
      .add("pcr_max_deviation_us", profile.max_deviation() * 1e6)
      .add("window_seconds", windows.window_seconds)
      .add("windows", std::uint64_t{windows.rates.size()})
      .add("min_bits_per_second", windows.min)
      .add("mean_bits_per_second", windows.mean)
      .add("peak_bits_per_second", windows.peak)
      .add("peak_to_mean", windows.peak / windows.mean)
      .add("needed_buffer_bytes", windows.needed_buffer_bytes)
      .add("needed_delay_seconds", windows.needed_delay_seconds);
  return json;
}

std::vector<std::string> clip_lines(const mpegts::Profile& profile) {
  std::vector<std::string> lines{fmt::format(
      "{} bytes, {} TS packets, {} null, {} malformed, {} continuity errors, {} skipped and {} trailing bytes",
      profile.bytes, profile.packets, profile.null_packets, profile.malformed_packets, profile.continuity_errors,
      profile.skipped_bytes, profile.trailing_bytes)};
  if (!profile.has_clock()) {
    lines.push_back("no rate: it " + profile.why_no_clock());
    return lines;
  }
  const RateWindows windows = measure_rate_windows(profile);
  lines.push_back(fmt::format("{} PCRs span {:.6f} s, the clip takes {:.3f} s at {} {:.0f} bit/s",
                              profile.points.size(), profile.pcr_span(), profile.duration(),
                              profile.is_constant_rate() ? "a constant" : "a varying rate, mean", windows.mean));
  lines.push_back(
      fmt::format("per {:.0f} ms: min {:.0f}, mean {:.0f}, peak {:.0f} bit/s; over a channel of the mean "
                  "rate a decoder needs {:.0f} bytes and {:.3f} s of delay",
                  windows.window_seconds * 1e3, windows.min, windows.mean, windows.peak, windows.needed_buffer_bytes,
                  windows.needed_delay_seconds));
  return lines;
}

}  // namespace wireproof::tv
