// What others may send to make a node crash, loop, flood or believe nonsense.

#include <gmock/gmock.h>

#include "small_group.hpp"

namespace wireproof::hmtp::testing {
namespace {

using ::testing::IsEmpty;

class Hostile : public ::testing::TestWithParam<bool> {
 protected:
  std::size_t sent_since(std::size_t mark) const { return group.sent.size() - mark; }
  SmallGroup group{GetParam()};
  /// Answers by a script, as a host that a test plays.
  void play(unsigned host, std::function<std::string(const Datagram&)> answer) {
    group.fate = [this, host, answer](const Datagram& datagram) {
      if (datagram.to == address(host)) {
        const std::string bytes = answer(datagram);
        if (!bytes.empty()) group.put(address(host), datagram.from, bytes);
      }
      return std::vector<Time>{1ms};
    };
  }
};
INSTANTIATE_TEST_SUITE_P(PlainAndExtended, Hostile, ::testing::Bool(),
                         [](const auto& info) { return info.param ? "Extended" : "Plain"; });

TEST_P(Hostile, ANjoiThatNamesTheAskerLeadsNowhereAndCostsLittle) {
  group.rendezvous->restore(address(66), 3600s);
  play(66, [](const Datagram& datagram) { return datagram.type() == Type::rjoi ? "NJOI\n10.0.0.1 10000\n" : ""; });
  group.start(1);
  const std::size_t mark = group.sent.size();
  group.run(60s);
  EXPECT_FALSE(group.node(1).in_tree());
  EXPECT_LT(sent_since(mark), 60 * 4U);
  for (const Datagram& datagram : group.sent) EXPECT_FALSE(datagram.from == address(1) && datagram.to == address(1));
}

TEST_P(Hostile, NodesThatSendOneRoundInACircleAreLeft) {
  group.rendezvous->restore(address(66), 3600s);
  group.fate = [this](const Datagram& datagram) {
    for (const unsigned host : {66U, 67U}) {
      if (datagram.to == address(host) && datagram.type() == Type::rjoi) {
        group.put(address(host), datagram.from, host == 66 ? "NJOI\n10.0.0.67 10000\n" : "NJOI\n10.0.0.66 10000\n");
      }
    }
    return std::vector<Time>{1ms};
  };
  group.start(1);
  const std::size_t mark = group.sent.size();
  group.run(60s);
  EXPECT_LT(sent_since(mark), 60 * 6U);
}

TEST_P(Hostile, ARendezvousPointThatNamesNobodyAndRegistersNobodyIsNotFlooded) {
  group.crash_rendezvous();
  play(SmallGroup::kRendezvous, [](const Datagram& datagram) {
    return datagram.type() == Type::root ? "TOOR\n" : datagram.type() == Type::rreg ? "NREG\n" : "";
  });
  group.start(1);
  const std::size_t mark = group.sent.size();
  group.run(60s);
  EXPECT_LT(sent_since(mark), 60 * 8U);
}

TEST_P(Hostile, AnswersThatNobodyAskedForChangeNothing) {
  for (unsigned host = 1; host <= 3; ++host) {
    group.start(host);
    group.run(1s);
  }
  const std::size_t mark = group.sent.size();
  const std::vector<std::string> forged{"TOOR\n10.0.0.66 10000",
                                        "YREG\n",
                                        "NREG\n",
                                        "YJOI\n",
                                        "NJOI\n10.0.0.66 10000\n",
                                        "LEAV\n",
                                        "LEAV\nnode=0123456789abcdef\nseat=0123456789abcdef\nturn=9\n",
                                        "MISS\nnode=0123456789abcdef\nseat=0123456789abcdef\nage=9\n",
                                        "SENT\n",
                                        "SENT\nhave=0123456789abcdef.1\n"};
  for (const std::string& bytes : forged) {
    for (const unsigned from : {1U, 66U}) {
      for (const unsigned to : {1U, 2U}) group.put(address(from), address(to), bytes);
    }
  }
  group.run(1s);
  EXPECT_TRUE(group.is_one_tree());
  EXPECT_EQ(group.node(2).parent(), address(1));
  EXPECT_EQ(sent_since(mark), forged.size() * 4);
}

TEST_P(Hostile, AFloodOfJoinersTakesNoMoreThanTheChildLimit) {
  group.start(1);
  group.run(1s);
  for (unsigned i = 0; i < 10'000; ++i) group.put(Endpoint::v4(0x0B000000 + i, 10000), address(1), "RJOI\n");
  group.run(1s);
  EXPECT_EQ(group.node(1).children().size(), 3U);
  group.run(181s);
  EXPECT_THAT(group.node(1).children(), IsEmpty());
}

TEST_P(Hostile, GarbageIsCountedAndNotAnswered) {
  group.start(1);
  group.run(1s);
  const std::size_t mark = group.sent.size();
  std::vector<std::string> garbage{"",
                                   "X",
                                   "RJO",
                                   "rjoi\n",
                                   std::string(65'507, '\0'),
                                   "DATA\n",
                                   "DATA\nx",
                                   "DATA\n0123456789abcdef 1",
                                   std::string("\0\0\0\0\n", 5)};
  for (const std::string& bytes : garbage) group.put(address(66), address(1), bytes);
  group.run(1s);
  EXPECT_EQ(sent_since(mark), garbage.size());
  EXPECT_EQ(group.node(1).counters().malformed, garbage.size());
}

TEST_P(Hostile, AnOrderThatCannotBeSurpassedDoesNotKeepANodeOutOfTheTree) {
  group.rendezvous->restore(address(66), 20s);
  play(66, [](const Datagram& datagram) {
    const auto fields = parse_fields(parse_message(datagram.bytes).body);
    if (datagram.type() != Type::rjoi || !fields) return std::string();
    return "YJOI\nnode=0000000000000001\nseat=0000000000000002\nturn=" + std::to_string(fields->turn) +
           "\norder=9007199254740991.4294967295\n";
  });
  group.start(1);
  group.run(1s);
  if (group.options.extensions) {
    EXPECT_EQ(group.node(1).parent(), address(66));
  }
  group.fate = nullptr;
  group.start(2);
  group.run(800s);
  EXPECT_TRUE(group.is_one_tree());
}

TEST_P(Hostile, TwoThatBelieveToBeRootDoNotThrowAMessageToAndFroForEver) {
  group.start(1);
  group.run(1s);
  group.start_rendezvous();
  group.start(2);
  group.run(1s);
  ASSERT_EQ(group.roots(), 2U);
  const std::size_t mark = group.sent.size();
  group.put(address(1), address(2), encode_data({7, 1}, "x"));
  group.put(address(2), address(1), encode_data({7, 1}, "x"));
  group.put(address(1), address(2), encode_data({7, 1}, "x"));
  group.put(address(2), address(1), encode_data({7, 1}, "x"));
  group.run(10s);
  EXPECT_LE(sent_since(mark), 8U);
}

}  // namespace
}  // namespace wireproof::hmtp::testing
