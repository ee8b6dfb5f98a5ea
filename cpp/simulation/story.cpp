#include "simulation/story.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "random/random.hpp"

namespace wireproof::simulation {
namespace {

using Kind = Action::Kind;

Time moment(Random& random, Time from, Time to) {
  return from + std::chrono::milliseconds(
                    random.below(static_cast<std::uint64_t>((to - from) / std::chrono::milliseconds(1)) + 1));
}

unsigned percent(Random& random, std::uint64_t limit) { return static_cast<unsigned>(random.below(limit + 1)); }

/// Begins within the story, and ends by its end.
void add_failure(Story& story, const StoryShape& shape, Random& random) {
  const Time at = moment(random, Time{0}, shape.length);
  const Time until = moment(random, at, shape.length);
  const std::uint64_t share = random.below(100);
  if (share < 40 && !shape.mortals.empty()) {
    const Host host = shape.mortals[random.below(shape.mortals.size())];
    story.actions.push_back({.at = at, .kind = Kind::crash, .host = host});
    story.actions.push_back({.at = until, .kind = Kind::restart, .host = host});
  } else if (share < 55) {
    story.actions.push_back({.at = at, .kind = Kind::partition, .value = random.bits()});
    story.actions.push_back({.at = until, .kind = Kind::heal});
  } else {
    const unsigned loss = std::array{0U, 10U, 40U, 80U}[random.below(4)];
    const unsigned duplicates = percent(random, 30);
    const unsigned late = percent(random, 30);
    story.actions.push_back({.at = at, .kind = Kind::conditions, .conditions = {loss, duplicates, late}});
    story.actions.push_back({.at = until, .kind = Kind::conditions});
  }
}

}  // namespace

std::string text_of(const Action& action, const std::string& deed) {
  switch (action.kind) {
    case Kind::crash:
      return fmt::format("n{} crashes", action.host);
    case Kind::restart:
      return fmt::format("n{} starts", action.host);
    case Kind::conditions:
      return text_of(action.conditions);
    case Kind::partition:
      return "the network is split in two";
    case Kind::heal:
      return "the network is one again";
    case Kind::deed:
      return fmt::format("n{} {} {}", action.host, deed, action.value);
  }
  return "?";
}

Story Story::part(const Numbers& numbers) const {
  Story part{seed, is_local, {}};
  for (const std::size_t number : numbers) part.actions.push_back(actions.at(number));
  return part;
}

std::string Story::text(const std::string& deed) const {
  std::string text = fmt::format("seed {}, {} network\n", seed, is_local ? "local" : "wide");
  for (std::size_t i = 0; i < actions.size(); ++i) {
    text += fmt::format("{:5} {:12.6f} {}\n", i, in_seconds(actions[i].at), text_of(actions[i], deed));
  }
  return text;
}

Story draw_story(std::uint64_t seed, const StoryShape& shape) {
  Random random(mixed(seed, 0));
  Story story{seed, random.below(2) == 0, {}};
  if (random.below(4) != 0 && shape.failures > 0) {
    for (std::uint64_t left = 1 + random.below(shape.failures); left > 0; --left) add_failure(story, shape, random);
  }
  for (unsigned left = shape.deeds; left > 0; --left) {
    const Host host = shape.actors.at(random.below(shape.actors.size()));
    story.actions.push_back(
        {.at = moment(random, Time{0}, shape.length), .host = host, .value = random.below(shape.targets)});
  }
  std::stable_sort(story.actions.begin(), story.actions.end(),
                   [](const Action& left, const Action& right) { return left.at < right.at; });
  return story;
}

}  // namespace wireproof::simulation
