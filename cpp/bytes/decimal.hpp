#pragma once
// Whole numbers as people and text protocols write them.

#include <charconv>
#include <cstdint>
#include <limits>
#include <optional>
#include <string_view>

namespace wireproof {

/// The whole text is decimal digits, and the number at most `most`; else nothing.
inline std::optional<std::uint64_t> parse_decimal(std::string_view text,
                                                  std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  std::uint64_t number = 0;
  const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
  if (error != std::errc() || end != text.data() + text.size() || number > most) return std::nullopt;
  return number;
}

/// And has no leading zero: every number has one text.
inline std::optional<std::uint64_t> parse_plain_decimal(
    std::string_view text, std::uint64_t most = std::numeric_limits<std::uint64_t>::max()) {
  if (text.size() > 1 && text.front() == '0') return std::nullopt;
  return parse_decimal(text, most);
}

}  // namespace wireproof
