// Thousands of stories of requests, and proof that wrong cores are found in them.

#include "stories.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

namespace wireproof::request::testing {
namespace {

using ::testing::HasSubstr;

constexpr std::uint64_t kStories = 4000;

TEST(Stories, OfRequestsKeepAllThatIsPromised) {
  Reached reached;
  for (std::uint64_t seed = 1; seed <= kStories; ++seed) {
    const Story story = story_of(seed);
    const auto breach = StoryRun<Requests<Host>>(story, options_of(seed), reached).breach();
    if (!breach) continue;
    const auto breaks = [](const Story& part) {
      Reached ignored;
      return StoryRun<Requests<Host>>(part, options_of(part.seed), ignored).breach().has_value();
    };
    FAIL() << *breach << "\n" << simulation::shrink(story, breaks).text("asks server");
  }
  EXPECT_GT(reached.answered, 20 * kStories);
  EXPECT_GT(reached.given_up, kStories / 2);
  EXPECT_GT(reached.repetitions, kStories);
  EXPECT_GT(reached.samples, 10 * kStories);
  EXPECT_GT(reached.crashes, kStories / 20);
  for (const AnswerKind kind : {AnswerKind::repeated, AnswerKind::late, AnswerKind::stranger, AnswerKind::unknown}) {
    EXPECT_GT(reached.kinds[kind], kStories / 20) << static_cast<int>(kind);
  }
}

TEST(Stories, WithoutFailuresNeedOneDatagramForARequest) {
  for (std::uint64_t seed = 1; seed <= 200; ++seed) {
    Story story = story_of(seed);
    std::erase_if(story.actions,
                  [](const simulation::Action& action) { return action.kind != simulation::Action::Kind::deed; });
    Reached reached;
    EXPECT_EQ(StoryRun<Requests<Host>>(story, {}, reached).breach(), std::nullopt);
    EXPECT_EQ(reached.answered, 40U);
    EXPECT_EQ(reached.repetitions, 0U);
  }
}

/// Wrong cores: each takes one thing back that the right one does.

struct TrustsAnyAddress : Requests<Host> {
  using Requests::Requests;
  Answer receive(Time now, Host from, std::uint64_t id) {
    for (const Host server : kServers) {
      const Answer answer = Requests::receive(now, server, id);
      if (answer.kind != AnswerKind::stranger) return answer;
    }
    return Requests::receive(now, from, id);
  }
};

/// Takes what comes for the answer to its last request.
struct LooksAtNoId : Requests<Host> {
  using Requests::Requests;
  std::optional<Send> ask(Time now, Host to) {
    const auto send = Requests::ask(now, to);
    if (send) last = send->id;
    return send;
  }
  Answer receive(Time now, Host from, std::uint64_t id) {
    const Answer answer = Requests::receive(now, from, last);
    return answer.kind == AnswerKind::answer ? answer : Requests::receive(now, from, id);
  }
  std::uint64_t last = 0;
};

struct NeverBacksOff : Requests<Host> {
  NeverBacksOff(RequestOptions options, std::uint64_t seed) : Requests(with_one_timeout(options), seed) {}
  static RequestOptions with_one_timeout(RequestOptions options) {
    options.timeouts.most = options.timeouts.initial;
    return options;
  }
};

struct SamplesWhatWasSentTwice : Requests<Host> {
  using Requests::Requests;
  Answer receive(Time now, Host from, std::uint64_t id) {
    Answer answer = Requests::receive(now, from, id);
    if (answer.kind == AnswerKind::answer && !answer.round_trip) answer.round_trip = 1ms;
    return answer;
  }
};

struct TakesAnAnswerTwice : Requests<Host> {
  using Requests::Requests;
  Answer receive(Time now, Host from, std::uint64_t id) {
    Answer answer = Requests::receive(now, from, id);
    if (answer.kind == AnswerKind::repeated) answer.kind = AnswerKind::answer;
    return answer;
  }
};

struct GivesUpOneTryTooEarly : Requests<Host> {
  GivesUpOneTryTooEarly(RequestOptions options, std::uint64_t seed) : Requests(with_less(options), seed) {}
  static RequestOptions with_less(RequestOptions options) {
    options.tries = std::max(options.tries - 1, 1U);
    return options;
  }
};

struct ForgetsToGiveUp : Requests<Host> {
  using Requests::Requests;
  std::vector<Action> advance(Time now) {
    auto actions = Requests::advance(now);
    std::erase_if(actions, [](const Action& action) { return std::holds_alternative<GivenUp>(action); });
    return actions;
  }
};

/// The first story of the first hundred that breaks it.
template <typename Core>
std::optional<Story> broken() {
  Reached reached;
  for (std::uint64_t seed = 1; seed <= 100; ++seed) {
    const Story story = story_of(seed);
    if (StoryRun<Core>(story, options_of(seed), reached).breach()) return story;
  }
  return std::nullopt;
}

TEST(Mutants, OfRequestsAreFound) {
  EXPECT_TRUE(broken<TrustsAnyAddress>());
  EXPECT_TRUE(broken<LooksAtNoId>());
  EXPECT_TRUE(broken<NeverBacksOff>());
  EXPECT_TRUE(broken<SamplesWhatWasSentTwice>());
  EXPECT_TRUE(broken<TakesAnAnswerTwice>());
  EXPECT_TRUE(broken<GivesUpOneTryTooEarly>());
  EXPECT_TRUE(broken<ForgetsToGiveUp>());
  EXPECT_FALSE(broken<Requests<Host>>());
}

TEST(Mutants, AreShownByAShortStory) {
  const auto found = broken<GivesUpOneTryTooEarly>();
  ASSERT_TRUE(found);
  Reached reached;
  const auto breaks = [&](const Story& story) {
    return StoryRun<GivesUpOneTryTooEarly>(story, options_of(story.seed), reached).breach().has_value();
  };
  const Story shortest = simulation::shrink(*found, breaks);
  EXPECT_TRUE(breaks(shortest));
  EXPECT_LE(shortest.actions.size(), 2U) << shortest.text("asks server");
  EXPECT_THAT(shortest.text("asks server"), HasSubstr("asks server"));
}

}  // namespace
}  // namespace wireproof::request::testing
