#include "tv/bit_rate.hpp"

#include <charconv>

namespace wireproof::tv {

std::optional<double> parse_bit_rate(std::string_view text) {
  double rate = 0;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, rate, std::chars_format::fixed);
  if (error != std::errc()) return std::nullopt;
  const std::string_view unit(rest, static_cast<std::size_t>(end - rest));
  if (unit == "k" || unit == "K") {
    rate *= 1e3;
  } else if (unit == "m" || unit == "M") {
    rate *= 1e6;
  } else if (unit == "g" || unit == "G") {
    rate *= 1e9;
  } else if (!unit.empty()) {
    return std::nullopt;
  }
  if (!(rate > 0 && rate <= 1e12)) return std::nullopt;
  return rate;
}

}  // namespace wireproof::tv
