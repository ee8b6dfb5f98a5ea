// Wrong nodes, a wrong rendezvous point: each is found by the invariant it breaks.

#include "runs.hpp"

namespace wireproof::hmtp::simulation::testing {
namespace {

constexpr std::uint64_t kSeeds = 40;

/// Runs of `settings` in which the invariant is demanded and broken.
unsigned count_broken(const Settings& settings, Invariant invariant, const Tampering& tampering) {
  unsigned broken = 0;
  for (std::uint64_t seed = 1; seed <= kSeeds; ++seed) {
    const Plan plan = make_plan(settings, seed);
    broken += is_demanded(invariant, plan) && Simulation(plan, tampering).run().broken(invariant);
  }
  return broken;
}

Settings without_faults(unsigned fewest = 6, unsigned most = 12) {
  Settings settings = small_groups(Protocol::extended, fewest, most);
  settings.faults = FaultLoad::none;
  return settings;
}

Type type_of(const std::string& datagram) { return parse_message(datagram).type; }

TEST(TamperingTest, ANodeWithoutAChildLimitIsFound) {
  Tampering tampering;
  tampering.options = [](Host, NodeOptions& options) { options.children_max = 64; };
  EXPECT_EQ(count_broken(without_faults(), Invariant::child_limit, tampering), kSeeds);
}

TEST(TamperingTest, ANodeThatPrintsTwiceIsFound) {
  Tampering tampering;
  tampering.prints = [](Host host) { return host == 2 ? 2U : 1U; };
  EXPECT_EQ(count_broken(without_faults(), Invariant::at_most_once, tampering), kSeeds);
}

TEST(TamperingTest, ANodeThatPrintsNothingIsFound) {
  Tampering tampering;
  tampering.prints = [](Host host) { return host == 2 ? 0U : 1U; };
  EXPECT_EQ(count_broken(without_faults(), Invariant::exactly_once, tampering), kSeeds);
}

TEST(TamperingTest, ANodeThatChangesAMessageIsFound) {
  Tampering tampering;
  tampering.send = [](Host, Host, std::string& datagram) {
    if (type_of(datagram) == Type::data) datagram += '0';
    return true;
  };
  EXPECT_EQ(count_broken(without_faults(), Invariant::at_most_once, tampering), kSeeds);
}

TEST(TamperingTest, NodesThatForgetToCopyToOneChildAreFound) {
  Tampering tampering;
  // Host 3 gets nothing from anybody.
  tampering.send = [](Host, Host to, std::string& datagram) { return to != 3 || type_of(datagram) != Type::data; };
  EXPECT_GT(count_broken(without_faults(), Invariant::exactly_once, tampering), kSeeds / 2);
}

TEST(TamperingTest, ANodeThatDoesNotRefreshItsPlaceIsFound) {
  Tampering tampering;
  tampering.options = [](Host host, NodeOptions& options) {
    if (host % 2 == 0) options.refresh = seconds(100'000);
  };
  EXPECT_GT(count_broken(without_faults(), Invariant::attached_again, tampering), kSeeds / 2);
}

TEST(TamperingTest, ARendezvousPointThatTakesEveryRootIsFound) {
  Tampering tampering;
  tampering.send = [](Host from, Host, std::string& datagram) {
    if (from == kRendezvous && type_of(datagram) == Type::nreg) datagram = "YREG\n";
    return true;
  };
  EXPECT_GT(count_broken(without_faults(), Invariant::one_root, tampering), 0U);
}

TEST(TamperingTest, NodesThatDoNotAskForWhatTheyMissedAreFound) {
  Tampering tampering;
  tampering.send = [](Host, Host, std::string& datagram) { return type_of(datagram) != Type::miss; };
  Settings settings = small_groups(Protocol::extended, 6, 16);
  settings.faults = FaultLoad::crashes;
  EXPECT_GT(count_broken(settings, Invariant::repaired, tampering), 0U);
}

TEST(TamperingTest, NodesThatLieAboutTheirOrderMakeCyclesThatAreFound) {
  Tampering tampering;
  // Joiners hide that they have children, parents say that they are next to the newest root.
  tampering.send = [](Host, Host, std::string& datagram) {
    const std::size_t order = datagram.find("order=");
    if (order == std::string::npos) return true;
    datagram.resize(order);
    if (type_of(datagram) == Type::yjoi) datagram += "order=9007199254740991.0\n";
    return true;
  };
  Settings settings = small_groups(Protocol::extended, 5, 10);
  settings.faults = FaultLoad::continual;
  std::uint64_t seed = 1;
  while (seed < 1000 && !run(settings, seed, tampering).broken(Invariant::no_cycle)) ++seed;
  EXPECT_LT(seed, 1000U);
  RecordProperty("seed", std::to_string(seed));
}

TEST(TamperingTest, AnUntamperedRunIsNotBlamed) {
  for (std::size_t i = 0; i < kInvariants; ++i) {
    EXPECT_EQ(count_broken(without_faults(), static_cast<Invariant>(i), {}), 0U);
  }
}

}  // namespace
}  // namespace wireproof::hmtp::simulation::testing
