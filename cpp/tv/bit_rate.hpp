#pragma once
// Bit rates as people write them.

#include <optional>
#include <string_view>

namespace wireproof::tv {

/// "638k", "0.7M", "1.2g", "638000" → bit/s (k, M, G are powers of 1000). Nothing unless positive and at most 1 Tbit/s.
std::optional<double> parse_bit_rate(std::string_view text);

}  // namespace wireproof::tv
