// hmtp-simulation: whole groups of the HMTP variant in virtual time, judged at every event.

#include <fmt/core.h>
#include <unistd.h>

#include <chrono>
#include <thread>

#include "base/json_object.hpp"
#include "command_line/program.hpp"
#include "hmtp_simulation/report.hpp"
#include "hmtp_simulation/shrink.hpp"
#include "hmtp_simulation/sweep.hpp"
#include "loop/signals.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::hmtp::simulation;

constexpr std::size_t kMostLines = 200;  ///< of a trace that nobody asked for

struct Arguments {
  std::uint64_t seed = 1;
  std::uint64_t runs = 1;
  std::string nodes;
  std::string extensions = "on";
  std::string faults = "any";
  std::string state = "any";
  unsigned children = 0;
  unsigned messages = 0;
  std::string only;
  bool trace = false;
  bool keep_going = false;
  bool no_shrink = false;
  unsigned threads = std::max(1U, std::thread::hardware_concurrency());
  std::string json;
  bool quiet = false;
};

/// Shows which run is under way when somebody looks, and ends on SIGINT and SIGTERM.
class Watcher {
 public:
  Watcher(std::uint64_t runs, bool quiet) : runs_(runs), shows_(!quiet && ::isatty(STDERR_FILENO) == 1) {}

  bool operator()(std::uint64_t done) {
    if (shows_ && runs_ > 1) fmt::print(stderr, "\r{} of {} runs ", done, runs_);
    stopped_ = stopped_ || signals_.arrived();
    return !stopped_;
  }
  void finish() const {
    if (shows_ && runs_ > 1) fmt::print(stderr, "\r\033[K");
  }
  bool stopped() const { return stopped_; }

 private:
  const std::uint64_t runs_;
  const bool shows_;
  bool stopped_ = false;
  StopSignals signals_;
};

Settings settings_of(const Arguments& arguments, bool has_children, bool has_messages) {
  Settings settings;
  const auto range = parse_sizes(arguments.nodes);
  if (!range) throw UsageError("--nodes: not a number from 1 to 5000, nor two of them: " + arguments.nodes);
  if (!arguments.nodes.empty()) {
    settings.fewest_nodes = range->first;
    settings.most_nodes = range->second;
  }
  settings.protocol = arguments.extensions == "on"    ? Protocol::extended
                      : arguments.extensions == "off" ? Protocol::plain
                                                      : Protocol::mixed;
  for (const FaultLoad faults : {FaultLoad::none, FaultLoad::crashes, FaultLoad::occasional, FaultLoad::continual}) {
    if (arguments.faults == name_of(faults)) settings.faults = faults;
  }
  if (arguments.state != "any") settings.keeps_state = arguments.state == "keep";
  if (has_children) settings.children_max = arguments.children;
  if (has_messages) settings.messages = arguments.messages;
  if (!arguments.only.empty()) {
    settings.only = parse_numbers(arguments.only);
    if (!settings.only) throw UsageError("--only: not ascending numbers such as 0-4,7: " + arguments.only);
  }
  return settings;
}

/// Prints what was broken, and the way to it in a run as small as can be found.
void explain(const Finding& finding, Settings settings, bool shrinks) {
  print_line(fmt::format("\n{} broken by seed {} at {:.3f} s: {}", name_of(finding.invariant), finding.seed,
                         std::chrono::duration<double>(finding.breach.at).count(), finding.breach.text));
  print_line("  hmtp-simulation " + command_line(settings, finding.seed) + " --trace");
  if (!shrinks) return;
  const std::size_t before = settings.only ? settings.only->size() : make_plan(settings, finding.seed).actions.size();
  settings.only = shrink(settings, finding.seed, finding.invariant);
  const Plan plan = make_plan(settings, finding.seed);
  print_line(fmt::format("smaller, {} of {} actions:\n  hmtp-simulation {} --trace", settings.only->size(), before,
                         command_line(settings, finding.seed)));
  for (const std::string& line : trace_until(plan, finding.invariant, kMostLines)) print_line(line);
}

