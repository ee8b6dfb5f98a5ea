#include "wire/loss.hpp"

namespace wireproof::wire {
namespace {

bool is_lost_in_burst(const GilbertElliott& model, const PacketRandom& random, FlowState& flow) {
  if (flow.packets == 0) {
    const double changes = model.p + model.r;
    flow.bad = changes > 0 && random.happens(PacketRandom::Purpose::first_state, model.p / changes);
  }
  const bool lost = random.happens(PacketRandom::Purpose::loss, flow.bad ? 1 - model.h : 1 - model.k);
  if (random.happens(PacketRandom::Purpose::transition, flow.bad ? model.r : model.p)) flow.bad = !flow.bad;
  return lost;
}

}  // namespace

bool is_lost(const LossSettings& loss, const PacketRandom& random, FlowState& flow) {
  if (loss.bursts) return is_lost_in_burst(*loss.bursts, random, flow);
  double probability = loss.probability;
  if (loss.correlation > 0 && flow.packets > 0) {
    probability *= 1 - loss.correlation;
    if (flow.bad) probability += loss.correlation;
  }
  flow.bad = random.happens(PacketRandom::Purpose::loss, probability);
  return flow.bad;
}

}  // namespace wireproof::wire
