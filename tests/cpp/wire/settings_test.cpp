// Settings as JSON: what is understood, and what each wrong wish is answered with.

#include "wire/settings_json.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transcript.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;
using ::testing::HasSubstr;

Settings parse(std::string_view json) {
  const auto value = boost::json::parse(boost::json::string_view(json.data(), json.size()));
  return parse_settings(value.get_object(), "forward",
                        [](const std::string&) { return std::make_shared<const Trace>(Trace::parse("1\n2\n")); });
}

TEST(Settings, AreALinkWithoutPropertiesByDefault) {
  const Settings settings = parse("{}");
  EXPECT_FALSE(settings.rate);
  EXPECT_EQ(settings.burst, 1514U);
  EXPECT_EQ(settings.delay.mean, 0ns);
  EXPECT_TRUE(settings.delay.keep_order);
  EXPECT_EQ(settings.loss.probability, 0);
  EXPECT_EQ(settings.queue.kind, DisciplineKind::drop_tail);
  EXPECT_FALSE(settings.down);
}

TEST(Settings, UnderstandTextsAndNumbers) {
  const Settings texts = parse(R"({"rate": "0.7mbit", "delay": "10ms", "jitter": "500us", "loss": "1%"})");
  const Settings numbers = parse(R"({"rate": 700000, "delay": 0.01, "jitter": 0.0005, "loss": 0.01})");
  for (const Settings& settings : {texts, numbers}) {
    EXPECT_EQ(settings.rate, 0.7e6);
    EXPECT_EQ(settings.delay.mean, 10ms);
    EXPECT_EQ(settings.delay.jitter, 500us);
    EXPECT_DOUBLE_EQ(settings.loss.probability, 0.01);
  }
}

TEST(Settings, UnderstandEveryKey) {
  const Settings settings = parse(R"({"rate": "1mbit", "burst": 3028, "delay": "20ms", "jitter": "2ms",
    "distribution": "table", "table": [-1, 0, 1], "correlation": "25%", "keep_order": false,
    "loss_model": {"gilbert_elliott": {"p": "1%", "r": 0.25, "h": 0.1, "k": "99%"}}, "reorder": "5%", "reorder_gap": 3,
    "duplicate": "2%", "corrupt": "0.1%", "queue": {"milliseconds": 50}, "discipline": "red",
    "red": {"min": 10, "max": 30, "probability": "20%", "weight": 0.01}, "ecn": true, "down": true})");
  EXPECT_EQ(settings.burst, 3028U);
  EXPECT_EQ(settings.delay.table->size(), 3U);
  EXPECT_FALSE(settings.delay.keep_order);
  EXPECT_DOUBLE_EQ(settings.delay.correlation, 0.25);
  EXPECT_EQ(settings.loss.bursts, (GilbertElliott{0.01, 0.25, 0.1, 0.99}));
  EXPECT_EQ(settings.reorder_gap, 3U);
  EXPECT_EQ(settings.queue.bound, (QueueBound{QueueBound::Unit::milliseconds, 50}));
  EXPECT_EQ(settings.queue.red, (RedSettings{10, 30, 0.2, 0.01}));
  EXPECT_TRUE(settings.queue.ecn);
  EXPECT_TRUE(settings.down);
  EXPECT_EQ(parse(R"({"trace": "x", "queue": {"packets": 7}, "discipline": "codel", "codel": {"target": "1ms"}})")
                .queue.codel,
            (CodelSettings{1ms, 100ms}));
}

struct Wrong {
  const char* json;
  const char* message;
};

