// Any bytes as a series of datagrams: what tv-probe counts and models stays finite and consistent.
// Input: per datagram two bytes of length and one of pause (10 ms each), then its bytes; bit 15 of the length asks
// for a valid packet header in front of every 188 bytes, without which random input hardly reaches the player.

#include <cmath>
#include <cstdlib>

#include "goals.hpp"
#include "tv/stream_monitor.hpp"

using namespace wireproof::mpegts;
using namespace wireproof::tv;
using wireproof::fuzz::Goal;

namespace {

Goal clocked("a clock that goes on", 15);
Goal played("a player that has shown something", 5);
Goal stalled("a player whose buffer ran empty", 2);

void check(bool holds) {
  if (!holds) std::abort();
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  StreamMonitor monitor({.buffer_delay = 0.1, .buffer_bytes = 20000});
  Bytes input(data, size);
  double now = 1;
  while (input.size() >= 3) {
    const unsigned head = input[0] | static_cast<unsigned>(input[1]) << 8;
    now += input[2] * 0.01;
    input = input.subspan(3);
    const Bytes body = input.first(std::min<std::size_t>(input.size(), head & 0x7FFF));
    input = input.subspan(body.size());
    std::vector<std::uint8_t> datagram(body.begin(), body.end());
    if ((head & 0x8000) != 0) {
      datagram.resize((datagram.size() + kPacketSize - 1) / kPacketSize * kPacketSize);
      for (std::size_t at = 0; at < datagram.size(); at += kPacketSize) {
        datagram[at] = kSyncByte;
        datagram[at + 3] |= 0x30;
        datagram[at + 4] %= 183;
      }
    }
    monitor.datagram(now, datagram);
    check(monitor.player().level_bytes() <= 20000);
  }
  monitor.advance(now + 1);
  monitor.finish();
  const Player::Report& report = monitor.player().report();
  clocked.reach(monitor.clock().seconds_per_byte() > 0);
  played.reach(report.played_seconds > 0);
  stalled.reach(report.stalls > 0);
  for (const double value : {report.played_seconds, report.stall_seconds, report.lost_seconds, report.late_seconds,
                             report.frozen_seconds, report.startup_seconds, report.lost_share()}) {
    check(std::isfinite(value) && value >= 0);
  }
  check(report.stall_seconds <= now);
  check(monitor.counts().packets * kPacketSize + monitor.framer().discarded() <= monitor.counts().bytes);
  check(std::isfinite(monitor.jitter().max));
  return 0;
}
