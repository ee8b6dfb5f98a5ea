#pragma once
// A stored response as a file: 44 bytes of preamble, the head in an area with some room to grow, then the body in
// blocks of 64 KiB, each with its checksum behind it. Numbers are big-endian. Pure.
//
//   0  8 bytes "WPHCACHE"
//   8  u32 version of this layout
//  12  u32 bytes of the area before the body, the preamble among them
//  16  u32 bytes of the head
//  20  u32 CRC-32 of the head
//  24  u64 id, which is the file's name in hexadecimal
//  32  u64 bytes of the body
//  40  u32 CRC-32 of the bytes before
//
// CRC-32 (zlib's) finds what disks and crashes do: each flipped bit, each burst of 32, and of all else all but one in
// four milliards. It is no defence against somebody who writes into the folder.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

inline constexpr std::uint32_t kEntryVersion = 1;
inline constexpr std::size_t kPreamble = 44;
/// Bytes of a checksum behind a block.
inline constexpr std::size_t kChecksum = 4;

struct EntryHead {
  std::uint64_t body = 0;  ///< bytes
  std::uint32_t area = 0;  ///< bytes before the body
  StoredResponse response{};

  friend bool operator==(const EntryHead&, const EntryHead&) = default;
};

/// Bytes before the body for a head of so many bytes: with room for some more fields.
std::uint32_t area_for(std::size_t head);
/// Bytes of a whole file.
std::uint64_t file_size(std::uint32_t area, std::uint64_t body);
/// Where a block begins.
std::uint64_t block_offset(std::uint32_t area, std::uint64_t block);

/// The head alone; nothing when it is more than kMostHead.
std::optional<std::string> encoded_head(const StoredResponse& response);
/// All that is before the body, filled up with zeros; nothing when it does not fit.
std::optional<std::string> encoded_area(const StoredResponse& response, std::uint32_t area, std::uint64_t body);

/// How many bytes decode_entry() needs, by the preamble; nothing when that is damaged, or another's.
std::optional<std::size_t> bytes_needed(std::string_view preamble);
/// `bytes`: as many as are needed, or more. Nothing when anything is not as it was written.
std::optional<EntryHead> decode_entry(std::string_view bytes);

/// Of a block: with its place, so that no block is taken for another.
std::string block_checksum(std::uint64_t id, std::uint64_t block, std::string_view bytes);

}  // namespace wireproof::http_cache
