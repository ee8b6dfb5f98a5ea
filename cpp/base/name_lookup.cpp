#include "base/name_lookup.hpp"

#include <fmt/format.h>

#include <cerrno>
#include <cstring>

#include "base/program.hpp"

namespace wireproof {

FoundAddresses look_up(const std::string& host, int family) {
  addrinfo hints{};
  hints.ai_family = family;
  hints.ai_socktype = SOCK_DGRAM;
  addrinfo* found = nullptr;
  const int error = ::getaddrinfo(host.c_str(), nullptr, &hints, &found);
  if (error != 0) {
    throw Failure(fmt::format("find the address of '{}': {}", printable(host),
                              error == EAI_SYSTEM ? std::strerror(errno) : ::gai_strerror(error)));
  }
  return {found, &::freeaddrinfo};
}

}  // namespace wireproof
