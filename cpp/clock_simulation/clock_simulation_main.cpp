// clock-simulation: a clock that is set over a network, in virtual time, beside the bound of its error.

#include "base/json_object.hpp"
#include "clock_simulation/story.hpp"
#include "command_line/program.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::clock_sync;

struct Settings {
  double there = 10;
  double back = 10;
  double jitter = 5;
  double drift = 50;
  double wrong = 0;
  double interval = 64;
  double length = 3600;
  double step = 10;
  unsigned samples = 8;
  std::uint64_t seed = 1;
  std::string json;
};

Time milliseconds(double count) { return time_of(count / 1000); }

/// How wrong the clock may be: as much as the last sample, what it has drifted since then, and what is left to slew.
/// The drift is what is not known of it; before it is corrected, the most that an exchange supposes too.
class Bound {
 public:
  explicit Bound(const TimeClientOptions& options) : options_(options) {}

  void ended(const Round& round) {
    if (!round.best) return;
    is_known_ = true;
    measured_ = round.best->at;
    then_ = round.best->bound;
    const bool is_corrected = round.drift && round.drift->error <= options_.most_drift_error;
    drift_ = is_corrected ? round.drift->error : options_.assumptions.most_drift;
  }
  bool is_known() const { return is_known_; }
  Time at(Time elapsed, Time left) const {
    return then_ + time_of(drift_ * in_seconds(elapsed - measured_)) + std::chrono::abs(left);
  }

 private:
  TimeClientOptions options_;
  bool is_known_ = false;
  Time measured_{0};
  Time then_{0};
  double drift_ = 0;  ///< seconds in a second
};

ExitStatus simulate(const Settings& settings) {
  const Path path{{milliseconds(settings.there), milliseconds(settings.jitter)},
                  {milliseconds(settings.back), milliseconds(settings.jitter)}};
  const TimeClientOptions options{.samples = settings.samples, .interval = time_of(settings.interval)};
  Story<TimeClient> story(settings.seed, path, options, settings.drift * 1e-6, time_of(settings.wrong));
  Bound bound(options);
  std::vector<JsonObject> points;
  std::size_t seen = 0;
  bool within = true;
  for (Time at{0}; at < time_of(settings.length);) {
    story.run(time_of(settings.step));
    at += time_of(settings.step);
    for (; seen < story.rounds().size(); ++seen) bound.ended(story.rounds()[seen].round);
    if (!bound.is_known()) continue;
    const Time most = bound.at(story.elapsed(), story.clock().left(story.elapsed()));
    within = within && std::chrono::abs(story.error()) <= most;
    points.push_back(JsonObject().add_seconds("at", at).add_seconds("error", story.error()).add_seconds("bound", most));
  }
  JsonObject report;
  report.add_array("points", points).add("rounds", std::uint64_t{seen}).add("rate", 1e6 * story.clock().rate());
  if (!settings.json.empty()) write_json(report, settings.json);
  say("{} rounds, the rate corrected by {:+.3f} millionths; the error is {} its bound", seen,
      1e6 * story.clock().rate(), within ? "within" : "beyond");
  return within ? ExitStatus::ok : ExitStatus::failed;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    const auto number = [&](const char* name, double& value, const char* what, double least, double most) {
      line.option(name, value, what).between(least, most).show_default();
    };
    number("--there", settings.there, "milliseconds that a question takes at least", 0, 10'000);
    number("--back", settings.back, "milliseconds that an answer takes at least", 0, 10'000);
    number("--jitter", settings.jitter, "milliseconds that each takes more, at most", 0, 10'000);
    number("--drift", settings.drift, "millionths that the client's clock gains by itself", -100, 100);
    number("--wrong", settings.wrong, "seconds that it is ahead at first", -1e6, 1e6);
    number("--interval", settings.interval, "seconds from one round to the next", 1, 86'400);
    number("--length", settings.length, "seconds to simulate", 1, 1e6);
    number("--step", settings.step, "seconds from one look at the clock to the next", 0.1, 86'400);
    line.option("--samples", settings.samples, "questions of a round").between(1U, 1000U).show_default();
    line.option("--seed", settings.seed, "of the jitter").show_default();
    line.option("--json", settings.json,
                "write points of time, error and bound (seconds) to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"clock-simulation", "Sets a clock by Cristian's algorithm for an hour in virtual time.",
                      "  clock-simulation --json hour.json               10 to 15 ms each way\n"
                      "  clock-simulation --there 10 --back 40           wrong by 15 ms, within its bound"},
                     declare, [&] { return simulate(settings); });
}
