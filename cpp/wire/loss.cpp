#include "wire/loss.hpp"

namespace wireproof::wire {
namespace {

bool is_lost_in_burst(const GilbertElliott& model, const Dice& dice, FlowState& flow) {
  if (flow.packets == 0) {
    const double changes = model.p + model.r;
    flow.bad = changes > 0 && dice.happens(Dice::Purpose::first_state, model.p / changes);
  }
  const bool lost = dice.happens(Dice::Purpose::loss, flow.bad ? 1 - model.h : 1 - model.k);
  if (dice.happens(Dice::Purpose::transition, flow.bad ? model.r : model.p)) flow.bad = !flow.bad;
  return lost;
}

}  // namespace

bool is_lost(const LossSettings& loss, const Dice& dice, FlowState& flow) {
  if (loss.bursts) return is_lost_in_burst(*loss.bursts, dice, flow);
  double probability = loss.probability;
  if (loss.correlation > 0 && flow.packets > 0) {
    probability *= 1 - loss.correlation;
    if (flow.bad) probability += loss.correlation;
  }
  flow.bad = dice.happens(Dice::Purpose::loss, probability);
  return flow.bad;
}

}  // namespace wireproof::wire
