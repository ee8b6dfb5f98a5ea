// Many deadlines on one timer: each comes when it was set for last, and not at all when it was cleared.

#include "loop/deadlines.hpp"

#include <gmock/gmock.h>

#include <optional>
#include <vector>

namespace wireproof {
namespace {

using ::testing::ElementsAre;
using namespace std::chrono_literals;

TEST(Deadlines, ComeInTheirOrderHoweverTheyWereMoved) {
  Loop loop;
  Deadlines deadlines(loop);
  std::vector<int> came;
  const auto named = [&](int name) { return [&came, name] { came.push_back(name); }; };
  Deadline first(deadlines, named(1));
  Deadline later(deadlines, named(2));
  Deadline cleared(deadlines, named(3));
  Deadline sooner(deadlines, named(4));
  Deadline last(deadlines, [&] { loop.stop(); });
  std::optional<Deadline> gone;
  gone.emplace(deadlines, named(5));
  const Time now = loop.now();
  first.set(now + 20ms);
  later.set(now + 5ms);
  later.set(now + 60ms);
  cleared.set(now + 10ms);
  cleared.clear();
  sooner.set(now + 1h);
  sooner.set(now + 40ms);
  gone->set(now + 15ms);
  gone.reset();
  last.set(now + 80ms);
  loop.run();
  EXPECT_THAT(came, ElementsAre(1, 4, 2));
}

TEST(Deadlines, MayBeSetAgainWhenTheyCome) {
  Loop loop;
  Deadlines deadlines(loop);
  int count = 0;
  std::optional<Deadline> again;
  again.emplace(deadlines, [&] {
    if (++count == 3) {
      loop.stop();
    } else {
      again->set(loop.now());
    }
  });
  again->set(loop.now() + 1ms);
  loop.run();
  EXPECT_EQ(count, 3);
}

TEST(Deadlines, MayOutliveWhatKeptThem) {
  Loop loop;
  std::optional<Deadlines> deadlines(loop);
  Deadline one(*deadlines, [] {});
  one.set(loop.now() + 1h);
  deadlines.reset();
}

}  // namespace
}  // namespace wireproof
