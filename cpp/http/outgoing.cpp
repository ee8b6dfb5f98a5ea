#include "http/outgoing.hpp"

#include <utility>

namespace wireproof::http {
namespace {

/// Pieces that are copied behind a head, or into a chunk, at most; memory that is kept for the next message.
constexpr std::size_t kCopied = 64 * 1024;
/// Pieces of so many bytes are not copied: that costs more than a call of the system.
constexpr std::size_t kWorthACall = 16 * 1024;

}  // namespace

asio::awaitable<void> Outgoing::flush() {
  if (unsent_.empty()) co_return;
  co_await transport_.write(unsent_, patience_);
  unsent_.clear();
  if (unsent_.capacity() > kCopied) unsent_.shrink_to_fit();
}

asio::awaitable<void> Outgoing::write(std::string_view piece) {
  if (encoder_.is_plain() && piece.size() >= kWorthACall) {
    encoder_.count(piece.size());
    co_await transport_.write(unsent_, patience_, true);
    unsent_.clear();
    co_await transport_.write(piece, patience_);
    co_return;
  }
  while (!piece.empty()) {
    const std::string_view part = piece.substr(0, kCopied);
    piece.remove_prefix(part.size());
    put(part);
    co_await flush();
  }
}

asio::awaitable<void> Outgoing::send_file(int file, std::uint64_t offset, std::uint64_t length) {
  encoder_.count(length);
  co_await transport_.write(unsent_, patience_, length > 0);
  unsent_.clear();
  co_await transport_.send_file(file, offset, length, patience_);
}

asio::awaitable<void> Outgoing::finish(const Fields& trailers) {
  encoder_.finish(unsent_, trailers);
  co_await flush();
  unsent_ = {};  // idle connections are many
}

}  // namespace wireproof::http
