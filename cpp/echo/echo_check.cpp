#include "echo/echo_check.hpp"

#include <fmt/core.h>

#include <algorithm>

namespace wireproof {

void EchoCheck::sent(std::string_view bytes) {
  sent_ += bytes.size();
  if (difference_) return;
  // Bytes that came back are dropped only when they are the larger half, so that each is moved once on average.
  if (done_ > expected_.size() / 2) {
    expected_.erase(0, done_);
    done_ = 0;
  }
  expected_.append(bytes);
}

void EchoCheck::received(std::string_view bytes) {
  const std::uint64_t offset = received_;
  received_ += bytes.size();
  if (difference_) return;
  const std::string_view expected = std::string_view(expected_).substr(done_);
  const auto [echo, unused] = std::mismatch(bytes.begin(), bytes.end(), expected.begin(), expected.end());
  const auto equal = static_cast<std::size_t>(echo - bytes.begin());
  done_ += equal;
  if (equal < bytes.size()) {
    difference_ = offset + equal;
    expected_.clear();
    done_ = 0;
  }
}

std::optional<std::string> EchoCheck::complaint() const {
  if (difference_ && *difference_ >= sent_) {
    return fmt::format("echo is longer than the {} bytes sent: first difference at offset {}", sent_, *difference_);
  }
  if (difference_) return fmt::format("echo differs: first difference at offset {}", *difference_);
  if (received_ < sent_) {
    return fmt::format("echo is short: {} of {} bytes came back, first difference at offset {}", received_, sent_,
                       received_);
  }
  if (!all_sent_) return fmt::format("the echo ended after {} bytes, before everything was sent", received_);
  return std::nullopt;
}

}  // namespace wireproof
