#include "mcast_chat/characters.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "text/utf8.hpp"

namespace wireproof::mcast_chat {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// White space (Unicode property White_Space) beyond the control characters.
constexpr std::array kSpaces{Range{0x20, 0x20},     Range{0xA0, 0xA0},     Range{0x1680, 0x1680},
                             Range{0x2000, 0x200A}, Range{0x2028, 0x2029}, Range{0x202F, 0x202F},
                             Range{0x205F, 0x205F}, Range{0x3000, 0x3000}};

/// Characters that are not seen, or that change how others are seen (general category Cf and what looks like nothing).
constexpr std::array kInvisible{
    Range{0xAD, 0xAD},     Range{0x34F, 0x34F},   Range{0x61C, 0x61C},   Range{0x115F, 0x1160},  Range{0x180B, 0x180F},
    Range{0x200B, 0x200F}, Range{0x202A, 0x202E}, Range{0x2060, 0x206F}, Range{0x3164, 0x3164},  Range{0xFE00, 0xFE0F},
    Range{0xFEFF, 0xFEFF}, Range{0xFFA0, 0xFFA0}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE0FFF}};

/// What the lines of the program are made of: "<ana> hello", "ana@10.0.0.1".
constexpr std::string_view kMarks = "<>@";

template <std::size_t size>
bool is_in(const std::array<Range, size>& ranges, char32_t character) {
  return std::any_of(ranges.begin(), ranges.end(),
                     [&](const Range& range) { return range.first <= character && character <= range.last; });
}

std::string named(char32_t character) { return fmt::format("U+{:04X}", static_cast<unsigned>(character)); }

}  // namespace

std::optional<std::string> name_fault(std::string_view name) {
  if (name.empty()) return "it is empty";
  if (name.size() > kLongestName) return fmt::format("it has {} bytes, {} are allowed", name.size(), kLongestName);
  while (!name.empty()) {
    const auto character = take_character(name);
    if (!character) return "it is not UTF-8";
    if (is_control(*character)) return fmt::format("it holds the control character {}", named(*character));
    if (is_in(kSpaces, *character)) return fmt::format("it holds a space, {}", named(*character));
    if (is_in(kInvisible, *character)) return fmt::format("it holds {}, which is not seen", named(*character));
    if (*character < 0x80 && kMarks.find(static_cast<char>(*character)) != std::string_view::npos) {
      return fmt::format("it holds '{}'", static_cast<char>(*character));
    }
  }
  return std::nullopt;
}

std::optional<std::string> text_fault(std::string_view text) {
  if (text.empty()) return "it is empty";
  while (!text.empty()) {
    const auto character = take_character(text);
    if (!character) return "it is not UTF-8";
    if (is_control(*character) && *character != '\t') {
      return fmt::format("it holds the control character {}", named(*character));
    }
    if (*character == 0x2028 || *character == 0x2029)
      return fmt::format("it holds {}, an end of line", named(*character));
  }
  return std::nullopt;
}

bool is_text(std::string_view datagram) {
  if (datagram.empty()) return false;
  while (!datagram.empty()) {
    const auto character = take_character(datagram);
    if (!character) return false;
    if (is_control(*character) && *character != '\t' && *character != '\r' && *character != '\n') return false;
  }
  return true;
}

std::string shown(std::string_view text) { return escaped(text, "\t"); }

}  // namespace wireproof::mcast_chat
