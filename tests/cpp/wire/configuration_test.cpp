#include "wire/configuration.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transcript.hpp"
#include "wire/options.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;
using ::testing::HasSubstr;

std::string error_of(std::string_view json) {
  try {
    configuration_from(json);
    return "no error";
  } catch (const SettingsError& error) {
    return error.what();
  }
}

boost::json::object object_of(const char* json) { return boost::json::parse(json).get_object(); }

TEST(Configuration, LetsADirectionGoOverBoth) {
  const auto configuration =
      configuration_from(R"({"seed": 7, "backward": {"rate": "5mbit"}, "both": {"rate": "1mbit", "delay": "10ms"}})");
  EXPECT_EQ(configuration.seed(), 7U);
  EXPECT_EQ(configuration.settings(Side::forward).rate, 1e6);
  EXPECT_EQ(configuration.settings(Side::backward).rate, 5e6);
  EXPECT_EQ(configuration.settings(Side::backward).delay.mean, 10ms);
}

TEST(Configuration, NullTakesAKeyOfBothAway) {
  const auto configuration = configuration_from(R"({"both": {"delay": "1ms"}, "forward": {"delay": null}})");
  EXPECT_EQ(configuration.settings(Side::forward).delay.mean, 0ns);
  EXPECT_EQ(configuration.settings(Side::backward).delay.mean, 1ms);
}

TEST(Configuration, LaysScheduledChangesOverWhatIsSetAndTakesThemOff) {
  auto configuration = configuration_from(R"({"both": {"rate": "2mbit"}, "schedule": [
    {"at": 30, "direction": "forward", "rate": "0.5mbit"}, {"at": 10, "until": 12, "down": true}, {"at": 11, "delay": "5ms"}]})");
  EXPECT_EQ(configuration.next_change(), 10s);
  configuration.advance();
  EXPECT_TRUE(configuration.settings(Side::backward).down);
  EXPECT_EQ(configuration.next_change(), 11s);
  configuration.advance();
  EXPECT_TRUE(configuration.settings(Side::forward).down);
  EXPECT_EQ(configuration.settings(Side::forward).delay.mean, 5ms);
  EXPECT_EQ(configuration.next_change(), 12s);
  configuration.advance();
  EXPECT_FALSE(configuration.settings(Side::forward).down);
  EXPECT_EQ(configuration.settings(Side::forward).delay.mean, 5ms);
  configuration.advance();
  EXPECT_EQ(configuration.settings(Side::forward).rate, 0.5e6);
  EXPECT_EQ(configuration.settings(Side::backward).rate, 2e6);
  EXPECT_EQ(configuration.next_change(), kNever);
}

TEST(Configuration, AnswersWrongOnesWithASentence) {
  const std::pair<const char*, const char*> table[] = {
      {R"({"sed": 1})", R"("sed" is no key here; possible are seed, both, forward, backward, schedule)"},
      {R"({"seed": -1})", "seed: -1 is not a whole number from 0"},
      {R"({"seed": 1.5})", "seed: 1.5E0 is not a whole number"},
      {R"({"both": 5})", "both: 5 is not an object"},
      {R"({"both": {"rate": "x"}})", "forward.rate: \"x\" is not a rate"},
      {R"({"backward": {"rate": "x"}})", "backward.rate: \"x\" is not a rate"},
      {R"({"schedule": {}})", "schedule: {} is not a list of at most 1000 objects"},
      {R"({"schedule": [5]})", "schedule[0]: not an object"},
      {R"({"schedule": [{"delay": 1}]})", "schedule[0].at: is missing"},
      {R"({"schedule": [{"at": -1, "delay": 1}]})", "schedule[0].at: -1 is not a time"},
      {R"({"schedule": [{"at": 1}]})", "schedule[0]: changes nothing"},
      {R"({"schedule": [{"at": 1, "until": 1, "down": true}]})", R"(schedule[0].until: must be later than "at")"},
      {R"({"schedule": [{"at": 1, "speed": 1}]})", "schedule[0].speed: is no key here"},
      {R"({"schedule": [{"at": 1, "direction": "up", "delay": 1}]})",
       R"(schedule[0].direction: "up" is not "forward", "backward" or "both")"},
      {R"({"schedule": [{"at": 1, "delay": 1}, {"at": 2, "queue": {"packets": 5}}]})",
       R"(schedule[1] at 2 s: forward.queue: needs "rate" or "trace")"},
      {R"({"forward": {"trace": "no/such.trace"}})", "forward.trace: cannot read no/such.trace"},
  };
  for (const auto& [json, message] : table) EXPECT_THAT(error_of(json), HasSubstr(message)) << json;
}

