#pragma once
// Compares what was sent with what came back, while both are under way. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

class EchoCheck {
 public:
  void sent(std::string_view bytes);
  void received(std::string_view bytes);

  /// Nothing more will be sent.
  void sent_all() { all_sent_ = true; }

  /// Offset (from 0) of the first byte that came back wrong or that was never sent.
  std::optional<std::uint64_t> difference() const { return difference_; }

  std::uint64_t bytes_sent() const { return sent_; }
  std::uint64_t bytes_received() const { return received_; }

  /// After the end of the stream: what is wrong with the echo, in a sentence; nothing when it is exact and whole.
  std::optional<std::string> complaint() const;

 private:
  std::string expected_;  ///< sent and not yet come back, from offset done_ of this buffer
  std::size_t done_ = 0;
  std::uint64_t sent_ = 0;
  std::uint64_t received_ = 0;
  bool all_sent_ = false;
  std::optional<std::uint64_t> difference_;
};

}  // namespace wireproof
