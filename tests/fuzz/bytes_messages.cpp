// Any bytes as a stream of messages behind their lengths, and as one message with fields: nothing beyond a bound, and
// the same however the stream is cut. Input: the width of lengths, how the stream is cut, the stream.

#include <algorithm>
#include <cstdlib>

#include "bytes/framing.hpp"
#include "bytes/reader.hpp"
#include "bytes/writer.hpp"
#include "goals.hpp"

using namespace wireproof;
using wireproof::fuzz::Goal;

namespace {

constexpr std::size_t kMost = 100;

Goal whole("a stream with a whole message", 20);
Goal several("a stream with several", 10);
Goal broken("a length above the limit", 5);
Goal partial("a stream that ends within a message", 5);
Goal fields("a message with all its fields", 10);

void check(bool holds) {
  if (!holds) std::abort();
}

struct Split {
  std::vector<std::vector<std::uint8_t>> messages;
  bool is_broken = false;
  bool is_partial = false;
  bool operator==(const Split&) const = default;
};

Split split(Bytes stream, std::size_t width, std::size_t piece) {
  FrameSplitter splitter(width, kMost);
  Split found;
  while (!stream.empty() && !splitter.is_broken()) {
    Bytes taken = stream.first(std::min(piece, stream.size()));
    stream = stream.subspan(taken.size());
    while (auto message = splitter.next(taken)) found.messages.push_back(std::move(*message));
    check(taken.empty() || splitter.is_broken());
  }
  found.is_broken = splitter.is_broken();
  found.is_partial = splitter.is_partial();
  return found;
}

/// Two numbers, and a text behind its length.
void check_fields(Bytes message) {
  ByteReader reader(message);
  const std::uint32_t first = reader.u32();
  const std::uint16_t second = reader.u16();
  const std::uint8_t length = reader.u8();
  const std::string_view text = reader.text(length);
  check(reader.left() <= message.size() && text.size() <= message.size());
  fields.reach(reader.is_done());
  if (!reader.is_whole()) return;
  ByteWriter writer(message.size());
  writer.u32(first).u16(second).u8(length).text(text);
  check(writer.fits() && std::equal(writer.bytes().begin(), writer.bytes().end(), message.begin()));
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  if (size < 2) return 0;
  const std::size_t width = 1 + data[0] % 8;
  const Bytes stream(data + 2, size - 2);
  const Split found = split(stream, width, std::max<std::size_t>(size, 1));
  check(found == split(stream, width, 1 + data[1] % 16));
  whole.reach(!found.messages.empty());
  several.reach(found.messages.size() > 1);
  broken.reach(found.is_broken);
  partial.reach(found.is_partial);
  std::size_t at = 0;
  for (const auto& message : found.messages) {
    check(message.size() <= kMost);
    const auto frame = framed(message, width);
    check(frame && std::equal(frame->begin(), frame->end(), stream.begin() + static_cast<std::ptrdiff_t>(at)));
    at += frame->size();
    check_fields(message);
  }
  return 0;
}
