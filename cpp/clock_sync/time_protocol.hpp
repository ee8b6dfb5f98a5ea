#pragma once
// What a protocol is asked for by which servers tell the time.

#include <cstdint>
#include <optional>
#include <vector>

#include "bytes/big_endian.hpp"
#include "loop/time.hpp"

namespace wireproof::clock_sync {

/// The leap indicator of RFC 5905, figure 9.
enum class Leap : std::uint8_t { none = 0, inserted = 1, deleted = 2, unsynchronised = 3 };

struct TimeAnswer {
  std::uint64_t id = 0;  ///< of the question
  Time received{0};      ///< T2
  Time answered{0};      ///< T3
  Leap leap = Leap::none;
  std::uint8_t stratum = 0;    ///< 1: it has a reference of its own, 2: it asks one of those, …; 0: none
  std::uint64_t instance = 0;  ///< of the server: another one after it was started anew; 0 where the protocol has none
  Time bound{0};               ///< of the server's own error, as it says

  bool is_synchronised() const { return leap != Leap::unsynchronised && stratum > 0 && stratum < 16; }
};

/// Both get the client's time of day: one to tell it, the other to know the century of what is told by halves.
struct TimeProtocol {
  std::vector<std::uint8_t> (*question)(std::uint64_t id, Time utc);
  /// Nothing when the bytes are no answer.
  std::optional<TimeAnswer> (*answer)(Bytes bytes, Time utc);
};

}  // namespace wireproof::clock_sync
