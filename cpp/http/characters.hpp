#pragma once
// Kinds of characters, without the locale.

namespace wireproof::http {

constexpr bool is_blank(char character) { return character == ' ' || character == '\t'; }
constexpr bool is_digit(char character) { return character >= '0' && character <= '9'; }
constexpr char lower(char letter) { return letter >= 'A' && letter <= 'Z' ? static_cast<char>(letter | 0x20) : letter; }
constexpr bool is_letter(char character) { return lower(character) >= 'a' && lower(character) <= 'z'; }
/// C0 and DEL.
constexpr bool is_control(char character) { return static_cast<unsigned char>(character) < 0x20 || character == 0x7F; }
/// Of a hexadecimal digit; -1 for others.
constexpr int hexadecimal(char digit) {
  if (is_digit(digit)) return digit - '0';
  return lower(digit) >= 'a' && lower(digit) <= 'f' ? lower(digit) - 'a' + 10 : -1;
}

}  // namespace wireproof::http
