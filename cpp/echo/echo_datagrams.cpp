#include "echo/echo_datagrams.hpp"

#include <algorithm>
#include <array>

namespace wireproof {
namespace {

constexpr std::array<std::uint16_t, 6> kNobodyWaits{0, 7, 13, 17, 19, 37};

}  // namespace

std::optional<std::string_view> EchoDatagrams::receive(const Address& client, std::string_view bytes) {
  ++received_;
  bytes_ += bytes.size();
  if (client.port == port_ || std::find(kNobodyWaits.begin(), kNobodyWaits.end(), client.port) != kNobodyWaits.end()) {
    ++left_;
    return std::nullopt;
  }
  return bytes;
}

}  // namespace wireproof