TEST(Settings, AnswerWrongOnesWithASentence) {
  const Wrong table[] = {
      {R"({"speed": 1})", R"(forward: "speed" is no key here; possible are rate, burst, trace,)"},
      {R"({"rate": "10Mbit"})", R"(forward.rate: "10Mbit" is not a rate such as "64kbit")"},
      {R"({"rate": "fast"})", R"(forward.rate: "fast" is not a rate)"},
      {R"({"rate": -1})", "forward.rate: -1 is not between 1kbit and 1000gbit"},
      {R"({"rate": 0})", "forward.rate: 0 is not between 1kbit and 1000gbit"},
      {R"({"rate": 1e400})", "forward.rate: Infinity is not between 1kbit and 1000gbit"},
      {R"({"rate": true})", "forward.rate: true is not a rate"},
      {R"({"rate": "1mbit", "burst": 0})", "forward.burst: 0 is not a whole number from 1 to"},
      {R"({"rate": "1mbit", "burst": 1.5})", "forward.burst: 1.5E0 is not a whole number from 1 to"},
      {R"({"burst": 3000})", R"(forward.burst: needs "rate")"},
      {R"({"trace": "t", "rate": "1mbit"})", R"(forward.trace: has a rate of its own, so "rate" must be absent)"},
      {R"({"trace": 5})", "forward.trace: 5 is not a text"},
      {R"({"trace": "t", "burst": 3000})", R"(forward.burst: needs "rate")"},
      {R"({"delay": "10 ms"})", R"(forward.delay: "10 ms" is not a time such as "50us")"},
      {R"({"delay": -0.1})", "forward.delay: -1E-1 is not a time"},
      {R"({"delay": 86401})", "from 0 to a day"},
      {R"({"delay": "10"})", R"(forward.delay: "10" is not a time)"},
      {R"({"jitter": "1ms"})", R"(forward.jitter: needs "delay")"},
      {R"({"delay": "1ms", "jitter": "2ms"})", R"(forward.jitter: is more than "delay")"},
      {R"({"delay": "5ms", "jitter": "1ms", "distribution": "pareto"})",
       R"(forward.distribution: "pareto" is not "uniform", "normal" or "table")"},
      {R"({"delay": "5ms", "distribution": "normal"})", R"(forward.distribution: needs "jitter")"},
      {R"({"delay": "5ms", "jitter": "1ms", "distribution": "table"})",
       R"("table" needs "table", a list of quantiles)"},
      {R"({"delay": "5ms", "jitter": "1ms", "table": [0]})", R"(forward.table: needs "distribution": "table")"},
      {R"({"delay": "5ms", "jitter": "1ms", "distribution": "table", "table": []})", "forward.table: [] is not a list"},
      {R"({"delay": "5ms", "jitter": "1ms", "distribution": "table", "table": [1, 0]})", "quantiles must not fall"},
      {R"({"delay": "5ms", "jitter": "1ms", "distribution": "table", "table": [0, "1"]})", "entry 1 is not a number"},
      {R"({"delay": "5ms", "correlation": "10%"})", R"(forward.correlation: needs "jitter")"},
      {R"({"delay": "5ms", "keep_order": false})", R"(forward.keep_order: needs "jitter")"},
      {R"({"delay": "5ms", "jitter": "1ms", "keep_order": 0})", "forward.keep_order: 0 is not true or false"},
      {R"({"loss": "101%"})", R"(forward.loss: "101%" is not a share such as "1%" or 0.01, from 0 to 1)"},
      {R"({"loss": 1})", nullptr},
      {R"({"loss": 1.01})", "forward.loss: 1.01E0 is not a share"},
      {R"({"loss": "-1%"})", "forward.loss: \"-1%\" is not a share"},
      {R"({"loss_correlation": "5%"})", R"(forward.loss_correlation: needs "loss")"},
      {R"({"loss": 0.1, "loss_model": {"gilbert_elliott": {"p": 0.1}}})", R"(stands instead of "loss")"},
      {R"({"loss_model": {}})", R"(forward.loss_model: needs "gilbert_elliott")"},
      {R"({"loss_model": {"markov": 1}})",
       R"(forward.loss_model: "markov" is no key here; possible are gilbert_elliott)"},
      {R"({"loss_model": {"gilbert_elliott": {"r": 0.1}}})", "forward.loss_model.gilbert_elliott.p: is missing"},
      {R"({"loss_model": {"gilbert_elliott": {"p": 2}}})", "forward.loss_model.gilbert_elliott.p: 2 is not a share"},
      {R"({"loss_model": {"gilbert_elliott": {"p": 0.1, "q": 1}}})", R"("q" is no key here; possible are p, r, h, k)"},
      {R"({"reorder": "25%"})", R"(forward.reorder: needs "delay")"},
      {R"({"delay": "5ms", "reorder_gap": 5})", R"(forward.reorder_gap: needs "reorder")"},
      {R"({"delay": "5ms", "reorder": 0.1, "reorder_gap": 0})", "forward.reorder_gap: 0 is not a whole number from 1"},
      {R"({"duplicate": "2"})", R"(forward.duplicate: "2" is not a share)"},
      {R"({"corrupt": []})", "forward.corrupt: [] is not a share"},
      {R"({"queue": {"packets": 5}})", R"(forward.queue: needs "rate" or "trace": without, nothing waits)"},
      {R"({"rate": 1e6, "queue": {"packets": 0}})", "forward.queue.packets: 0 is not a whole number from 1 to 200000"},
      {R"({"rate": 1e6, "queue": {"bytes": 1e10}})", "forward.queue.bytes: 1E10 is not a whole number from 1 to"},
      {R"({"rate": 1e6, "queue": {"milliseconds": -1}})", "forward.queue.milliseconds: -1 is not a number from 0"},
      {R"({"rate": 1e6, "queue": {"packets": 5, "bytes": 5}})", "is not one bound"},
      {R"({"rate": 1e6, "queue": 5})", "forward.queue: 5 is not an object with packets, bytes, milliseconds"},
      {R"({"rate": 1e6, "queue": {"frames": 5}})", R"("frames" is no key here; possible are packets, bytes)"},
      {R"({"discipline": "codel"})", R"(forward.discipline: needs "rate" or "trace")"},
      {R"({"rate": 1e6, "discipline": "fq"})", R"("fq" is not "drop-tail", "drop-head", "red" or "codel")"},
      {R"({"rate": 1e6, "discipline": "red"})", R"(forward.discipline: "red" needs bounds)"},
      {R"({"rate": 1e6, "queue": {"packets": 9}, "discipline": "red", "red": {"min": 3}})",
       R"("min" and "max" come together)"},
      {R"({"rate": 1e6, "queue": {"packets": 9}, "discipline": "red", "red": {"min": 3, "max": 3}})",
       R"("min" must be less than "max")"},
      {R"({"rate": 1e6, "queue": {"packets": 9}, "discipline": "red", "red": {"min": 3, "max": 10}})",
       "forward.red.max: 10 is not a number from 0 to 9"},
      {R"({"rate": 1e6, "queue": {"packets": 9}, "discipline": "red", "red": {"weight": 0}})",
       "forward.red.weight: must be more than 0"},
      {R"({"rate": 1e6, "queue": {"packets": 9}, "red": {}})", R"(forward.red: needs "discipline": "red")"},
      {R"({"rate": 1e6, "codel": {}})", R"(forward.codel: needs "discipline": "codel")"},
      {R"({"rate": 1e6, "discipline": "codel", "codel": {"interval": 0}})",
       "forward.codel.interval: must be more than 0"},
      {R"({"rate": 1e6, "ecn": true})", R"(forward.ecn: needs "discipline": "red" or "codel")"},
      {R"({"trace": "t", "queue": {"milliseconds": 50}})", R"(milliseconds need "rate")"},
      {R"({"down": "yes"})", R"(forward.down: "yes" is not true or false)"},
  };
  for (const Wrong& wrong : table) {
    try {
      parse(wrong.json);
      if (wrong.message != nullptr) ADD_FAILURE() << wrong.json << " was accepted";
    } catch (const SettingsError& error) {
      EXPECT_THAT(error.what(), HasSubstr(wrong.message == nullptr ? "nothing" : wrong.message)) << wrong.json;
    }
  }
}

TEST(Settings, TakeNullForAbsent) {
  const Settings settings = parse(R"({"rate": null, "queue": null, "jitter": null, "loss": null})");
  EXPECT_FALSE(settings.rate);
}

}  // namespace
}  // namespace wireproof::wire
