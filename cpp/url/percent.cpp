#include "url/percent.hpp"

#include <fmt/format.h>

#include <optional>

namespace wireproof::url {
namespace {

int hexadecimal(char digit) {
  if (digit >= '0' && digit <= '9') return digit - '0';
  const char lower = static_cast<char>(digit | 0x20);
  return lower >= 'a' && lower <= 'f' ? lower - 'a' + 10 : -1;
}

/// The byte that %XX at the start of `text` stands for.
std::optional<char> escape_at(std::string_view text) {
  if (text.size() < 3 || text[0] != '%') return std::nullopt;
  const int high = hexadecimal(text[1]);
  const int low = hexadecimal(text[2]);
  if (high < 0 || low < 0) return std::nullopt;
  return static_cast<char>(high * 16 + low);
}

void append_escape(std::string& text, char byte) { text += fmt::format("%{:02X}", static_cast<unsigned char>(byte)); }

bool is_letter_or_digit(char character) {
  const char lower = static_cast<char>(character | 0x20);
  return (lower >= 'a' && lower <= 'z') || (character >= '0' && character <= '9');
}

}  // namespace

bool is_unreserved(char character) {
  return is_letter_or_digit(character) || std::string_view("-._~").find(character) != std::string_view::npos;
}

bool is_sub_delimiter(char character) {
  return std::string_view("!$&'()*+,;=").find(character) != std::string_view::npos;
}

std::string percent_encoded(std::string_view bytes, std::string_view kept) {
  std::string text;
  for (const char byte : bytes) {
    if (is_unreserved(byte) || kept.find(byte) != std::string_view::npos) {
      text += byte;
    } else {
      append_escape(text, byte);
    }
  }
  return text;
}

std::string percent_decoded(std::string_view text) {
  std::string bytes;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = escape_at(text.substr(at));
    bytes += byte.value_or(text[at]);
    if (byte) at += 2;
  }
  return bytes;
}

std::string made_url_text(std::string_view text) {
  std::string made;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const char character = text[at];
    const bool fits = character == '%' ? escape_at(text.substr(at)).has_value()
                                       : is_unreserved(character) || is_sub_delimiter(character) ||
                                             std::string_view(":/?#[]@").find(character) != std::string_view::npos;
    if (fits) {
      made += character;
    } else {
      append_escape(made, character);
    }
  }
  return made;
}

std::string with_normal_escapes(std::string_view text) {
  std::string normal;
  for (std::size_t at = 0; at < text.size(); ++at) {
    const auto byte = escape_at(text.substr(at));
    if (!byte) {
      normal += text[at];
      continue;
    }
    if (is_unreserved(*byte)) {
      normal += *byte;
    } else {
      append_escape(normal, *byte);
    }
    at += 2;
  }
  return normal;
}

}  // namespace wireproof::url
