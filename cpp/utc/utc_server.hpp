#pragma once
// What a UTC server answers. Pure.

#include <cstdint>
#include <optional>
#include <vector>

#include "bytes/big_endian.hpp"
#include "clock_sync/quality.hpp"
#include "software_clock/software_clock.hpp"

namespace wireproof::utc {

class UtcServer {
 public:
  /// `instance`: another one each time that the server starts. The clock must outlive it.
  UtcServer(const SoftwareClock& clock, std::uint64_t instance) : clock_(clock), instance_(instance) {}

  /// The answer to a datagram that came at `arrived`, to be sent now; nothing to what is no question, so that nobody
  /// can make two servers answer each other. It is as long as the question. Times are of the clock's elapsed one.
  std::optional<std::vector<std::uint8_t>> answer(Time now, Time arrived, Bytes datagram,
                                                  const clock_sync::Quality& quality);

  std::uint64_t answered() const { return answered_; }
  std::uint64_t ignored() const { return ignored_; }

 private:
  const SoftwareClock& clock_;
  std::uint64_t instance_;
  std::uint64_t answered_ = 0;
  std::uint64_t ignored_ = 0;
};

}  // namespace wireproof::utc
