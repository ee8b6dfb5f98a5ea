#include "http_forwarding/request_body.hpp"

#include <utility>

namespace wireproof::http_forwarding {

asio::awaitable<std::string_view> RequestBody::next() {
  if (at_ < held_.size()) {
    const std::string_view held = std::string_view(held_).substr(at_);
    at_ = held_.size();
    co_return held;
  }
  if (has_ended_) co_return std::string_view();
  const std::string_view piece = co_await client_.body();
  if (piece.empty()) has_ended_ = true;
  if (can_repeat_ && held_.size() + piece.size() <= most_) {
    held_ += piece;
    at_ = held_.size();
  } else if (!piece.empty()) {
    can_repeat_ = false;
    held_ = {};
    at_ = 0;
  }
  co_return piece;
}

}  // namespace wireproof::http_forwarding
