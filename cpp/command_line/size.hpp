#pragma once
// Sizes as people type them.

#include <cstdint>
#include <string_view>

namespace wireproof {

/// "10", "64k", "256M", "1G", "2T", of 1024 each: bytes. Throws UsageError.
std::uint64_t parse_size(std::string_view text);

}  // namespace wireproof
