#pragma once
// A port for a program that has to be given one by its number.

#include <gtest/gtest.h>
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <cstdint>
#include <fstream>
#include <random>

namespace wireproof::testing {

/// Whether nobody has the port, at any IPv4 address of this host: there is a machine without IPv6.
inline bool is_free(std::uint16_t port, int type) {
  const int socket = ::socket(AF_INET, type | SOCK_CLOEXEC, 0);
  sockaddr_in name{};
  name.sin_family = AF_INET;
  name.sin_port = htons(port);
  const bool bound = ::bind(socket, reinterpret_cast<const sockaddr*>(&name), sizeof name) == 0;
  ::close(socket);
  return bound;
}

/// A port that nobody has, for TCP and UDP. None of those that the kernel gives to connections and to sockets that
/// leave the choice to it: one of these might be taken again before the program under test has it.
inline std::uint16_t free_port() {
  std::ifstream range("/proc/sys/net/ipv4/ip_local_port_range");
  int low = 32768;
  int high = 60999;
  range >> low >> high;
  const bool below = low - 10000 >= 65535 - high;
  std::random_device entropy;
  std::uniform_int_distribution<int> draw(below ? 10000 : std::min(high + 1, 65000), below ? low - 1 : 65535);
  for (int tries = 0; tries < 1000; ++tries) {
    const auto port = static_cast<std::uint16_t>(draw(entropy));
    if (is_free(port, SOCK_STREAM) && is_free(port, SOCK_DGRAM)) return port;
  }
  ADD_FAILURE() << "no free port outside of " << low << " to " << high;
  return 0;
}

}  // namespace wireproof::testing
