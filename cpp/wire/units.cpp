#include "wire/units.hpp"

#include <charconv>
#include <cmath>

namespace wireproof::wire {
namespace {

struct Quantity {
  double number = 0;
  std::string_view unit;
};

std::optional<Quantity> split(std::string_view text) {
  if (text.empty() || text.front() < '0' || text.front() > '9') return std::nullopt;  // no sign, no inf, no ".5"
  Quantity quantity;
  const char* const end = text.data() + text.size();
  const auto [rest, error] = std::from_chars(text.data(), end, quantity.number, std::chars_format::fixed);
  if (error != std::errc() || *(rest - 1) == '.') return std::nullopt;
  quantity.unit = std::string_view(rest, static_cast<std::size_t>(end - rest));
  return quantity;
}

}  // namespace

std::optional<double> parse_rate(std::string_view text) {
  const auto quantity = split(text);
  if (!quantity) return std::nullopt;
  if (quantity->unit == "bit") return quantity->number;
  if (quantity->unit == "kbit") return quantity->number * 1e3;
  if (quantity->unit == "mbit") return quantity->number * 1e6;
  if (quantity->unit == "gbit") return quantity->number * 1e9;
  return std::nullopt;
}

std::optional<nanoseconds> parse_time(std::string_view text) {
  const auto quantity = split(text);
  if (!quantity) return std::nullopt;
  if (quantity->unit == "us") return time_from_seconds(quantity->number / 1e6);
  if (quantity->unit == "ms") return time_from_seconds(quantity->number / 1e3);
  if (quantity->unit == "s") return time_from_seconds(quantity->number);
  return std::nullopt;
}

std::optional<double> parse_share(std::string_view text) {
  const auto quantity = split(text);
  if (!quantity || quantity->unit != "%") return std::nullopt;
  return quantity->number / 100;
}

std::optional<nanoseconds> time_from_seconds(double seconds) {
  if (!(seconds >= 0 && seconds <= static_cast<double>(kMaxTime.count()))) return std::nullopt;
  return nanoseconds(std::llround(seconds * 1e9));
}

}  // namespace wireproof::wire
