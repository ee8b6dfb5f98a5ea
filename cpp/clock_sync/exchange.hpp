#pragma once
// What one question and its answer tell of the other clock (F. Cristian, Probabilistic clock synchronization, 1989).

#include <optional>

#include "loop/time.hpp"

namespace wireproof::clock_sync {

/// The four moments, as RFC 5905 (section 8) numbers them.
struct Exchange {
  Time asked{0};     ///< T1: the question left, on the client's clock
  Time received{0};  ///< T2: it reached the server, on the server's clock
  Time answered{0};  ///< T3: the answer left, on the server's clock
  Time arrived{0};   ///< T4: it reached the client, on the client's clock
};

struct Assumptions {
  Time least_delay{0};         ///< no datagram takes less, in either direction
  double most_drift = 100e-6;  ///< of the client's clock against the server's, during the exchange
};

struct Sample {
  Time at{0};          ///< T4
  Time ahead{0};       ///< of the server's clock before the client's, at T4
  Time round_trip{0};  ///< without the time that the server took
  Time bound{0};       ///< `ahead` is wrong by this at most: half the round trip, less the least delay, and the drift
};

/// Nothing of an exchange that cannot have been: one that ends before it begins, on either clock; one that takes the
/// server longer than the client; one quicker than the least delay allows; times of before 1970 or after 2200.
std::optional<Sample> sample_of(const Exchange& exchange, const Assumptions& assumptions);

}  // namespace wireproof::clock_sync
