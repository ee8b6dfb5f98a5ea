#include "wire/trace.hpp"

#include <gtest/gtest.h>

#include "laws.hpp"

namespace wireproof::wire {
namespace {

using namespace testing;

std::string trace_error(std::string_view text) {
  try {
    Trace::parse(text);
    return "no error";
  } catch (const TraceError& error) {
    return error.what();
  }
}

TEST(Trace, RepeatsAtItsEnd) {
  const Trace trace = Trace::parse("1\n1\n5\n10\n");
  EXPECT_EQ(trace.size(), 4U);
  EXPECT_EQ(trace.at(0), 1ms);
  EXPECT_EQ(trace.at(3), 10ms);
  EXPECT_EQ(trace.at(4), 11ms);
  EXPECT_EQ(trace.at(4 * 1000 + 2), 10'005ms);
  EXPECT_DOUBLE_EQ(trace.mean_rate(), 4 * 1504 * 8 / 0.010);
}

TEST(Trace, FindsTheFirstChanceFromATimeOn) {
  const Trace trace = Trace::parse("0\r\n3\r\n3\r\n10");
  EXPECT_EQ(trace.first_from(0ns), 0U);
  EXPECT_EQ(trace.first_from(1ns), 1U);
  EXPECT_EQ(trace.first_from(3ms), 1U);
  EXPECT_EQ(trace.first_from(3ms + 1ns), 3U);
  EXPECT_EQ(trace.first_from(10ms), 3U);
  EXPECT_EQ(trace.first_from(10ms + 1ns), 5U);
  for (std::uint64_t index = 0; index < 40; ++index) {
    EXPECT_LE(trace.first_from(trace.at(index)), index);
    EXPECT_EQ(trace.at(trace.first_from(trace.at(index))), trace.at(index));
  }
}

TEST(Trace, NamesTheLineThatIsWrong) {
  EXPECT_EQ(trace_error(""), "line 1: the trace is empty; at least one line is needed");
  EXPECT_EQ(trace_error("0\n0\n"), "line 2: the trace ends at 0 ms, so it cannot repeat");
  EXPECT_EQ(trace_error("1\n\n2\n"), "line 2: not a whole number of milliseconds");
  EXPECT_EQ(trace_error("1\n2 \n"), "line 2: not a whole number of milliseconds");
  EXPECT_EQ(trace_error("1\n2.5\n"), "line 2: not a whole number of milliseconds");
  EXPECT_EQ(trace_error("-1\n"), "line 1: not a whole number of milliseconds");
  EXPECT_EQ(trace_error("1\n\x80\n"), "line 2: not a whole number of milliseconds");
  EXPECT_EQ(trace_error("5\n6\n4\n"), "line 3: 4 is earlier than 6 in the line before");
  EXPECT_EQ(trace_error("1000000001\n"), "line 1: more than 1000000000 milliseconds");
  EXPECT_EQ(trace_error("99999999999999999999\n"), "line 1: more than 1000000000 milliseconds");
}

/// A configuration with that trace, whatever the file is called.
VirtualLink link_with(std::string_view trace, const std::string& more = "") {
  const auto parsed = std::make_shared<const Trace>(Trace::parse(trace));
  return VirtualLink(R"({"both": {"trace": "some.trace")" + more + "}}",
                     [parsed](const std::string&) { return parsed; });
}

TEST(TraceLink, DeliversOneFullFrameAChance) {
  VirtualLink link = link_with("2\n4\n7\n");
  const Transcript& seen = link.run({{0ns, 1514}, {0ns, 1514}, {0ns, 1514}, {0ns, 1514}});
  EXPECT_EQ(seen.out, (std::vector<Passage>{{0, 2ms, 1514}, {1, 4ms, 1514}, {2, 7ms, 1514}, {3, 9ms, 1514}}));
}

TEST(TraceLink, SharesAChanceAmongSmallFramesThatWaitAndLetsUnusedOnesGo) {
  VirtualLink link = link_with("2\n4\n7\n");
  // 100 + 1404 bytes with what a TUN device counts make one chance; the frame after 4 ms waits for the one at 7.
  const Transcript& seen = link.run({{0ns, 110}, {0ns, 1414}, {0ns, 60}, {4ms + 1us, 1514}});
  EXPECT_EQ(seen.out, (std::vector<Passage>{{0, 2ms, 110}, {1, 2ms, 1414}, {2, 4ms, 60}, {3, 7ms, 1514}}));
}

TEST(TraceLink, CountsFromTheStartAndKeepsItsQueueBound) {
  VirtualLink link = link_with("10\n", R"(, "queue": {"packets": 3})");
  const Transcript& seen = link.run(steady(1000, 1ms));
  EXPECT_EQ(conserved(seen), "");
  EXPECT_EQ(in_order(seen), "");
  EXPECT_EQ(bounded(seen, 3, 1 << 30), "");
  for (const Passage& out : seen.out) EXPECT_EQ(out.time % 10ms, 0ns);
  EXPECT_EQ(seen.out.size(), 102U);
}

}  // namespace
}  // namespace wireproof::wire
