#include "simulation/shrink.hpp"

#include <charconv>
#include <numeric>

namespace wireproof::simulation {

Numbers all_numbers(std::size_t count) {
  Numbers numbers(count);
  std::iota(numbers.begin(), numbers.end(), std::size_t{0});
  return numbers;
}

std::string text_of(const Numbers& numbers) {
  std::string text;
  for (std::size_t i = 0; i < numbers.size();) {
    std::size_t last = i;
    while (last + 1 < numbers.size() && numbers[last + 1] == numbers[last] + 1) ++last;
    if (!text.empty()) text += ',';
    text += std::to_string(numbers[i]);
    if (last > i) text += '-' + std::to_string(numbers[last]);
    i = last + 1;
  }
  return text;
}

std::optional<Numbers> parse_numbers(std::string_view text) {
  constexpr std::size_t kGreatest = 100'000;
  Numbers numbers;
  const auto take = [&](std::size_t& number) {
    const auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), number);
    if (error != std::errc() || number > kGreatest) return false;
    text.remove_prefix(static_cast<std::size_t>(end - text.data()));
    return true;
  };
  while (!text.empty()) {
    if (!numbers.empty()) {
      if (text.front() != ',') return std::nullopt;
      text.remove_prefix(1);
    }
    std::size_t first = 0;
    if (!take(first)) return std::nullopt;
    std::size_t last = first;
    if (!text.empty() && text.front() == '-') {
      text.remove_prefix(1);
      if (!take(last)) return std::nullopt;
    }
    if (last < first || (!numbers.empty() && first <= numbers.back())) return std::nullopt;
    for (std::size_t number = first; number <= last; ++number) numbers.push_back(number);
  }
  return numbers;
}

}  // namespace wireproof::simulation
