#pragma once
// Keeps a software clock right by a server that tells the time: Cristian's algorithm, round by round. Pure.

#include <cstdint>
#include <functional>
#include <optional>
#include <string_view>
#include <vector>

#include "clock_sync/exchange.hpp"
#include "clock_sync/time_protocol.hpp"
#include "net/address.hpp"
#include "request/requests.hpp"
#include "software_clock/drift_estimator.hpp"
#include "software_clock/software_clock.hpp"

namespace wireproof::clock_sync {

/// How the clock is corrected.
enum class Correction : std::uint8_t {
  automatic,  ///< step when it is wrong by more than the threshold, else slew
  step,
  slew
};

struct TimeClientOptions {
  unsigned samples = 8;                           ///< of a round, of which the one of least round trip counts
  Time spacing = std::chrono::milliseconds(50);   ///< from an answer to the next question
  std::optional<Time> interval{};                 ///< from a round's end to the next; nothing: one round
  Assumptions assumptions = {};                   ///< of each exchange
  Correction correction = Correction::automatic;  ///< how the clock is set right
  Time step_threshold = std::chrono::milliseconds(128);
  double most_drift_error = 20e-6;   ///< a rate known no better is not used
  bool takes_unsynchronised = true;  ///< also from a server that does not know the time itself
  /// Of a question.
  request::RoundTripEstimator::Options timeouts = {.least = std::chrono::milliseconds(200),
                                                   .most = std::chrono::seconds(2)};
};

/// What came of a round.
struct Round {
  unsigned asked = 0;
  unsigned answered = 0;                      ///< in time, and used
  unsigned lost = 0;                          ///< questions without an answer in time
  unsigned refused = 0;                       ///< answers of a server that is not synchronised
  unsigned impossible = 0;                    ///< answers that cannot be right (sample_of())
  std::optional<Sample> best = std::nullopt;  ///< nothing: the clock was left alone
  TimeAnswer server = {};                     ///< the answer behind it
  Time offset{0};                             ///< server's clock minus ours, at best->at
  bool stepped = false;
  std::optional<Drift> drift = std::nullopt;  ///< of the oscillator below our clock
};

/// Time in all functions is the elapsed time of the software clock.
///
/// Each datagram is a question of its own, with a random id, and is not repeated: of an answer it is always known which
/// datagram it answers, and when that left.
class TimeClient {
 public:
  struct Datagram {
    Address to;
    std::vector<std::uint8_t> bytes;
  };

  /// Begins its first round at `now`. The clock must outlive it. `ended` is told of each round, when the clock has been
  /// corrected.
  TimeClient(Time now, const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
             SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended);

  /// `arrived`: when the datagram came to this host. The kernel stamps it by a clock that may have been set meanwhile:
  /// what was before the question or after now is taken for now.
  void receive(Time now, Time arrived, const Address& from, Bytes bytes);
  /// What is due: questions to be sent.
  std::vector<Datagram> advance(Time now);
  Time next_deadline() const;

 private:
  bool is_round_over() const;
  void end_round(Time now);
  void correct(Time now);
  void announce_leap(Time now);
  /// Whether a leap second lies between the best sample and now, or very near.
  bool is_amid_leap(Time now) const;

  TimeClientOptions options_;
  TimeProtocol protocol_;
  Address server_;
  SoftwareClock& clock_;
  request::Requests<Address> requests_;
  DriftEstimator estimator_;
  std::function<void(const Round&)> ended_;
  Time asked_{0};       ///< the last question
  Time next_question_;  ///< kNever: one is outstanding, or all is done
  Round round_;
  std::optional<Time> leap_;    ///< the end of the UTC day that a leap second is announced for
  std::uint64_t instance_ = 0;  ///< of the server, as of its last answer
};

}  // namespace wireproof::clock_sync
