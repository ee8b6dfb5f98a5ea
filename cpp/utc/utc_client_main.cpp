// utc-client: sets a clock by a utc-server, by Cristian's algorithm (docs/protocols/utc.md).

#include <time.h>

#include <array>

#include "base/json_object.hpp"
#include "clock_sync/program_clock.hpp"
#include "command_line/program.hpp"
#include "loop/host_clock.hpp"
#include "loop/signals.hpp"
#include "net/resolve.hpp"
#include "utc/utc_message.hpp"

using namespace wireproof;
using clock_sync::Round;

namespace {

struct Settings {
  clock_sync::ProgramClockOptions clock;
  clock_sync::TimeClientOptions client;
  std::string host = "127.0.0.1";
  std::uint16_t port = utc::kPort;
  std::string adjust = "auto";
  unsigned rounds = 1;
  double interval = 1;
  double least_delay = 0;
  double drift_error = 20;
  bool sets_host_clock = false;
  std::string json;
};

clock_sync::Correction correction_of(const std::string& word) {
  if (word == "step") return clock_sync::Correction::step;
  return word == "slew" ? clock_sync::Correction::slew : clock_sync::Correction::automatic;
}

/// UTC, to the nanosecond: "2026-11-30 12:00:00.000000001".
std::string text_of(Time utc) {
  const auto seconds = std::chrono::floor<std::chrono::seconds>(utc);
  const std::time_t whole = seconds.count();
  std::tm parts{};
  ::gmtime_r(&whole, &parts);
  std::array<char, 64> text{};
  const std::size_t length = std::strftime(text.data(), text.size(), "%F %T", &parts);
  return fmt::format("{}.{:09}", std::string_view(text.data(), length), (utc - seconds).count());
}

JsonObject json_of(const Round& round) {
  JsonObject object;
  object.add("asked", std::uint64_t{round.asked})
      .add("answered", std::uint64_t{round.answered})
      .add("lost", std::uint64_t{round.lost})
      .add("impossible", std::uint64_t{round.impossible});
  if (!round.best) return object;
  object.add_seconds("offset", round.offset)
      .add_seconds("bound", round.best->bound)
      .add_seconds("round_trip", round.best->round_trip)
      .add("stepped", round.stepped)
      .add("stratum", std::uint64_t{round.server.stratum})
      .add("synchronised", round.server.is_synchronised());
  if (round.drift) object.add("drift", 1e6 * round.drift->rate).add("drift_error", 1e6 * round.drift->error);
  return object;
}

class Client {
 public:
  explicit Client(const Settings& settings) : settings_(settings), clock_(settings.clock) {}

  ExitStatus run() {
    const StopSignals signals;
    const Address server = resolve(settings_.host, settings_.port).front();
    name_ = name_of(server);
    if (settings_.sets_host_clock) say("the clock of this host will be set, for all of its programs");
    clock_.loop().each_readable(signals.descriptor(), [this] { clock_.loop().stop(); });
    clock_.follow(settings_.client, utc::kUtc, server, [this](const Round& round) { ended(round); });
    clock_.loop().run();
    if (!settings_.json.empty()) {
      JsonObject report;
      report.add("server", name_).add_array("rounds", reports_);
      write_json(report, settings_.json);
    }
    if (good_ > 0) return ExitStatus::ok;
    throw Failure(fmt::format("{} did not answer in a way that can be used: the clock was left as it was", name_));
  }

 private:
  void ended(const Round& round) {
    reports_.push_back(json_of(round));
    if (round.best) {
      ++good_;
      tell(round);
      if (settings_.sets_host_clock) set_host_clock(round);
    } else {
      say("{} of {} questions to {} were answered, {} impossibly", round.answered + round.impossible, round.asked,
          name_, round.impossible);
    }
    if (reports_.size() >= settings_.rounds) clock_.loop().stop();
  }

  void tell(const Round& round) const {
    print_line(fmt::format("{} UTC", text_of(clock_.elapsed() + round.best->ahead)));
    print_line(fmt::format("offset {:+.9f} s, wrong by {:.9f} s at most (round trip {:.9f} s, the least of {}): {}{}",
                           in_seconds(round.offset), in_seconds(round.best->bound), in_seconds(round.best->round_trip),
                           round.answered, round.stepped ? "stepped" : "slewing",
                           round.server.is_synchronised() ? "" : "; the server is not synchronised"));
    if (round.drift) {
      print_line(fmt::format("drift {:+.3f} millionths, give or take {:.3f}", 1e6 * round.drift->rate,
                             1e6 * round.drift->error));
    }
  }

  void set_host_clock(const Round& round) const {
    const Time by = clock_.elapsed() + round.best->ahead - time_of_day();
    const bool steps = settings_.client.correction == clock_sync::Correction::step ||
                       (settings_.client.correction == clock_sync::Correction::automatic &&
                        std::chrono::abs(by) > settings_.client.step_threshold);
    if (steps) {
      step_host_clock(by);
    } else {
      slew_host_clock(by);
    }
    say("{} the host's clock by {:+.9f} s", steps ? "stepped" : "slews", in_seconds(by));
  }

  const Settings& settings_;
  clock_sync::ProgramClock clock_;
  std::string name_;
  std::vector<JsonObject> reports_;
  unsigned good_ = 0;
};

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("--host", settings.host, "the server's name or address").show_default();
    line.option("--port", settings.port, "its UDP port").show_default();
    line.option("--samples", settings.client.samples, "questions of a round; the one of least round trip counts")
        .between(1U, 1000U)
        .show_default();
    line.option("--rounds", settings.rounds, "how often the clock is set").between(1U, 1'000'000U).show_default();
    line.option("--interval", settings.interval, "seconds from one round to the next")
        .between(0.0, 86400.0)
        .show_default();
    line.option("--least-delay", settings.least_delay, "seconds that every datagram is known to take at least, one way")
        .between(0.0, 10.0)
        .show_default();
    line.option("--adjust", settings.adjust, "how: auto steps when the clock is wrong by more than 128 ms")
        .one_of({"auto", "step", "slew"})
        .show_default();
    line.option("--drift-error", settings.drift_error,
                "correct the drift once it is known to within so many millionths")
        .between(0.0, 500.0)
        .show_default();
    clock_sync::declare_program_clock(line, settings.clock);
    line.flag("--set-system-clock", settings.sets_host_clock,
              "set the clock of this host too, which all of its programs see (default: the program's own clock only)");
    line.option("--json", settings.json, "at the end, write all rounds to this file, - for standard output");
  };
  const auto run = [&] {
    settings.client.interval = time_of(settings.interval);
    settings.client.assumptions.least_delay = time_of(settings.least_delay);
    settings.client.most_drift_error = 1e-6 * settings.drift_error;
    settings.client.correction = correction_of(settings.adjust);
    return Client(settings).run();
  };
  return run_program(argc, argv,
                     {"utc-client", "Sets its clock by a utc-server, and tells how wrong it was and may still be.",
                      "  utc-client --host 10.0.0.2                         once\n"
                      "  utc-client --host h2 --rounds 60 --interval 60     for an hour, learning the drift\n"
                      "  utc-client --host h2 --clock-offset -3.5           begins with a wrong clock"},
                     declare, run);
}
