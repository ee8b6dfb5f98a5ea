#pragma once
// What a simulated group must keep.

#include <array>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "hmtp/time.hpp"
#include "hmtp_simulation/plan.hpp"

namespace wireproof::hmtp::simulation {

enum class Invariant : std::uint8_t {
  no_cycle,        ///< the edges among attached nodes close no cycle
  child_limit,     ///< no node has more children than allowed
  one_root,        ///< the rendezvous point accepts nobody while a root that it accepted lives and is not expired
  attached_again,  ///< after the bound all live nodes are one tree, and remain so
  at_most_once,    ///< no node prints a message twice, or one that nobody sent
  exactly_once,    ///< when nothing fails, or after the bound: whoever is in the tree prints every message
  repaired,        ///< when only nodes fail: whoever was in the tree and lives prints every message of which the origin
                   ///< and the root that copied it live
  traffic          ///< a run has no more than some number of events
};
constexpr std::size_t kInvariants = 8;

std::string_view name_of(Invariant invariant);

/// Whether a run of this plan has to keep it. The extended protocol: all, but one_root only if the rendezvous point
/// does not forget, and repaired only in FaultLoad::crashes. The plain protocol is held to the same, to show where it
/// fails. Mixed groups with failures can make cycles, and are not held to what follows from that.
bool is_demanded(Invariant invariant, const Plan& plan);

struct Breach {
  Time at{0};
  std::string text;
};

/// The first breach of each.
using Breaches = std::array<std::optional<Breach>, kInvariants>;

}  // namespace wireproof::hmtp::simulation
