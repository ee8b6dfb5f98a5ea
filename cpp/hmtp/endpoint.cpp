#include "hmtp/endpoint.hpp"

#include <arpa/inet.h>

#include <algorithm>
#include <charconv>
#include <cstring>

namespace wireproof::hmtp {
namespace {

constexpr std::array<std::uint8_t, 12> kMapped{0, 0, 0, 0, 0, 0, 0, 0, 0, 0, 0xFF, 0xFF};

template <typename Number>
void append_number(std::string& text, Number number) {
  std::array<char, 24> digits;
  const auto end = std::to_chars(digits.data(), digits.data() + digits.size(), number).ptr;
  text.append(digits.data(), end);
}

void append_address(std::string& text, const Endpoint& endpoint) {
  if (endpoint.is_v4()) {
    for (std::size_t i = 12; i < 16; ++i) {
      if (i > 12) text += '.';
      append_number(text, static_cast<unsigned>(endpoint.address[i]));
    }
    return;
  }
  std::array<char, INET6_ADDRSTRLEN> shown;
  text += ::inet_ntop(AF_INET6, endpoint.address.data(), shown.data(), shown.size());
}

}  // namespace

Endpoint Endpoint::v4(std::uint32_t address, std::uint16_t port) {
  Endpoint endpoint;
  std::copy(kMapped.begin(), kMapped.end(), endpoint.address.begin());
  for (std::size_t i = 0; i < 4; ++i) endpoint.address[12 + i] = static_cast<std::uint8_t>(address >> (24 - 8 * i));
  endpoint.port = port;
  return endpoint;
}

bool Endpoint::is_v4() const { return std::equal(kMapped.begin(), kMapped.end(), address.begin()); }

bool Endpoint::is_unicast() const {
  if (!is_set()) return false;
  if (is_v4()) return address[12] != 0 && address[12] < 224;
  return address[0] != 0xFF && std::any_of(address.begin(), address.end(), [](std::uint8_t byte) { return byte != 0; });
}

void append_text(std::string& text, const Endpoint& endpoint) {
  append_address(text, endpoint);
  text += ' ';
  append_number(text, endpoint.port);
}

std::string name_of(const Endpoint& endpoint) {
  std::string text;
  if (!endpoint.is_v4()) text += '[';
  append_address(text, endpoint);
  if (!endpoint.is_v4()) text += ']';
  text += ':';
  append_number(text, endpoint.port);
  return text;
}

std::optional<Endpoint> parse_endpoint(std::string_view text) {
  const std::size_t space = text.find(' ');
  if (space == std::string_view::npos || space >= INET6_ADDRSTRLEN) return std::nullopt;
  std::array<char, INET6_ADDRSTRLEN> address{};
  std::memcpy(address.data(), text.data(), space);
  if (std::memchr(address.data(), 0, space) != nullptr) return std::nullopt;

  const std::string_view digits = text.substr(space + 1);
  std::uint16_t port = 0;
  const auto [end, error] = std::from_chars(digits.data(), digits.data() + digits.size(), port);
  if (error != std::errc() || end != digits.data() + digits.size() || digits.front() == '0') return std::nullopt;

  Endpoint endpoint;
  in_addr four{};
  if (::inet_pton(AF_INET, address.data(), &four) == 1) {
    endpoint = Endpoint::v4(ntohl(four.s_addr), port);
  } else if (::inet_pton(AF_INET6, address.data(), endpoint.address.data()) == 1 && !endpoint.is_v4()) {
    endpoint.port = port;
  } else {
    return std::nullopt;
  }
  return endpoint.is_unicast() ? std::optional(endpoint) : std::nullopt;
}

}  // namespace wireproof::hmtp
