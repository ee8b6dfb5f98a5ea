#include "command_line/size.hpp"

#include <fmt/core.h>

#include <limits>

#include "bytes/decimal.hpp"
#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof {

std::uint64_t parse_size(std::string_view text) {
  constexpr std::string_view kUnits = "kMGT";
  std::string_view digits = text;
  unsigned shift = 0;
  if (const std::size_t unit = text.empty() ? std::string_view::npos : kUnits.find(text.back());
      unit != std::string_view::npos) {
    digits.remove_suffix(1);
    shift = 10 * (static_cast<unsigned>(unit) + 1);
  }
  const auto number = parse_decimal(digits, std::numeric_limits<std::uint64_t>::max() >> shift);
  if (!number)
    throw UsageError(fmt::format("'{}': a size is a whole number of bytes, or of k, M, G or T", printable(text)));
  return *number << shift;
}

}  // namespace wireproof
