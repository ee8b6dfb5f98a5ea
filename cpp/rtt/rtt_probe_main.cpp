// rtt-probe: round trips to a list of addresses.

#include <cmath>
#include <random>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "net/listener.hpp"
#include "rtt/report.hpp"

using namespace wireproof;
using namespace wireproof::rtt;

namespace {

/// Of which something is kept until the end.
constexpr std::uint64_t kMostProbes = 5'000'000;

struct Settings {
  std::vector<std::string> addresses;
  std::string file;
  bool udp = false;
  bool tcp = false;
  bool stream = false;
  std::uint16_t port = kPort;
  double interval = 0.2;
  double seconds = 3;
  double timeout = 2;
  std::uint64_t size = kHeader;
  std::optional<double> within;
  bool poisson = false;
  std::string json;
};

std::vector<Means> means_of(const Settings& settings) {
  std::vector<Means> means;
  if (settings.udp || (!settings.tcp && !settings.stream)) means.push_back(Means::udp);
  if (settings.tcp) means.push_back(Means::tcp);
  if (settings.stream) means.push_back(Means::stream);
  return means;
}

/// The sheet's names, where nothing else is given.
std::string file_of(const Settings& settings, Means means) {
  if (!settings.file.empty() || !settings.addresses.empty()) return settings.file;
  return means == Means::udp ? "IPsUDP.txt" : "IpsTCP.txt";
}

ExitStatus run(const Settings& settings) {
  const StopSignals signals;
  raise_descriptor_limit();
  const ReportOptions options{.prober = {.schedule = {.interval = time_of(settings.interval),
                                                      .duration = time_of(settings.seconds),
                                                      .poisson = settings.poisson},
                                         .timeout = time_of(settings.timeout),
                                         .size = settings.size},
                              .within = settings.within ? std::optional(time_of(*settings.within)) : std::nullopt};
  std::random_device entropy;
  std::vector<Findings> all;
  bool all_answered = true;
  for (const Means means : means_of(settings)) {
    const Targets targets = find_targets(settings.addresses, file_of(settings, means), settings.port);
    all_answered = all_answered && targets.unresolved == 0;
    if (targets.targets.empty()) continue;
    const double of_each = std::ceil(settings.seconds / settings.interval);
    if (of_each * static_cast<double>(targets.targets.size()) > static_cast<double>(kMostProbes)) {
      throw UsageError(fmt::format("more than {} probes: fewer --seconds, or a longer --interval", kMostProbes));
    }
    const std::uint64_t seed = static_cast<std::uint64_t>(entropy()) << 32 | entropy();
    all.push_back(probe(targets.targets, means, options.prober, seed, signals));
    write_output(text_of(all.back(), options));
    for (const Finding& finding : all.back().each) all_answered = all_answered && finding.counts.received > 0;
    if (all.back().interrupted) break;
  }
  write_output(comparison_of(all));
  if (!settings.json.empty()) write_json(json_of(all, options), settings.json);
  return all_answered ? ExitStatus::ok : ExitStatus::failed;
}

}  // namespace

int main(int argc, char** argv) {
  Settings settings;
  const auto declare = [&](CommandLine& line) {
    line.option("ADDRESS", settings.addresses,
                "names or addresses, each with :PORT behind it where that is another one")
        .words(0, 100'000);
    line.option("--list", settings.file,
                "file with addresses between semicolons (default without ADDRESS: IPsUDP.txt, and for TCP IpsTCP.txt)");
    line.flag("--udp", settings.udp, "probe by UDP datagrams, to rtt-responder or an echo service (default)");
    line.flag("--tcp", settings.tcp, "probe by TCP handshakes, to any port");
    line.flag("--stream", settings.stream,
              "probe by messages over a TCP connection, to rtt-responder or an echo service");
    line.option("--port", settings.port, "port, where an address has none").between(1, 65535).show_default();
    line.option("--interval", settings.interval, "seconds between two probes to an address, the same for all")
        .between(0.0001, 86400.0)
        .show_default();
    line.option("--segundos,--seconds", settings.seconds, "seconds for which each address is probed, the same for all")
        .between(0.0001, 864000.0)
        .show_default();
    line.flag("--poisson", settings.poisson, "exponential gaps with the interval as their mean (RFC 2330, 11.1.1)");
    line.option("--timeout", settings.timeout, "seconds after which an answer is late, and its round trip undefined")
        .between(0.0001, 3600.0)
        .show_default();
    line.option("--size", settings.size, "octets of a probe, without headers of UDP or TCP")
        .between(std::uint64_t{kHeader}, std::uint64_t{kLongest})
        .show_default();
    line.option("--within", settings.within, "also tell the share of round trips that took at most so many seconds")
        .between(0.0, 3600.0);
    line.option("--json", settings.json, "at the end, write what was found to this file, - for standard output");
  };
  return run_program(argc, argv,
                     {"rtt-probe", "Measures round trips to a list of addresses (RFC 2681), and where probes are lost.",
                      "  rtt-probe 10.0.0.2 10.0.0.3                     UDP, to an rtt-responder on each\n"
                      "  rtt-probe 10.0.0.2:7 --segundos 10              UDP, to the echo service of inetd\n"
                      "  rtt-probe --tcp --port 80 --list IpsTCP.txt     TCP handshakes, to any server\n"
                      "  rtt-probe --udp --tcp --stream 10.0.0.2         the same host by all means, compared\n"
                      "  rtt-probe --poisson --interval 0.1 --json r.json 10.0.0.2   gaps that fall in with nothing"},
                     declare, [&] { return run(settings); });
}
