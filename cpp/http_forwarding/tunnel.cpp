#include "http_forwarding/tunnel.hpp"

#include <memory>
#include <utility>
#include <vector>

#include "loop/stream.hpp"

namespace wireproof::http_forwarding {

/// Of both directions. In no unnamed namespace, since a coroutine's frame has it.
struct TunnelState {
  IdleTimeout idle;
  int open = 2;
};

namespace {

constexpr std::size_t kPiece = 64 * 1024;

asio::awaitable<void> carry(http::Transport& from, http::Transport& to, std::string behind, TunnelState& both,
                            std::uint64_t& bytes) {
  if (!behind.empty()) {
    co_await to.write(behind, kNever);
    bytes += behind.size();
  }
  const auto piece = std::make_unique_for_overwrite<char[]>(kPiece);
  for (;;) {
    const std::size_t length = co_await from.read_some({piece.get(), kPiece}, kNever);
    both.idle.touch();
    if (length == 0) break;
    co_await to.write({piece.get(), length}, kNever);
    both.idle.touch();
    bytes += length;
  }
  to.end();
  if (--both.open == 0) both.idle.cancel();
}

}  // namespace

asio::awaitable<void> tunnel(http::Transport& one, http::Transport& other, std::string behind_one,
                             std::string behind_other, Time idle, TunnelBytes& bytes) {
  TunnelState both{IdleTimeout(one.loop(), idle)};
  std::vector<asio::awaitable<void>> parts;
  parts.push_back(carry(one, other, std::move(behind_one), both, bytes.up));
  parts.push_back(carry(other, one, std::move(behind_other), both, bytes.down));
  parts.push_back(both.idle.watch("tunnel"));
  co_await together(std::move(parts));
}

}  // namespace wireproof::http_forwarding