TEST(Configuration, RefusesAChangeThatAScheduledOneWouldMakeImpossible) {
  auto configuration =
      configuration_from(R"({"both": {"rate": "1mbit"}, "schedule": [{"at": 5, "queue": {"packets": 5}}]})");
  EXPECT_THROW(configuration.set(object_of(R"({"rate": null})")), SettingsError);
  EXPECT_EQ(configuration.settings(Side::forward).rate, 1e6);
  configuration.set(object_of(R"({"direction": "backward", "rate": "3mbit"})"));
  EXPECT_EQ(configuration.settings(Side::forward).rate, 1e6);
  EXPECT_EQ(configuration.settings(Side::backward).rate, 3e6);
  EXPECT_THROW(configuration.set(object_of(R"({"direction": "both"})")), SettingsError);
}

TEST(Configuration, ReadsObjectsOnly) {
  EXPECT_EQ(parse_object("{}", "x").size(), 0U);
  for (const char* text : {"", "[]", "{", "{}x", "{\"a\":1,}", "nul", "\xff"}) {
    EXPECT_THROW(parse_object(text, "link.json"), SettingsError) << text;
  }
  EXPECT_THROW(parse_object(std::string(Configuration::kMaxText + 1, ' '), ""), SettingsError);
  EXPECT_THROW(parse_object(std::string(100'000, '['), ""), SettingsError);
}

TEST(Options, GoOverTheFileInBothDirectionsAndTheirOwnOverThose) {
  LinkOptions options;
  options.rate = "2mbit";
  options.queue = "50ms";
  options.seed = "9";
  options.backward = R"({"rate": "3mbit"})";
  const auto document =
      with_options(object_of(R"({"seed": 1, "forward": {"rate": "1mbit", "delay": "1ms"}})"), options);
  const Configuration configuration(document, no_traces());
  EXPECT_EQ(configuration.seed(), 9U);
  EXPECT_EQ(configuration.settings(Side::forward).rate, 2e6);
  EXPECT_EQ(configuration.settings(Side::forward).delay.mean, 1ms);
  EXPECT_EQ(configuration.settings(Side::backward).rate, 3e6);
  EXPECT_EQ(configuration.settings(Side::backward).queue.bound, (QueueBound{QueueBound::Unit::milliseconds, 50}));
}

TEST(Options, AreNamedWhenTheyAreWrong) {
  const std::pair<std::string LinkOptions::*, std::pair<const char*, const char*>> table[] = {
      {&LinkOptions::rate, {"10", "--rate 10 is not a rate such as"}},
      {&LinkOptions::delay, {"10", "--delay 10 is not a time such as"}},
      {&LinkOptions::jitter, {"x", "--jitter x is not a time"}},
      {&LinkOptions::loss, {"200%", "--loss 200% is not a share"}},
      {&LinkOptions::reorder, {"0.1", "--reorder 0.1 is not a share"}},
      {&LinkOptions::duplicate, {"a%", "--duplicate a% is not a share"}},
      {&LinkOptions::corrupt, {"-1%", "--corrupt -1% is not a share"}},
      {&LinkOptions::queue, {"20 packets", "--queue 20 packets is not a bound such as 20 (packets), 30000b"}},
      {&LinkOptions::queue, {"-5", "--queue -5 is not a bound"}},
      {&LinkOptions::seed, {"-5", "--seed -5 is not a whole number from 0 on"}},
      {&LinkOptions::seed, {"1x", "--seed 1x is not a whole number"}},
      {&LinkOptions::forward, {"{", "--forward: not JSON"}},
      {&LinkOptions::backward, {"5", "--backward: not a JSON object"}},
  };
  for (const auto& [member, texts] : table) {
    LinkOptions options;
    options.*member = texts.first;
    try {
      with_options({}, options);
      ADD_FAILURE() << texts.first << " was accepted";
    } catch (const SettingsError& error) {
      EXPECT_THAT(error.what(), HasSubstr(texts.second));
    }
  }
}

}  // namespace
}  // namespace wireproof::wire
