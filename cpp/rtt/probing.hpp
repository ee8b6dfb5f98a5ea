#pragma once
// One run: all addresses, over one transport.

#include <cstdint>
#include <string>
#include <string_view>
#include <vector>

#include "loop/signals.hpp"
#include "rtt/prober.hpp"
#include "rtt/statistics.hpp"
#include "rtt/targets.hpp"

namespace wireproof::rtt {

enum class Means {
  udp,     ///< datagrams, to a responder or an echo service
  tcp,     ///< handshakes, to any port
  stream,  ///< messages over a TCP connection, to a responder or an echo service
};

/// "udp", "tcp", "tcp stream".
std::string_view name_of(Means means);

/// What came of the probes to one address.
struct Finding {
  Target target;
  Record::Counts counts;
  Losses losses;
  Statistics round_trips;          ///< by the kernel's stamps, where there are
  Statistics program_round_trips;  ///< by the program's
  Statistics own;                  ///< the responder's own times
  Time latest{0};                  ///< the longest of the late ones
  std::string complaint;           ///< what the system said last, if anything
};

struct Findings {
  Means means = Means::udp;
  std::vector<Finding> each;
  Prober::Strangers strangers;
  std::uint64_t missed = 0;     ///< probes that were not sent because the program was not run in time
  std::uint64_t malformed = 0;  ///< what came and is no message
  std::uint64_t dropped = 0;    ///< what this host dropped for want of room: the network has not lost it
  bool interrupted = false;
};

/// Until all is answered or given up, or until a signal. Throws Failure.
Findings probe(const std::vector<Target>& targets, Means means, const ProberOptions& options, std::uint64_t seed,
               const StopSignals& signals);

}  // namespace wireproof::rtt
