#pragma once
// Bytes in both directions between two connections, after CONNECT.

#include <cstdint>
#include <string>

#include "http/transport.hpp"

namespace wireproof::http_forwarding {

struct TunnelBytes {
  std::uint64_t up = 0;    ///< from the first to the second
  std::uint64_t down = 0;  ///< from the second to the first
};

/// Each end ends its own direction (half-close); it is over when both have ended. `behind_one`, `behind_other`: what
/// was read from them already. `bytes` counts while it goes. Throws http::Broken, and Failure when nothing has moved
/// for `idle`.
asio::awaitable<void> tunnel(http::Transport& one, http::Transport& other, std::string behind_one,
                             std::string behind_other, Time idle, TunnelBytes& bytes);

}  // namespace wireproof::http_forwarding
