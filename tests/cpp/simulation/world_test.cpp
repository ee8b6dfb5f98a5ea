// The simulated world: order, timers, crash and restart.

#include "simulation/world.hpp"

#include <gmock/gmock.h>
#include <gtest/gtest.h>

#include <set>

namespace wireproof::simulation {
namespace {

using namespace std::chrono_literals;
using ::testing::ElementsAre;

/// Notes what it is called with; sets an alarm when it is told to.
struct Recorder {
  void receive(Time now, int from, std::string_view datagram) {
    seen.push_back(std::to_string(now / 1ms) + " from " + std::to_string(from) + ": " + std::string(datagram));
  }
  void advance(Time now) {
    if (alarms.empty() || *alarms.begin() > now) return;
    alarms.erase(alarms.begin());
    seen.push_back(std::to_string(now / 1ms) + " alarm");
  }
  Time next_deadline() const { return alarms.empty() ? kNever : *alarms.begin(); }

  std::vector<std::string> seen;
  std::set<Time> alarms;
};

class WorldTest : public ::testing::Test {
 protected:
  Recorder& start(int address) { return world.start(address, std::make_unique<Recorder>()); }

  std::vector<Time> delays{10ms};
  World<int, Recorder> world{[this](int, int, std::string_view) { return std::span<const Time>(delays); }};
};

TEST_F(WorldTest, DeliversCopiesAtTheirTimesInOrder) {
  const Recorder& recorder = start(1);
  delays = {20ms, 5ms};
  world.send(2, 1, "a");
  delays = {5ms};
  world.send(3, 1, "b");
  delays = {};
  world.send(3, 1, "lost");
  EXPECT_EQ(world.latest_arrival(), 20ms);
  world.run_until(1s);
  EXPECT_THAT(recorder.seen, ElementsAre("5 from 2: a", "5 from 3: b", "20 from 2: a"));
  EXPECT_EQ(world.now(), 1s);
}

TEST_F(WorldTest, WakesAProcessAtItsDeadlineOnce) {
  Recorder& recorder = start(1);
  world.call(1, [](Recorder& process) { process.alarms = {30ms, 50ms}; });
  world.at(10ms, [&] { world.call(1, [](Recorder& process) { process.alarms.insert(20ms); }); });
  world.run_until(1s);
  EXPECT_THAT(recorder.seen, ElementsAre("20 alarm", "30 alarm", "50 alarm"));
}

TEST_F(WorldTest, ACrashLosesTimersAndADatagramOnItsWayMeetsTheSuccessor) {
  start(1);
  world.call(1, [](Recorder& process) { process.alarms = {15ms}; });
  world.send(2, 1, "before");
  world.at(5ms, [&] { world.stop(1); });
  world.at(7ms, [&] { start(1); });
  world.run_until(1s);
  EXPECT_THAT(world.find(1)->seen, ElementsAre("10 from 2: before"));
  world.stop(1);
  EXPECT_EQ(world.find(1), nullptr);
}

TEST(WorldWatch, IsToldOfArrivalsLossesAndCalls) {
  std::vector<std::string> told;
  bool lossy = false;
  const std::vector<Time> delay{1ms};
  World<int, Recorder>::Watch watch;
  watch.arrival = [&](int from, int to, std::string_view datagram, bool there) {
    told.push_back(std::to_string(from) + ">" + std::to_string(to) + " " + std::string(datagram) +
                   (there ? "" : " nobody"));
  };
  watch.loss = [&](int, int to, std::string_view) { told.push_back("lost to " + std::to_string(to)); };
  watch.call = [&](int address, Recorder&) { told.push_back("called " + std::to_string(address)); };
  World<int, Recorder> world(
      [&](int, int, std::string_view) { return lossy ? std::span<const Time>() : std::span<const Time>(delay); },
      watch);
  world.start(1, std::make_unique<Recorder>());
  world.send(2, 1, "x");
  world.send(1, 2, "y");
  lossy = true;
  world.send(2, 1, "z");
  world.run_until(1s);
  EXPECT_THAT(told, ElementsAre("lost to 1", "2>1 x", "called 1", "1>2 y nobody"));
}

}  // namespace
}  // namespace wireproof::simulation