ExitStatus run(const Arguments& arguments, const Settings& settings) {
  if (arguments.trace) {
    if (arguments.runs > 1) throw UsageError("--trace shows one run, and --runs asks for more");
    const Plan plan = make_plan(settings, arguments.seed);
    print_line(description_of(plan));
    Simulation simulation(plan, {}, [](const std::string& line) { print_line(line); });
    const Outcome outcome = simulation.run();
    print_line(outcome_text(plan, outcome));
    return keeps_all(plan, outcome) ? ExitStatus::ok : ExitStatus::failed;
  }
  const Sweep sweep{settings, arguments.seed, arguments.runs, arguments.threads, arguments.keep_going};
  Watcher watcher(arguments.runs, arguments.quiet);
  const auto start = std::chrono::steady_clock::now();
  const SweepResult result = run_sweep(sweep, [&](std::uint64_t done) { return watcher(done); });
  const double taken = std::chrono::duration<double>(std::chrono::steady_clock::now() - start).count();
  watcher.finish();
  if (!arguments.quiet) print_line(summary_text(sweep, result, taken));
  if (!arguments.json.empty()) write_json(summary_json(sweep, result, taken), arguments.json);
  for (const Finding& finding : result.findings) explain(finding, settings, !arguments.no_shrink);
  if (watcher.stopped()) throw Failure("stopped by a signal before all runs were done");
  return result.findings.empty() ? ExitStatus::ok : ExitStatus::failed;
}

}  // namespace

int main(int argc, char** argv) {
  Arguments arguments;
  Option children;
  Option messages;
  const auto declare = [&](CommandLine& line) {
    line.option("--seed", arguments.seed, "of the run, or of the first one").show_default();
    line.option("--runs", arguments.runs, "runs, of one seed after the other")
        .between(std::uint64_t{1}, std::uint64_t{1'000'000'000})
        .show_default();
    line.option("--nodes", arguments.nodes, "M or M-N (default: 3 to 500, most of them small)");
    line.option("--extensions", arguments.extensions, "on; off: the sheet's protocol; mixed: half of the nodes each")
        .one_of({"on", "off", "mixed"})
        .show_default();
    line.option("--faults", arguments.faults,
                "none: nothing fails; crashes: nodes do; occasional: network and rendezvous point, too; continual: all "
                "the time")
        .one_of({"none", "crashes", "occasional", "continual", "any"})
        .show_default();
    line.option("--rdv-state", arguments.state, "whether the rendezvous point has a state file")
        .one_of({"keep", "lose", "any"})
        .show_default();
    children = line.option("--children-max", arguments.children, "most children (default: 2 or 3)").between(1, 64);
    messages =
        line.option("--messages", arguments.messages, "messages during the run (default: 3 to 17)").between(0, 10'000);
    line.option("--only", arguments.only, "only these actions of the run, as 0-4,7: a smaller run");
    line.flag("--trace", arguments.trace, "show every event of one run");
    line.flag("--keep-going", arguments.keep_going, "after a breach; count them all");
    line.flag("--no-shrink", arguments.no_shrink, "do not look for a smaller run with the same breach");
    line.option("--threads", arguments.threads, "runs at the same time").between(1, 256);
    line.option("--json", arguments.json, "write the summary to this file, - for standard output");
    line.flag("--quiet", arguments.quiet, "no summary for people, no progress");
  };
  return run_program(argc, argv,
                     {"hmtp-simulation",
                      "Runs whole groups of rdv-point and mcast-node in virtual time, and judges them at every event.",
                      "  hmtp-simulation --runs 10000                    seeds 1 to 10000\n"
                      "  hmtp-simulation --seed 7 --trace                one run, every event\n"
                      "  hmtp-simulation --runs 1000 --extensions off    where the sheet's protocol fails\n"
                      "  hmtp-simulation --runs 100 --nodes 500          large groups"},
                     declare,
                     [&] { return run(arguments, settings_of(arguments, children.given(), messages.given())); });
}
