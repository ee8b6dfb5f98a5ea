// Any bytes as a packet, as datagrams, and as a file: views stay inside, nothing is lost uncounted.

#include <cstdlib>

#include "goals.hpp"
#include "mpegts/framer.hpp"
#include "mpegts/profile.hpp"
#include "mpegts/stream_clock.hpp"

using namespace wireproof::mpegts;
using wireproof::fuzz::Goal;

namespace {

Goal clocked("a clock reference (PCR)", 30);
Goal spanned("packets with a length in stream time", 15);
Goal profiled("a file that tells its rate", 15);

void check(bool holds) {
  if (!holds) std::abort();
}

void check_packet(Bytes bytes) {
  const Parsed parsed = parse_packet(bytes);
  if (parsed.fault != Fault::none) return;
  const Packet& packet = parsed.packet;
  clocked.reach(packet.pcr.has_value());
  check(bytes.size() == kPacketSize && bytes[0] == kSyncByte);
  check(!packet.pcr || *packet.pcr < kPcrWrap);
  check(packet.has_payload == !packet.payload.empty());
  if (packet.has_payload) check(packet.payload.data() + packet.payload.size() == bytes.data() + bytes.size());
}

/// `sure`: the parts are a transport stream.
void check_profile(Bytes first, Bytes second, bool sure) {
  try {
    Profiler profiler;
    profiler.add(first);
    profiler.add(second);
    const Profile profile = profiler.finish();
    check(profile.bytes == first.size() + second.size());
    check(profile.packets * kPacketSize + profile.skipped_bytes + profile.trailing_bytes == profile.bytes);
    profiled.reach(profile.has_clock());
    if (profile.has_clock()) check(profile.pcr_span() > 0 && profile.mean_rate() >= 0 && profile.duration() > 0);
  } catch (const NotTransportStream&) {
    check(!sure);
  }
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Bytes input(data, size);
  check_packet(input);

  // The same bytes made packets: a sync byte before every 187.
  std::vector<std::uint8_t> stream;
  for (std::size_t at = 0; at < size; at += kPacketSize - 1) {
    stream.push_back(kSyncByte);
    const Bytes part = input.subspan(at, std::min(kPacketSize - 1, size - at));
    stream.insert(stream.end(), part.begin(), part.end());
    stream.resize((stream.size() + kPacketSize - 1) / kPacketSize * kPacketSize);
  }
  Framer framer;
  ContinuityTracker continuity;
  StreamClock clock;
  std::uint64_t taken = 0;
  const auto take = [&](Bytes packet) {
    taken += packet.size();
    check_packet(packet);
    const Parsed parsed = parse_packet(packet);
    if (parsed.fault == Fault::none) clock.add(parsed.packet, continuity.add(parsed.packet));
    const auto span = clock.take();
    spanned.reach(span && span->seconds > 0);
    check(!span || (span->seconds >= 0 && span->hole_before >= 0));
  };
  const std::size_t cut = size == 0 ? 0 : data[0] * stream.size() / 256;
  framer.push(Bytes(stream).first(cut), take);
  framer.push(input, take);
  framer.push(Bytes(stream).subspan(cut), take);
  const std::uint64_t given = stream.size() + size;
  check(taken + framer.discarded() <= given && given - taken - framer.discarded() < kPacketSize);

  check_profile(stream, {}, size > 0);
  // A file that is out of step from somewhere on.
  const std::size_t missing = size == 0 ? 0 : data[0];
  check_profile(Bytes(stream).first(cut), Bytes(stream).subspan(std::min(cut + missing, stream.size())), false);
  return 0;
}
