#include "http/ranges.hpp"

#include <fmt/format.h>

#include <algorithm>

#include "bytes/decimal.hpp"
#include "http/fields.hpp"

namespace wireproof::http {
namespace {

/// Between two parts of multipart/byteranges stand about so many bytes.
constexpr std::uint64_t kBetween = 80;

bool are_close(const ByteRange& one, const ByteRange& other) {
  const ByteRange& lower = one.first <= other.first ? one : other;
  const ByteRange& upper = one.first <= other.first ? other : one;
  return upper.first <= lower.last || upper.first - lower.last <= kBetween;
}

std::vector<ByteRange> joined(std::vector<ByteRange> parts) {
  bool are_apart = true;
  for (std::size_t i = 0; i < parts.size(); ++i) {
    for (std::size_t j = 0; j < i; ++j) are_apart = are_apart && !are_close(parts[i], parts[j]);
  }
  if (are_apart) return parts;
  std::sort(parts.begin(), parts.end(),
            [](const ByteRange& left, const ByteRange& right) { return left.first < right.first; });
  std::vector<ByteRange> result{parts.front()};
  for (const ByteRange& part : parts) {
    if (are_close(result.back(), part)) {
      result.back().last = std::max(result.back().last, part.last);
    } else {
      result.push_back(part);
    }
  }
  return result;
}

}  // namespace

Ranges parse_ranges(std::string_view value, std::uint64_t size) {
  const std::size_t equals = value.find('=');
  if (equals == std::string_view::npos || !same_word(value.substr(0, equals), "bytes")) return {};
  std::string_view list = value.substr(equals + 1);
  std::vector<ByteRange> parts;
  std::size_t count = 0;
  while (const auto member = take_member(list)) {
    if (++count > kMostRanges) return {};
    const std::size_t dash = member->find('-');
    if (dash == std::string_view::npos) return {};
    const std::string_view before = member->substr(0, dash);
    const std::string_view behind = member->substr(dash + 1);
    // A number that no size reaches is as good as the greatest.
    const auto number = [](std::string_view text) -> std::optional<std::uint64_t> {
      if (text.empty() || text.find_first_not_of("0123456789") != std::string_view::npos) return std::nullopt;
      return parse_decimal(text).value_or(std::numeric_limits<std::uint64_t>::max());
    };
    const auto first = number(before);
    const auto last = number(behind);
    if ((!before.empty() && !first) || (!behind.empty() && !last) || (!first && !last)) return {};
    if (!first) {
      if (*last == 0) continue;
      if (size == 0) return {};  // all of nothing, which Content-Range cannot say
      parts.push_back({size - std::min(size, *last), size - 1});
      continue;
    }
    if (last && *last < *first) return {};
    if (*first < size) parts.push_back({*first, last ? std::min(*last, size - 1) : size - 1});
  }
  if (count == 0) return {};
  if (parts.empty()) return {Ranges::Kind::unsatisfiable};
  return {Ranges::Kind::parts, joined(std::move(parts))};
}

std::string content_range(const ByteRange& range, std::uint64_t size) {
  return fmt::format("bytes {}-{}/{}", range.first, range.last, size);
}

std::string unsatisfied_range(std::uint64_t size) { return fmt::format("bytes */{}", size); }

std::optional<ContentRange> parse_content_range(std::string_view value) {
  constexpr std::string_view kUnit = "bytes ";
  if (value.size() < kUnit.size() || !same_word(value.substr(0, kUnit.size()), kUnit)) return std::nullopt;
  value.remove_prefix(kUnit.size());
  const std::size_t dash = value.find('-');
  const std::size_t slash = value.find('/');
  if (dash == std::string_view::npos || slash == std::string_view::npos || dash > slash) return std::nullopt;
  const auto first = parse_decimal(value.substr(0, dash));
  const auto last = parse_decimal(value.substr(dash + 1, slash - dash - 1));
  const std::string_view whole = value.substr(slash + 1);
  const auto size = parse_decimal(whole);
  if (!first || !last || *last < *first || (!size && whole != "*") || (size && *last >= *size)) return std::nullopt;
  return ContentRange{{*first, *last}, size};
}

}  // namespace wireproof::http
