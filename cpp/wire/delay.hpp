#pragma once
// How long each packet is under way.

#include "wire/flow_table.hpp"
#include "wire/packet_random.hpp"
#include "wire/settings.hpp"

namespace wireproof::wire {

/// The next packet's place in the distribution, as a standard normal, and moves the flow's state on. Successive
/// packets follow a first-order autoregression of normals, which leaves every distribution as it is: the correlation is
/// that of the delays for `normal` and `uniform`, and that of their ranks for `table`.
double draw_place(const DelaySettings& delay, const PacketRandom& random, FlowState& flow);

/// The delay of a packet at that place; never negative.
nanoseconds delay_at(const DelaySettings& delay, double place);

/// The least it can be.
nanoseconds least_delay(const DelaySettings& delay);

}  // namespace wireproof::wire
