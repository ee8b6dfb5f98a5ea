#pragma once
// Parts of a representation (RFC 9110, 14). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::http {

/// Bytes from `first` to `last`, both included.
struct ByteRange {
  std::uint64_t first = 0;
  std::uint64_t last = 0;

  std::uint64_t length() const { return last - first + 1; }

  friend bool operator==(const ByteRange&, const ByteRange&) = default;
};

struct Ranges {
  enum class Kind {
    whole,          ///< Range is to be ignored: malformed, of another unit, or asking for too much work
    unsatisfiable,  ///< 416
    parts,          ///< 206: of `parts`, one at least
  };

  Kind kind = Kind::whole;
  std::vector<ByteRange> parts{};
};

/// More than so many in a field are ignored: nobody needs them, and they cost (14.2, 17.15).
inline constexpr std::size_t kMostRanges = 32;

/// The value of Range, for a representation of `size` bytes. Parts that overlap, or are closer than what would be
/// written between them, become one; then they are in ascending order, else in the order asked for.
Ranges parse_ranges(std::string_view value, std::uint64_t size);

/// "bytes 0-4/10"
std::string content_range(const ByteRange& range, std::uint64_t size);
/// "bytes */10": of 416.
std::string unsatisfied_range(std::uint64_t size);

/// Content-Range of a response.
struct ContentRange {
  ByteRange range;
  std::optional<std::uint64_t> size;  ///< "*": not known
};
/// Nothing for what is malformed, of another unit, or unsatisfied.
std::optional<ContentRange> parse_content_range(std::string_view value);

}  // namespace wireproof::http
