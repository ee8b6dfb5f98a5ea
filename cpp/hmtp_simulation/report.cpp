#include "hmtp_simulation/report.hpp"

#include <fmt/core.h>

#include "bytes/decimal.hpp"

namespace wireproof::hmtp::simulation {

std::string command_line(const Settings& settings, std::uint64_t seed) {
  std::string text = fmt::format("--seed {}", seed);
  if (settings.fewest_nodes) text += fmt::format(" --nodes {}", make_plan(settings, seed).nodes);
  if (settings.protocol != Protocol::extended) text += fmt::format(" --extensions {}", name_of(settings.protocol));
  if (settings.faults) text += fmt::format(" --faults {}", name_of(*settings.faults));
  if (settings.keeps_state) text += fmt::format(" --rdv-state {}", *settings.keeps_state ? "keep" : "lose");
  if (settings.children_max) text += fmt::format(" --children-max {}", *settings.children_max);
  if (settings.messages) text += fmt::format(" --messages {}", *settings.messages);
  if (settings.only) text += " --only " + text_of(*settings.only);
  return text;
}

std::string description_of(const Plan& plan) {
  std::string text = fmt::format(
      "seed {}: {} nodes, at most {} children, extensions {}, faults {}, {} network, rendezvous point {} its state, "
      "nothing fails after "
      "{:.3f} s",
      plan.seed, plan.nodes, plan.children_max, name_of(plan.protocol), name_of(plan.faults),
      plan.is_local ? "local" : "wide", plan.keeps_state ? "keeps" : "loses", in_seconds(plan.calm_at));
  for (std::size_t i = 0; i < plan.actions.size(); ++i) {
    text += fmt::format("\n{:5} {:12.6f} {}", i, in_seconds(plan.actions[i].at), text_of(plan.actions[i]));
  }
  return text;
}

bool keeps_all(const Plan& plan, const Outcome& outcome) {
  for (std::size_t i = 0; i < kInvariants; ++i) {
    if (outcome.breaches[i] && is_demanded(static_cast<Invariant>(i), plan)) return false;
  }
  return true;
}

std::string outcome_text(const Plan& plan, const Outcome& outcome) {
  std::string text = fmt::format(
      "{} events, {} datagrams of which {} were lost; {} messages, {} printed, {} of {} missed; last failure at {:.3f} "
      "s, ",
      outcome.events, outcome.datagrams, outcome.lost, outcome.messages, outcome.deliveries, outcome.missed,
      outcome.owed, in_seconds(outcome.last_failure));
  text += outcome.recovery == kNever
              ? std::string("not one tree at the end")
              : fmt::format("one tree {:.3f} s later (bound {:.3f} s, height {})", in_seconds(outcome.recovery),
                            in_seconds(outcome.bound), outcome.damage.height);
  for (std::size_t i = 0; i < kInvariants; ++i) {
    const auto invariant = static_cast<Invariant>(i);
    if (!outcome.breaches[i]) continue;
    text += fmt::format("\n{} {} at {:.3f} s: {}", name_of(invariant),
                        is_demanded(invariant, plan) ? "broken" : "not kept, nor demanded here",
                        in_seconds(outcome.breaches[i]->at), outcome.breaches[i]->text);
  }
  return text;
}

std::string summary_text(const Sweep& sweep, const SweepResult& result, double taken) {
  const Sums& sums = result.sums;
  std::string text = fmt::format(
      "{} runs, seeds {} to {}, extensions {}: {} to {} nodes ({} runs up to 16, {} up to 64, {} up to 200, {} "
      "above)\n",
      sums.runs, sweep.first_seed, sweep.first_seed + sweep.runs - 1, name_of(sweep.settings.protocol),
      sums.fewest_nodes, sums.most_nodes, sums.sizes[0], sums.sizes[1], sums.sizes[2], sums.sizes[3]);
  text += fmt::format("faults: {} none, {} crashes, {} occasional, {} continual\n", sums.fault_loads[0],
                      sums.fault_loads[1], sums.fault_loads[2], sums.fault_loads[3]);
  text += fmt::format(
      "{} events, {} datagrams ({:.1f} % lost), {:.0f} hours of virtual time\n", sums.events, sums.datagrams,
      sums.datagrams == 0 ? 0 : 100 * static_cast<double>(sums.lost) / static_cast<double>(sums.datagrams),
      sums.virtual_seconds / 3600);
  text += fmt::format("{} messages, {} printed; {} of {} were missed by who lived on\n", sums.messages, sums.deliveries,
                      sums.missed, sums.owed);
  text += fmt::format("longest until one tree again: {:.3f} s (seed {}, height {})\n",
                      in_seconds(sums.longest_recovery), sums.longest_seed, sums.longest_height);
  if (sums.least_slack != kNever) {
    text += fmt::format("nearest to the bound: {:.3f} s before it (seed {})\n", in_seconds(sums.least_slack),
                        sums.least_slack_seed);
  }
  for (std::size_t i = 0; i < kInvariants; ++i) {
    text += fmt::format("  {:14} {}\n", name_of(static_cast<Invariant>(i)),
                        sums.broken[i] == 0 ? fmt::format("kept in {} runs", sums.judged[i])
                                            : fmt::format("BROKEN in {} of {} runs", sums.broken[i], sums.judged[i]));
  }
  text += fmt::format("{:.1f} s, {:.0f} runs a minute on {} threads", taken,
                      60 * static_cast<double>(sums.runs) / taken, sweep.threads);
  return text;
}

JsonObject summary_json(const Sweep& sweep, const SweepResult& result, double taken) {
  const Sums& sums = result.sums;
  JsonObject sizes;
  sizes.add("up_to_16", sums.sizes[0])
      .add("up_to_64", sums.sizes[1])
      .add("up_to_200", sums.sizes[2])
      .add("above", sums.sizes[3]);
  JsonObject fault_loads;
  for (std::size_t i = 0; i < kFaultLoads; ++i)
    fault_loads.add(name_of(static_cast<FaultLoad>(i)), sums.fault_loads[i]);
  JsonObject invariants;
  for (std::size_t i = 0; i < kInvariants; ++i) {
    JsonObject one;
    one.add("judged", sums.judged[i]).add("broken", sums.broken[i]);
    for (const Finding& finding : result.findings) {
      if (finding.invariant != static_cast<Invariant>(i)) continue;
      one.add("seed", finding.seed).add("breach", finding.breach.text);
      one.add("command", "hmtp-simulation " + command_line(sweep.settings, finding.seed) + " --trace");
    }
    invariants.add_object(name_of(static_cast<Invariant>(i)), one);
  }
  JsonObject object;
  object.add("extensions", name_of(sweep.settings.protocol))
      .add("runs", sums.runs)
      .add("first_seed", sweep.first_seed)
      .add("last_seed", sweep.first_seed + sweep.runs - 1)
      .add("fewest_nodes", std::uint64_t{sums.fewest_nodes})
      .add("most_nodes", std::uint64_t{sums.most_nodes})
      .add_object("sizes", sizes)
      .add_object("fault_loads", fault_loads)
      .add("events", sums.events)
      .add("datagrams", sums.datagrams)
      .add("lost", sums.lost)
      .add("messages", sums.messages)
      .add("printed", sums.deliveries)
      .add("owed", sums.owed)
      .add("missed", sums.missed)
      .add("virtual_seconds", sums.virtual_seconds)
      .add("longest_recovery_seconds", in_seconds(sums.longest_recovery))
      .add("longest_recovery_seed", sums.longest_seed)
      .add_object("invariants", invariants)
      .add("seconds", taken)
      .add("runs_per_minute", 60 * static_cast<double>(sums.runs) / taken)
      .add("threads", std::uint64_t{sweep.threads});
  return object;
}

std::optional<std::pair<unsigned, unsigned>> parse_sizes(std::string_view text) {
  constexpr unsigned kMost = 5000;
  if (text.empty()) return std::pair{0U, 0U};
  const auto number = [](std::string_view digits) { return parse_decimal(digits, kMost); };
  const std::size_t dash = text.find('-');
  const auto fewest = number(text.substr(0, dash));
  const auto most = dash == std::string_view::npos ? fewest : number(text.substr(dash + 1));
  if (!fewest || !most || *fewest < 1 || *most < *fewest) return std::nullopt;
  return std::pair{static_cast<unsigned>(*fewest), static_cast<unsigned>(*most)};
}

}  // namespace wireproof::hmtp::simulation
