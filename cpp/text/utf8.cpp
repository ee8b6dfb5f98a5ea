#include "text/utf8.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

namespace wireproof {
namespace {

struct Range {
  char32_t first;
  char32_t last;
};

/// Line and paragraph separators, and the characters of general category Cf that have no shape of their own (Unicode
/// 15). Variation selectors are no such: they choose the shape of the character before them.
constexpr std::array kUnseen{Range{0xAD, 0xAD},     Range{0x61C, 0x61C},   Range{0x180E, 0x180E},
                             Range{0x200B, 0x200F}, Range{0x2028, 0x202E}, Range{0x2060, 0x206F},
                             Range{0xFEFF, 0xFEFF}, Range{0xFFF9, 0xFFFB}, Range{0xE0000, 0xE007F}};

}  // namespace

std::size_t utf8_length(std::string_view bytes) {
  if (bytes.empty()) {
    return 0;
  }
  const auto byte = [&](std::size_t i) { return static_cast<unsigned char>(bytes[i]); };
  const unsigned char first = byte(0);
  std::size_t length = 0;
  unsigned char low = 0x80;
  unsigned char high = 0xBF;
  if (first < 0x80) {
    return 1;
  }
  if (first >= 0xC2 && first <= 0xDF) {
    length = 2;
  } else if (first >= 0xE0 && first <= 0xEF) {
    length = 3;
    if (first == 0xE0) low = 0xA0;
    if (first == 0xED) high = 0x9F;
  } else if (first >= 0xF0 && first <= 0xF4) {
    length = 4;
    if (first == 0xF0) low = 0x90;
    if (first == 0xF4) high = 0x8F;
  } else {
    return 0;
  }
  if (bytes.size() < length || byte(1) < low || byte(1) > high) {
    return 0;
  }
  for (std::size_t i = 2; i < length; ++i) {
    if (byte(i) < 0x80 || byte(i) > 0xBF) {
      return 0;
    }
  }
  return length;
}

std::optional<char32_t> take_character(std::string_view& bytes) {
  static constexpr std::array<unsigned, 5> kFirstBits{0, 0x7F, 0x1F, 0x0F, 0x07};
  const std::size_t length = utf8_length(bytes);
  std::optional<char32_t> character;
  if (length > 0) {
    character = static_cast<unsigned char>(bytes[0]) & kFirstBits[length];
    for (std::size_t i = 1; i < length; ++i) {
      character = *character << 6U | (static_cast<unsigned char>(bytes[i]) & 0x3FU);
    }
  }
  bytes.remove_prefix(std::min(std::max<std::size_t>(length, 1), bytes.size()));
  return character;
}

std::string_view without_cut_sequence(std::string_view bytes) {
  for (std::size_t tail = 1; tail <= 3 && tail <= bytes.size(); ++tail) {
    const auto byte = static_cast<unsigned char>(bytes[bytes.size() - tail]);
    if (byte < 0x80) break;
    if (byte < 0xC0) continue;
    const std::size_t announced = byte < 0xE0 ? 2 : byte < 0xF0 ? 3 : 4;
    return announced > tail ? bytes.substr(0, bytes.size() - tail) : bytes;
  }
  return bytes;
}

bool is_control(char32_t character) { return character < 0x20 || (0x7F <= character && character < 0xA0); }

bool shows_itself(char32_t character) {
  return !is_control(character) && std::none_of(kUnseen.begin(), kUnseen.end(), [&](const Range& range) {
    return range.first <= character && character <= range.last;
  });
}

std::string escaped(std::string_view bytes, std::string_view kept) {
  std::string shown;
  while (!bytes.empty()) {
    const std::string_view before = bytes;
    const auto character = take_character(bytes);
    const std::string_view taken = before.substr(0, before.size() - bytes.size());
    if (character && (shows_itself(*character) || kept.find(taken) != std::string_view::npos)) {
      shown += taken;
    } else if (character && !is_control(*character)) {
      shown += fmt::format("\\u{{{:x}}}", static_cast<unsigned>(*character));
    } else {
      for (const char byte : taken) shown += fmt::format("\\x{:02x}", static_cast<unsigned char>(byte));
    }
  }
  return shown;
}

std::string printable(std::string_view bytes, std::size_t limit) {
  return escaped(bytes.substr(0, limit)) + (bytes.size() > limit ? "…" : "");
}

}  // namespace wireproof
