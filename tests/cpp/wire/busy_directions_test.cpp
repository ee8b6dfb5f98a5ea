// Both directions of a running wire at once, while it is told other settings.

#include <array>
#include <random>
#include <set>
#include <thread>

#include "running_wire.hpp"
#include "transcript.hpp"

namespace wireproof::wire::testing {
namespace {

constexpr std::uint64_t kRounds = 12;
constexpr std::uint64_t kFrames = 600;  ///< of a round, each way; fewer than the receive ring holds

using Places = std::set<std::int64_t>;

/// The packets that the seed loses, computed without the program.
std::array<Places, 2> lost_by_seed() {
  VirtualLink link(R"({"seed": 9, "both": {"loss": "3%"}})");
  std::array<Places, 2> lost;
  for (const Side side : kSides) {
    for (std::uint64_t i = 0; i < kRounds * kFrames; ++i) link.arrive({nanoseconds(i), 100, 5000, side});
    for (const Drop& drop : link.transcript(side).dropped) {
      lost[static_cast<std::size_t>(side)].insert(static_cast<std::int64_t>(drop.index));
    }
  }
  return lost;
}

/// Those of a cause, by direction.
std::array<Places, 2> told_in(const ScratchFile& drops, std::string_view cause) {
  std::array<Places, 2> told;
  for (const std::string& line : drops.lines()) {
    const auto drop = boost::json::parse(line).get_object();
    if (drop.at("cause").as_string() != cause) continue;
    told[drop.at("direction").as_string() == "forward" ? 0 : 1].insert(drop.at("index").as_int64());
  }
  return told;
}

/// Received + duplicated = passed + dropped + queued + in flight.
void expect_conserved(const boost::json::object& counters) {
  for (const Side side : kSides) {
    const auto& one = counters.at(name_of(side)).as_object();
    const auto of = [&](const char* name) { return one.at(name).as_int64(); };
    std::int64_t gone = of("passed") + of("queue_packets") + of("flying_packets");
    for (const auto& [cause, count] : one.at("dropped").as_object()) gone += cause == "kernel" ? 0 : count.as_int64();
    EXPECT_EQ(of("received") + of("duplicated"), gone) << name_of(side) << " in " << counters;
  }
}

class BusyDirections : public WireProgram {
 protected:
  boost::json::object counters() {
    input_.write("{\"counters\": true}\n");
    return answer("counters", asked_++).value();
  }

 private:
  std::size_t asked_ = 0;
};

/// Sends its share of a round, and only that.
void send_round(const FrameSocket& socket, std::uint64_t round) {
  for (std::uint64_t i = 0; i < kFrames; ++i) socket.send(numbered(round * kFrames + i, 100));
}

TEST_F(BusyDirections, LoseWhatTheSeedSaysWhileSettingsChangeAndAccountForEveryPacket) {
  static constexpr const char* kChanges[] = {
      R"({"delay": "3ms"})",
      R"({"delay": "1ms", "jitter": "500us"})",
      R"({"direction": "forward", "rate": "200mbit", "queue": {"packets": 5000}})",
      R"({"direction": "backward", "duplicate": "5%"})",
      R"({"lose": [{"protocol": "udp", "first": 3}]})",
      R"({"rate": null, "queue": null, "jitter": null, "duplicate": null, "lose": null})",
  };
  const ScratchFile drops;
  const ScratchFile counted;
  RunningProgram& wire = start({"--loss", "3%", "--seed", "9", "--delay", "1ms", "--drops", drops.path(), "--counters",
                                counted.path(), "--interval", "1ms"});
  std::mt19937 random(1);
  for (std::uint64_t round = 0; round < kRounds; ++round) {
    std::thread leftwards([&] { send_round(*right_, round); });
    std::thread rightwards([&] { send_round(*left_, round); });
    for (int i = 0; i < 10; ++i) {
      input_.write(std::string(kChanges[random() % std::size(kChanges)]) + "\n");
      expect_conserved(counters());
    }
    leftwards.join();
    rightwards.join();
    const auto all_came = [&, want = static_cast<std::int64_t>((round + 1) * kFrames)] {
      const auto now = counters();
      return now.at("forward").at("received").as_int64() == want &&
             now.at("backward").at("received").as_int64() == want;
    };
    ASSERT_TRUE(eventually(all_came));
  }
  ASSERT_TRUE(eventually([&] {
    const auto now = counters();
    return now.at("forward").at("flying_packets").as_int64() == 0 &&
           now.at("backward").at("flying_packets").as_int64() == 0;
  }));
  wire.signal(SIGTERM);
  EXPECT_EQ(wire.exit_status(), 0) << wire.errors();
  EXPECT_EQ(wire.output().find("\"error\""), std::string::npos);
  for (const std::string& line : counted.lines()) expect_conserved(boost::json::parse(line).get_object());

  const auto expected = lost_by_seed();
  const auto by_chance = told_in(drops, "loss");
  const auto by_rule = told_in(drops, "rule");
  for (const Side side : kSides) {
    const auto place = static_cast<std::size_t>(side);
    // A rule may have been first with one of them.
    Places either = by_chance[place];
    for (const std::int64_t index : by_rule[place]) {
      if (expected[place].contains(index)) either.insert(index);
    }
    EXPECT_EQ(either, expected[place]) << name_of(side);
    EXPECT_GT(expected[place].size(), 100U);
  }
}

TEST_F(BusyDirections, ChangeByScheduleEachAtItsTime) {
  const ScratchFile config(R"({"both": {"delay": "1ms"}, "schedule": [
    {"at": 0.02, "until": 0.3, "delay": "2ms"}, {"at": 0.05, "direction": "forward", "jitter": "1ms"},
    {"at": 0.1, "until": 0.2, "direction": "backward", "rate": "500mbit", "queue": {"packets": 5000}}]})");
  RunningProgram& wire = start({"--config", config.path()});
  std::thread leftwards([&] { send_round(*right_, 0); });
  std::thread rightwards([&] { send_round(*left_, 0); });
  leftwards.join();
  rightwards.join();
  EXPECT_TRUE(eventually([&] {
    const auto now = counters();
    expect_conserved(now);
    return now.at("forward").at("passed").as_int64() == static_cast<std::int64_t>(kFrames) &&
           now.at("backward").at("passed").as_int64() == static_cast<std::int64_t>(kFrames);
  }));
  // Past the last of the changes, whose settings are parsed in both threads.
  std::size_t asked = 0;
  EXPECT_TRUE(eventually([&] {
    input_.write("{\"delay\": \"1ms\"}\n");
    return answer("set", asked++).value().at("forward").as_object().size() == 2;
  }));
  wire.signal(SIGTERM);
  EXPECT_EQ(wire.exit_status(), 0) << wire.errors();
}

}  // namespace
}  // namespace wireproof::wire::testing
