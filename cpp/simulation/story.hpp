#pragma once
// What happens to a simulated world from outside, drawn from a seed before the run begins.

#include <cstdint>
#include <string>
#include <vector>

#include "loop/time.hpp"
#include "simulation/network.hpp"
#include "simulation/shrink.hpp"

namespace wireproof::simulation {

struct Action {
  enum class Kind : std::uint8_t {
    crash,       ///< host stops without a word
    restart,     ///< host starts, unless it runs
    conditions,  ///< of the network, from now on
    partition,   ///< the hosts are split in two by `value`
    heal,        ///< the network is one again
    deed         ///< host does something of its own, to `value`
  };
  Time at{0};
  Kind kind = Kind::deed;
  Host host = 0;
  std::uint64_t value = 0;
  Conditions conditions = {};
};

/// "n3 crashes". `deed`: what a deed is called: "n1 asks 4".
std::string text_of(const Action& action, const std::string& deed = "acts on");

/// What a story is drawn from.
struct StoryShape {
  std::vector<Host> actors;   ///< hosts that do deeds
  std::uint64_t targets = 1;  ///< values of deeds: from 0 on
  std::vector<Host> mortals;  ///< hosts that crash and come back; may be none
  Time length{0};             ///< the last failure is over by then, and no deed comes later
  unsigned deeds = 0;
  unsigned failures = 0;  ///< at most
};

struct Story {
  std::uint64_t seed = 0;
  bool is_local = false;        ///< see Network
  std::vector<Action> actions;  ///< by time

  /// The same with these of its actions only.
  Story part(const Numbers& numbers) const;
  /// A line for each action: its number, its time in seconds, its text.
  std::string text(const std::string& deed = "acts on") const;
};

/// One of four stories has no failures. Loss is up to 80 %; every crash, partition and bad condition ends by the end.
Story draw_story(std::uint64_t seed, const StoryShape& shape);

/// As few of the story's actions as are found to break it still, by at most `most_runs` runs. `breaks`: whether a story
/// does; the whole does.
template <typename Breaks>
Story shrink(const Story& story, Breaks breaks, unsigned most_runs = 600) {
  unsigned runs = 0;
  const Numbers kept = shrink(
      all_numbers(story.actions.size()),
      [&](const Numbers& numbers) {
        ++runs;
        return breaks(story.part(numbers));
      },
      [&] { return runs < most_runs; });
  return story.part(kept);
}

}  // namespace wireproof::simulation
