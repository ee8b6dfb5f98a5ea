#include "rtt/message.hpp"

#include <algorithm>

#include "bytes/reader.hpp"
#include "bytes/writer.hpp"

namespace wireproof::rtt {
namespace {

constexpr std::uint32_t kMagic = 0x52545450;  // "RTTP"
constexpr std::uint8_t kVersion = 1;
/// Magic, version, type and length.
constexpr std::size_t kBegin = 8;

/// What is wrong with the first octets of a message, of which kBegin are there.
std::optional<Fault> fault_of_begin(Bytes begin) {
  if (read_number<std::uint32_t>(begin, 0) != kMagic) return Fault::not_ours;
  if (begin[4] != kVersion) return Fault::other_version;
  if (begin[5] < static_cast<std::uint8_t>(Type::probe) || begin[5] > static_cast<std::uint8_t>(Type::repeat)) {
    return Fault::unknown_type;
  }
  const std::size_t length = read16(begin, 6);
  return length < kHeader || length > kLongest ? std::optional(Fault::wrong_length) : std::nullopt;
}

Time time_from(std::uint64_t nanoseconds) { return Time(static_cast<Time::rep>(nanoseconds)); }

}  // namespace

std::string_view described(Fault fault) {
  constexpr std::array<std::string_view, kFaults> kNames = {"not ours", "of another version", "of an unknown type",
                                                            "of a wrong length"};
  return kNames[static_cast<std::size_t>(fault)];
}

std::variant<Message, Fault> decode(Bytes datagram) {
  if (datagram.size() < kBegin) return Fault::not_ours;
  if (const auto fault = fault_of_begin(datagram)) return *fault;
  ByteReader reader(datagram.subspan(5));
  Message message;
  message.type = static_cast<Type>(reader.u8());
  message.length = reader.u16();
  if (message.length != datagram.size()) return Fault::wrong_length;
  message.session = reader.u64();
  message.sequence = reader.u32();
  if (message.type == Type::probe) return message;
  message.received = reader.u32();
  message.since = reader.u32();
  message.memory = reader.u32();
  message.arrived = time_from(reader.u64());
  message.answered = time_from(reader.u64());
  return message;
}

std::vector<std::uint8_t> encode(const Message& message) {
  ByteWriter writer(kHeader);
  writer.u32(kMagic).u8(kVersion).u8(static_cast<std::uint8_t>(message.type));
  writer.u16(static_cast<std::uint16_t>(message.length)).u64(message.session).u32(message.sequence);
  writer.u32(message.received).u32(message.since).u32(message.memory);
  writer.u64(static_cast<std::uint64_t>(message.arrived.count()));
  writer.u64(static_cast<std::uint64_t>(message.answered.count()));
  std::vector<std::uint8_t> bytes = writer.take();
  bytes.resize(message.length);
  return bytes;
}

std::optional<Message> MessageSplitter::next(Bytes& bytes) {
  const auto fill = [&](std::size_t wanted) {
    const std::size_t count = std::min(wanted - std::min(wanted, held_.size()), bytes.size());
    held_.insert(held_.end(), bytes.begin(), bytes.begin() + static_cast<std::ptrdiff_t>(count));
    bytes = bytes.subspan(count);
    return held_.size() >= wanted;
  };
  if (is_broken_ || !fill(kBegin)) return std::nullopt;
  if (fault_of_begin(held_)) {
    is_broken_ = true;
    return std::nullopt;
  }
  if (!fill(read16(held_, 6))) return std::nullopt;
  const Message message = std::get<Message>(decode(held_));
  held_.clear();
  return message;
}

}  // namespace wireproof::rtt
