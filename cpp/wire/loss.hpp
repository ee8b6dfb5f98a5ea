#pragma once
// Which packets the line loses.

#include "wire/flow_table.hpp"
#include "wire/packet_random.hpp"
#include "wire/settings.hpp"

namespace wireproof::wire {

/// Decides about the next packet of a flow and moves the flow's state on. A flow starts in a state drawn from the
/// long-run distribution, so that short flows lose their share too.
///
/// Without bursts: loss with the given probability, and P(lost | last lost) = p + c (1 - p), P(lost | last arrived) =
/// p (1 - c): the share lost stays p and successive packets have correlation c (netem's own way changes the share).
/// With bursts: the loss is drawn by the present state, then the state changes, as netem does it.
bool is_lost(const LossSettings& loss, const PacketRandom& random, FlowState& flow);

}  // namespace wireproof::wire
