#include "http/negotiation.hpp"

#include <algorithm>

#include "http/characters.hpp"
#include "http/fields.hpp"

namespace wireproof::http {
namespace {

constexpr unsigned kBest = 1000;

/// What the list says of a coding; nothing where it does not name it.
std::optional<unsigned> told_quality(std::string_view list, std::string_view coding) {
  std::optional<unsigned> found;
  while (auto member = take_member(list)) {
    const std::size_t semicolon = member->find(';');
    const std::string_view name = trimmed(member->substr(0, semicolon));
    // "x-gzip" is gzip's old name (8.4.1.3).
    const bool is_it = same_word(name, coding) || (same_word(name, "x-gzip") && coding == "gzip");
    if (!is_it) continue;
    unsigned quality = kBest;
    if (semicolon != std::string_view::npos) {
      const std::string_view weight = trimmed(member->substr(semicolon + 1));
      if (weight.size() < 2 || !same_word(weight.substr(0, 2), "q=")) continue;
      quality = parse_quality(weight.substr(2)).value_or(0);
    }
    found = std::max(found.value_or(0), quality);
  }
  return found;
}

}  // namespace

std::optional<unsigned> parse_quality(std::string_view text) {
  if (text.empty() || text.size() > 5 || (text[0] != '0' && text[0] != '1')) return std::nullopt;
  if (text.size() > 1 && text[1] != '.') return std::nullopt;
  unsigned quality = text[0] == '1' ? kBest : 0;
  unsigned unit = 100;
  for (const char digit : text.substr(std::min<std::size_t>(2, text.size()))) {
    if (!is_digit(digit)) return std::nullopt;
    quality += static_cast<unsigned>(digit - '0') * unit;
    unit /= 10;
  }
  return quality <= kBest ? std::optional(quality) : std::nullopt;
}

std::string_view choose_coding(const std::optional<std::string>& accepted,
                               const std::vector<std::string_view>& codings) {
  if (!accepted) return {};
  const auto others = told_quality(*accepted, "*");
  std::string_view best;
  unsigned best_quality = 0;
  for (const std::string_view coding : codings) {
    const bool is_identity = coding.empty();
    const auto told = told_quality(*accepted, is_identity ? "identity" : coding);
    // identity is acceptable unless it is excluded, but what was named comes first.
    const unsigned quality = told.value_or(others.value_or(is_identity ? 1 : 0));
    if (quality > best_quality) {
      best = coding;
      best_quality = quality;
    }
  }
  return best;
}

}  // namespace wireproof::http
