#include "http_cache/entry_file.hpp"

#include <zlib.h>

#include <algorithm>
#include <limits>

#include "bytes/reader.hpp"
#include "bytes/writer.hpp"
#include "http_cache/store.hpp"

namespace wireproof::http_cache {
namespace {

constexpr std::string_view kMagic = "WPHCACHE";
/// Areas are multiples of it, with at least so much room for a head that grows.
constexpr std::size_t kUnit = 512;
constexpr std::size_t kMostFields = 1024;

std::uint32_t crc(std::string_view bytes, std::uint32_t before = 0) {
  return static_cast<std::uint32_t>(
      ::crc32_z(before, reinterpret_cast<const unsigned char*>(bytes.data()), bytes.size()));
}

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }

std::string text_of(ByteWriter& writer) {
  const auto bytes = writer.take();
  return {bytes.begin(), bytes.end()};
}

void put_text(ByteWriter& writer, std::string_view text) {
  writer.u32(static_cast<std::uint32_t>(text.size())).text(text);
}

void put_fields(ByteWriter& writer, const http::Fields& fields) {
  writer.u32(static_cast<std::uint32_t>(fields.size()));
  for (const http::Field& field : fields) {
    put_text(writer, field.name);
    put_text(writer, field.value);
  }
}

/// False: what no head may hold.
bool take_fields(ByteReader& reader, http::Fields& fields) {
  const std::uint32_t count = reader.u32();
  if (count > kMostFields) return false;
  for (std::uint32_t i = 0; i < count && reader.is_whole(); ++i) {
    const std::string_view name = reader.text(reader.u32());
    const std::string_view value = reader.text(reader.u32());
    if (!http::is_token(name) || !http::is_field_value(value)) return false;
    fields.add(name, value);
  }
  return reader.is_whole();
}

std::optional<StoredResponse> decode_head(std::string_view bytes, std::uint64_t id, std::uint64_t body) {
  ByteReader reader(bytes_of(bytes));
  StoredResponse response;
  response.id = id;
  response.size = body;
  response.key = reader.text(reader.u32());
  response.requested = Seconds(static_cast<std::int64_t>(reader.u64()));
  response.received = Seconds(static_cast<std::int64_t>(reader.u64()));
  response.head.status = reader.u16();
  response.head.reason = reader.text(reader.u32());
  if (!take_fields(reader, response.request_fields) || !take_fields(reader, response.head.fields)) return std::nullopt;
  if (!reader.is_done() || !http::is_field_value(response.head.reason)) return std::nullopt;
  if (response.head.status < 200 || response.head.status > 599) return std::nullopt;
  return response;
}

}  // namespace

std::uint32_t area_for(std::size_t head) {
  return static_cast<std::uint32_t>((kPreamble + head + 2 * kUnit - 1) / kUnit * kUnit);
}

std::uint64_t block_offset(std::uint32_t area, std::uint64_t block) { return area + block * (kBlock + kChecksum); }

std::uint64_t file_size(std::uint32_t area, std::uint64_t body) {
  const std::uint64_t blocks = body / kBlock + (body % kBlock != 0 ? 1 : 0);
  return area + body + blocks * kChecksum;
}

std::optional<std::string> encoded_head(const StoredResponse& response) {
  if (response.request_fields.size() > kMostFields || response.head.fields.size() > kMostFields) return std::nullopt;
  ByteWriter writer(kMostHead);
  put_text(writer, response.key);
  writer.u64(static_cast<std::uint64_t>(response.requested.count()));
  writer.u64(static_cast<std::uint64_t>(response.received.count()));
  writer.u16(static_cast<std::uint16_t>(response.head.status));
  put_text(writer, response.head.reason);
  put_fields(writer, response.request_fields);
  put_fields(writer, response.head.fields);
  if (!writer.fits()) return std::nullopt;
  return text_of(writer);
}

std::optional<std::string> encoded_area(const StoredResponse& response, std::uint32_t area, std::uint64_t body) {
  const auto head = encoded_head(response);
  if (!head || kPreamble + head->size() > area) return std::nullopt;
  ByteWriter writer(kPreamble);
  writer.text(kMagic).u32(kEntryVersion).u32(area).u32(static_cast<std::uint32_t>(head->size())).u32(crc(*head));
  writer.u64(response.id).u64(body);
  std::string bytes = text_of(writer);
  ByteWriter checksum(kChecksum);
  checksum.u32(crc(bytes));
  bytes += text_of(checksum) + *head;
  bytes.resize(area, '\0');
  return bytes;
}

std::optional<std::size_t> bytes_needed(std::string_view preamble) {
  if (preamble.size() < kPreamble || !preamble.starts_with(kMagic)) return std::nullopt;
  ByteReader reader(bytes_of(preamble.substr(kMagic.size(), kPreamble - kMagic.size())));
  const std::uint32_t version = reader.u32();
  const std::uint32_t area = reader.u32();
  const std::uint32_t head = reader.u32();
  reader.take(4 + 8);
  const std::uint64_t body = reader.u64();
  const bool is_right = reader.u32() == crc(preamble.substr(0, kPreamble - kChecksum));
  // No file is so long that its size could not be counted.
  constexpr std::uint64_t kMostBody = std::numeric_limits<std::uint64_t>::max() / 2;
  if (!is_right || version != kEntryVersion || head > kMostHead || area < kPreamble + head || body > kMostBody ||
      area > area_for(kMostHead)) {
    return std::nullopt;
  }
  return kPreamble + head;
}

std::optional<EntryHead> decode_entry(std::string_view bytes) {
  const auto needed = bytes_needed(bytes);
  if (!needed || bytes.size() < *needed) return std::nullopt;
  ByteReader reader(bytes_of(bytes));
  reader.take(kMagic.size() + 4);
  EntryHead entry;
  entry.area = reader.u32();
  reader.take(4);
  const std::uint32_t checksum = reader.u32();
  const std::uint64_t id = reader.u64();
  entry.body = reader.u64();
  const std::string_view head = bytes.substr(kPreamble, *needed - kPreamble);
  if (checksum != crc(head)) return std::nullopt;
  auto response = decode_head(head, id, entry.body);
  if (!response) return std::nullopt;
  entry.response = std::move(*response);
  return entry;
}

std::string block_checksum(std::uint64_t id, std::uint64_t block, std::string_view bytes) {
  ByteWriter place(16);
  place.u64(id).u64(block);
  ByteWriter checksum(kChecksum);
  checksum.u32(crc(bytes, crc(text_of(place))));
  return text_of(checksum);
}

}  // namespace wireproof::http_cache
