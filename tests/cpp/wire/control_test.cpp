#include "wire/control.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include "transcript.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;
using ::testing::HasSubstr;

TEST(Control, SetsAndTellsWhatHoldsNow) {
  VirtualLink link(R"({"both": {"rate": "1mbit"}})");
  EXPECT_EQ(
      answer_control(R"({"direction": "forward", "delay": "50ms"})", link.link(), 0ns, 1'500'000'000ns),
      R"({"event": "set", "time": 1.500000000, "forward": {"rate":"1mbit","delay":"50ms"}, "backward": {"rate":"1mbit"}})");
  EXPECT_EQ(answer_control(R"({"down": true})", link.link(), 0ns, 0ns),
            R"({"event": "set", "time": 0.000000000, "forward": {"rate":"1mbit","delay":"50ms","down":true}, )"
            R"("backward": {"rate":"1mbit","down":true}})");
}

TEST(Control, TellsCounters) {
  VirtualLink link(R"({"both": {"loss": 1}})");
  link.arrive({0ns, 100});
  const auto answer = boost::json::parse(answer_control(R"({"counters": true})", link.link(), 0ns, 0ns)).get_object();
  EXPECT_EQ(answer.at("event").as_string(), "counters");
  const auto& forward = answer.at("forward").as_object();
  EXPECT_EQ(forward.at("received").as_int64(), 1);
  EXPECT_EQ(forward.at("dropped").as_object().at("loss").as_int64(), 1);
  for (const char* key :
       {"passed", "bytes", "duplicated", "corrupted", "reordered", "marked", "queue_packets", "queue_bytes"}) {
    EXPECT_EQ(forward.at(key).as_int64(), 0) << key;
  }
  EXPECT_EQ(answer.at("backward").as_object().at("received").as_int64(), 0);
}

TEST(Control, AnswersNonsenseAndChangesNothing) {
  VirtualLink link(R"({"both": {"rate": "1mbit"}})");
  const std::pair<std::string, const char*> table[] = {
      {"", "not JSON"},
      {"nonsense", "not JSON"},
      {"[]", "not a JSON object"},
      {"{}", "nothing to set"},
      {R"({"counters": false})", "counters: false is not true"},
      {R"({"counters": true, "delay": 1})", R"(\"delay\" is no key here; possible are counters)"},
      {R"({"direction": "sideways", "delay": 1})", R"(direction: \"sideways\" is not \"forward\")"},
      {R"({"direction": "forward"})", "nothing to set"},
      {R"({"delay": "5"})", R"(forward.delay: \"5\" is not a time)"},
      {R"({"delay": 1, "seed": 5})", R"(\"seed\" is no key here)"},
      {R"({"rate": null, "trace": "x"})", "cannot read x"},
      {R"({"rate": "\u0000"})", "is not a rate"},
      {std::string(20'000, '{'), "not JSON"},
      {"\xff\xfe", "not JSON"},
  };
  for (const auto& [line, message] : table) {
    const std::string answer = answer_control(line, link.link(), 0ns, 0ns);
    EXPECT_THAT(answer, HasSubstr(R"({"event": "error", "message": ")")) << line;
    EXPECT_THAT(answer, HasSubstr(message)) << line;
    boost::json::error_code error;
    boost::json::parse(answer, error);
    EXPECT_FALSE(error) << answer;
  }
  EXPECT_EQ(link.link().configuration(Side::forward).settings(Side::forward).rate, 1e6);
}

}  // namespace
}  // namespace wireproof::wire
