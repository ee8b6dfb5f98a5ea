#pragma once
// What happens in one simulated run, but for what the protocol itself does: drawn from a seed before the run begins.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "hmtp/time.hpp"
#include "hmtp_simulation/host.hpp"
#include "simulation/shrink.hpp"

namespace wireproof::hmtp::simulation {

using wireproof::simulation::Conditions;
using wireproof::simulation::Numbers;
using wireproof::simulation::parse_numbers;
using wireproof::simulation::text_of;

enum class Protocol : std::uint8_t { extended, plain, mixed };

/// What fails in a run.
enum class FaultLoad : std::uint8_t {
  none,        ///< nothing fails; datagrams are duplicated and reordered within the answer timeout
  crashes,     ///< nodes crash, leave and come back; the network loses nothing
  occasional,  ///< and loss, long delays, partitions, failures of the rendezvous point
  continual    ///< all of this all the time
};

constexpr std::size_t kFaultLoads = 4;

/// What the command line asks for. What is not given is drawn from the seed.
struct Settings {
  Protocol protocol = Protocol::extended;
  std::optional<unsigned> fewest_nodes;
  std::optional<unsigned> most_nodes;
  std::optional<FaultLoad> faults;
  std::optional<bool> keeps_state;  ///< whether the rendezvous point has a state file; never in the plain protocol
  std::optional<unsigned> children_max;
  std::optional<unsigned> messages;
  std::optional<Numbers> only;  ///< numbers of the actions that happen, ascending; the others do not
};

struct Action {
  enum class Kind : std::uint8_t {
    start,             ///< host starts, unless it runs
    crash,             ///< host stops without a word; kRendezvous: whoever is registered as the root
    leave,             ///< host stops in order
    message,           ///< a program on host, or on the next one that runs, sends a message
    rendezvous_crash,  //
    rendezvous_start,
    conditions,  ///< of the network, from now on
    partition,   ///< the hosts are split in two by `value`
    heal
  };
  Time at{0};
  Kind kind = Kind::start;
  Host host = 0;
  std::uint64_t value = 0;
  Conditions conditions = {};
};

/// All but the actions depends on seed and settings without `only`, so that a part of the actions is a smaller run of
/// the same kind.
struct Plan {
  std::uint64_t seed = 0;
  Protocol protocol = Protocol::extended;
  FaultLoad faults = FaultLoad::none;
  unsigned nodes = 0;  ///< 1 … nodes
  unsigned children_max = 3;
  bool is_local = false;  ///< short delays: the bound is nearer
  bool keeps_state = true;
  enum class Clocks : std::uint8_t { none, right, wrong } clocks = Clocks::none;
  Time calm_at{0};              ///< from here on nothing fails
  std::vector<Action> actions;  ///< by time

  bool extended(Host host) const;
  bool rendezvous_fails() const;
};

/// Sizes when none is given: 60 of 100 runs have 3 to 16 nodes, 25 have 17 to 64, 10 have 65 to 200, 5 have 201 to
/// 500.
Plan make_plan(const Settings& settings, std::uint64_t seed);

/// "3 start n7", for people.
std::string text_of(const Action& action);
std::string_view name_of(FaultLoad faults);
std::string_view name_of(Protocol protocol);

}  // namespace wireproof::hmtp::simulation
