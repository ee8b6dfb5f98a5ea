// wire: emulates a link between two interfaces, in user space, on any Linux kernel.

#include <fmt/format.h>

#include <fstream>
#include <map>
#include <mutex>

#include "command_line/program.hpp"
#include "wire/emulation.hpp"
#include "wire/options.hpp"
#include "wire/scheduling.hpp"
#include "wire/units.hpp"

namespace {

using namespace wireproof;
using namespace wireproof::wire;

const Description kDescription{
    "wire",
    "Joins two interfaces of this network namespace by a link with the given rate, delay, loss and queue. What comes "
    "in\n"
    "on A leaves on B (forward), and the other way round (backward). Runs until SIGINT or SIGTERM.",
    "  wire A B --rate 0.7mbit --queue 20                     a slow access link that holds 20 packets\n"
    "  wire A B --delay 10ms --jitter 2ms --loss 1% --seed 7  the same packets of each flow are lost in every run\n"
    "  wire A B --rate 10mbit --queue 100ms --aqm codel       a queue of 100 ms under CoDel\n"
    "  wire A B --trace lte.trace --queue 300                 a mahimahi packet-delivery trace\n"
    "  wire A B --forward '{\"rate\":\"1mbit\"}' --backward '{\"rate\":\"10mbit\",\"delay\":\"5ms\"}'\n"
    "  wire A B --config link.json --drops drops.jsonl --counters counters.jsonl --interval 100ms\n"
    "\n"
    "Units: bit, kbit, mbit, gbit; us, ms, s; %. Rates count Ethernet frames without their checksum.\n"
    "Changes while it runs: JSON lines on standard input, e.g. {\"delay\":\"50ms\"}, "
    "{\"direction\":\"forward\",\"down\":true},\n"
    "{\"counters\":true}; each is answered by a JSON line on standard output. docs/wire.md has all keys."};

struct Options {
  std::string first;
  std::string second;
  LinkOptions link;
  EmulationOptions files;
  std::string interval = "100ms";
  bool realtime = false;
};

std::string read_file(const std::string& path, std::size_t limit) {
  std::ifstream file(path, std::ios::binary);
  std::string text;
  if (file) {
    text.resize(limit + 1);
    file.read(text.data(), static_cast<std::streamsize>(text.size()));
    text.resize(static_cast<std::size_t>(file.gcount()));
  }
  if (!file.eof() || file.bad()) {
    if (text.size() > limit) throw SettingsError(fmt::format("{}: longer than {} bytes", printable(path), limit));
    throw SettingsError(fmt::format("cannot read {}", printable(path)));
  }
  return text;
}

/// Remembers what it has read: a setting is parsed again and again, by both directions when the schedule changes it.
TraceReader make_trace_reader() {
  constexpr std::size_t kLongestTrace = std::size_t{100} << 20;
  struct Traces {
    std::mutex mutex;
    std::map<std::string, std::shared_ptr<const Trace>> read;
  };
  return [traces = std::make_shared<Traces>()](const std::string& path) {
    const std::lock_guard lock(traces->mutex);
    auto& trace = traces->read[path];
    if (trace) return trace;
    try {
      trace = std::make_shared<const Trace>(Trace::parse(read_file(path, kLongestTrace)));
    } catch (const TraceError& error) {
      throw SettingsError(fmt::format("{}: {}", printable(path), error.what()));
    }
    return trace;
  };
}

Configuration configure(const Options& options) {
  try {
    boost::json::object document;
    if (!options.link.config.empty()) {
      document = parse_object(read_file(options.link.config, Configuration::kMaxText), printable(options.link.config));
    }
    return Configuration(with_options(std::move(document), options.link), make_trace_reader());
  } catch (const SettingsError& error) {
    throw UsageError(error.what());
  }
}

ExitStatus run(const Options& options) {
  if (options.first == options.second) throw UsageError("A and B must be two interfaces");
  EmulationOptions files = options.files;
  const auto interval = parse_time(options.interval);
  if (!interval || *interval < std::chrono::milliseconds(1)) {
    throw UsageError(
        fmt::format("--interval {}: want a time of at least 1ms, such as 100ms", printable(options.interval)));
  }
  files.interval = *interval;
  Configuration configuration = configure(options);
  options.realtime ? become_realtime() : ask_for_short_slice();
  const StopSignals signals;
  Emulation emulation(options.first, options.second, std::move(configuration), files, signals);
  say("joining {} and {}", printable(options.first), printable(options.second));
  emulation.run();
  emulation.summarise();
  emulation.check_answers();
  return ExitStatus::ok;
}

void declare(CommandLine& line, Options& options) {
  LinkOptions& link = options.link;
  line.option("A", options.first, "Interface at one end").required();
  line.option("B", options.second, "Interface at the other end").required();
  line.option("--config", link.config, "JSON file; the options below come over it, in both directions");
  line.option("--rate", link.rate, "Such as 0.7mbit");
  line.option("--delay", link.delay, "Such as 10ms");
  line.option("--jitter", link.jitter, "Such as 2ms: delay ± jitter, evenly; never reorders");
  line.option("--loss", link.loss, "Share of packets, such as 1%");
  line.option("--reorder", link.reorder, "Share of packets that leave at once, undelayed");
  line.option("--duplicate", link.duplicate, "Share of packets that come twice");
  line.option("--corrupt", link.corrupt, "Share of packets with one bit flipped");
  line.option("--queue", link.queue, "What may wait for the rate: 20 (packets), 30000b (bytes) or 50ms");
  line.option("--aqm", link.discipline, "drop-tail (default), drop-head, red or codel");
  line.option("--seed", link.seed, "Of all random decisions (default 1)");
  line.option("--trace", link.trace, "Packet-delivery trace in mahimahi's format, instead of a rate");
  line.option("--forward", link.forward, "JSON object with keys for A to B, over all other options");
  line.option("--backward", link.backward, "JSON object with keys for B to A, over all other options");
  line.option("--counters", options.files.counters, "Write counters to this file, a JSON line each interval");
  line.option("--interval", options.interval, "Of --counters").show_default();
  line.flag("--realtime", options.realtime, "Go before all ordinary processes (SCHED_FIFO); for the real root only");
  line.option("--drops", options.files.drops, "Write a JSON line for each dropped packet to this file");
}

}  // namespace

int main(int argc, char** argv) {
  Options options;
  return run_program(
      argc, argv, kDescription, [&](CommandLine& line) { declare(line, options); }, [&] { return run(options); });
}
