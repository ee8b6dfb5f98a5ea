#include "mpegts/framer.hpp"

#include <optional>

namespace wireproof::mpegts {
namespace {

/// Whether a sync byte stands at `at` and at every 188 bytes after it.
bool in_sync(Bytes bytes, std::size_t at) {
  for (; at < bytes.size(); at += kPacketSize) {
    if (bytes[at] != kSyncByte) return false;
  }
  return true;
}

/// Where packets begin in a datagram read without knowledge of earlier ones. One sync byte alone proves nothing,
/// unless the datagram is exactly one packet: elsewhere two in step are asked for.
std::optional<std::size_t> find_phase(Bytes bytes) {
  if (bytes.size() == kPacketSize) return bytes[0] == kSyncByte ? std::optional<std::size_t>(0) : std::nullopt;
  for (std::size_t at = 0; at < kPacketSize && at + kPacketSize < bytes.size(); ++at) {
    if (in_sync(bytes, at)) return at;
  }
  return std::nullopt;
}

}  // namespace

void Framer::deliver(Bytes stream, const Take& take) {
  while (stream.size() >= kPacketSize) {
    take(stream.first(kPacketSize));
    stream = stream.subspan(kPacketSize);
  }
  pending_.assign(stream.begin(), stream.end());
}

bool Framer::push(Bytes datagram, const Take& take) {
  if (!pending_.empty()) {
    // Does the datagram go on where the one before was cut?
    const std::size_t rest = kPacketSize - pending_.size();
    const bool whole_packets = datagram.size() % kPacketSize == 0 && in_sync(datagram, 0);
    const bool continues = rest < datagram.size() ? in_sync(datagram, rest) : rest == datagram.size();
    if (continues && !whole_packets) {
      joined_ = pending_;
      joined_.insert(joined_.end(), datagram.begin(), datagram.end());
      deliver(joined_, take);
      return true;
    }
  }
  const auto phase = find_phase(datagram);
  if (!phase) {
    ++foreign_;
    discarded_ += datagram.size();
    return false;
  }
  discarded_ += pending_.size() + *phase;
  deliver(datagram.subspan(*phase), take);
  return true;
}

}  // namespace wireproof::mpegts
