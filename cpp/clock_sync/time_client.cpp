#include "clock_sync/time_client.hpp"

#include <algorithm>
#include <cmath>
#include <utility>

namespace wireproof::clock_sync {
namespace {

/// Questions of a round, for each sample that is wanted: what is lost is asked again, and an end there must be.
constexpr unsigned kQuestionsPerSample = 2;
/// Questions without any answer, after which nobody is thought to be there.
constexpr unsigned kTries = 4;

constexpr Time kDay = std::chrono::hours(24);
/// Of a leap second: what is measured so near to it may be of before on one clock and of after on the other.
constexpr Time kVicinity = std::chrono::seconds(2);

}  // namespace

TimeClient::TimeClient(Time now, const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
                       SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
    : options_(options),
      protocol_(protocol),
      server_(server),
      clock_(clock),
      requests_({.tries = 1, .timeouts = options.timeouts, .most_remembered = 64, .most_peers = 1}, seed),
      ended_(std::move(ended)),
      next_question_(now) {}

Time TimeClient::next_deadline() const { return std::min(next_question_, requests_.next_deadline()); }

std::vector<TimeClient::Datagram> TimeClient::advance(Time now) {
  if (!requests_.advance(now).empty()) {  // given up
    ++round_.lost;
    next_question_ = now;
  }
  if (next_question_ > now) return {};
  if (is_round_over()) {
    end_round(now);
    return {};
  }
  const auto question = requests_.ask(now, server_);
  asked_ = now;
  next_question_ = kNever;
  ++round_.asked;
  return {{server_, protocol_.question(question->id, clock_.utc(now))}};
}

void TimeClient::receive(Time now, Time arrived, const Address& from, Bytes bytes) {
  const auto answer = protocol_.answer(bytes, clock_.utc(now));
  if (!answer) return;
  if (arrived < asked_ || arrived > now) arrived = now;
  const request::Answer kind = requests_.receive(arrived, from, answer->id);
  if (kind.kind != request::AnswerKind::answer) return;
  next_question_ = now + options_.spacing;
  if (!options_.takes_unsynchronised && !answer->is_synchronised()) {
    ++round_.refused;
    return;
  }
  const auto sample =
      sample_of({arrived - *kind.round_trip, answer->received, answer->answered, arrived}, options_.assumptions);
  if (!sample) {
    ++round_.impossible;
    return;
  }
  ++round_.answered;
  if (std::exchange(instance_, answer->instance) != answer->instance) {
    // Started anew, it may have another time: what the one before said does not count any more.
    round_.best.reset();
    estimator_.forget();
  }
  if (round_.best && round_.best->round_trip <= sample->round_trip) return;
  round_.best = sample;
  round_.server = *answer;
  round_.offset = sample->at + sample->ahead - clock_.utc(sample->at);
}

bool TimeClient::is_round_over() const {
  return round_.answered >= options_.samples || round_.asked >= kQuestionsPerSample * options_.samples ||
         (round_.lost == round_.asked && round_.lost >= kTries);
}

void TimeClient::end_round(Time now) {
  if (round_.best && is_amid_leap(now)) round_.best.reset();
  if (round_.best) correct(now);
  next_question_ = options_.interval ? now + *options_.interval : kNever;
  ended_(std::exchange(round_, {}));
}

bool TimeClient::is_amid_leap(Time now) const {
  if (!leap_) return false;
  const Time ahead = round_.best->ahead;
  return round_.best->at + ahead < *leap_ + kVicinity && now + ahead > *leap_ - kVicinity;
}

void TimeClient::correct(Time now) {
  const Sample& best = *round_.best;
  if (leap_ && best.at + best.ahead >= *leap_) {
    // UTC has been set against the oscillator by a second: no line goes through both sides.
    estimator_.forget();
    leap_.reset();
  }
  estimator_.add(best.at, best.ahead, best.bound);
  round_.drift = estimator_.drift();
  if (round_.drift && round_.drift->error <= options_.most_drift_error) clock_.set_rate(now, round_.drift->rate);
  announce_leap(now);
  // The sample is of a moment ago; since then a slew may have gone on.
  const auto age = static_cast<double>((now - best.at).count());
  const Time reference = now + best.ahead + Time(std::llround(age * clock_.rate()));
  const Time correction = reference - clock_.utc(now);
  round_.stepped = options_.correction == Correction::step || (options_.correction == Correction::automatic &&
                                                               std::chrono::abs(correction) > options_.step_threshold);
  if (round_.stepped) {
    clock_.step(now, correction);
  } else {
    clock_.slew(now, correction);
  }
}

void TimeClient::announce_leap(Time now) {
  const Leap leap = round_.server.leap;
  leap_.reset();
  if (leap != Leap::inserted && leap != Leap::deleted) return clock_.announce(now, std::nullopt);
  const Time reference = now + round_.best->ahead;
  leap_ = (reference / kDay + 1) * kDay;
  clock_.announce(now,
                  LeapSecond{*leap_, leap == Leap::inserted ? LeapSecond::Kind::inserted : LeapSecond::Kind::deleted});
}

}  // namespace wireproof::clock_sync
