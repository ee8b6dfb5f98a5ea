#pragma once
// Numbers as they are on the wire: the first byte counts most.

#include <concepts>
#include <cstddef>
#include <cstdint>
#include <span>

namespace wireproof {

using Bytes = std::span<const std::uint8_t>;

/// The number at `at`; all of its bytes must be there.
template <std::unsigned_integral Number>
constexpr Number read_number(Bytes bytes, std::size_t at) {
  std::uint64_t number = 0;
  for (std::size_t i = 0; i < sizeof(Number); ++i) number = number << 8 | bytes[at + i];
  return static_cast<Number>(number);
}
constexpr std::uint16_t read16(Bytes bytes, std::size_t at) { return read_number<std::uint16_t>(bytes, at); }

template <std::unsigned_integral Number>
constexpr void write_number(std::span<std::uint8_t> bytes, std::size_t at, Number number) {
  for (std::size_t i = 0; i < sizeof number; ++i) {
    bytes[at + i] = static_cast<std::uint8_t>(number >> 8 * (sizeof number - 1 - i));
  }
}
constexpr void write16(std::span<std::uint8_t> bytes, std::size_t at, std::uint16_t number) {
  write_number(bytes, at, number);
}

}  // namespace wireproof
