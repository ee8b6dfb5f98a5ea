// The balancer in virtual time: nodes die and return, are cut off, reloads come, and every request is accounted for.

#include <gtest/gtest.h>

#include <algorithm>
#include <functional>
#include <map>
#include <memory>
#include <string>
#include <thread>

#include "../base/seeds.hpp"
#include "http_balancer/balancer.hpp"
#include "http_balancer/retry.hpp"
#include "random/random.hpp"
#include "simulation/event_queue.hpp"
#include "simulation/seeds.hpp"
#include "simulation/story.hpp"

namespace wireproof::http_balancer {
namespace {

using simulation::Action;
using simulation::Story;
using std::chrono::milliseconds;
using std::chrono::seconds;

constexpr Time kRoundTrip = milliseconds(1);
constexpr Time kService = milliseconds(20);  ///< a node's, at most
constexpr Time kStory = seconds(30);

struct Request {
  Wanted wanted{};
  bool is_idempotent = true;
  unsigned sent = 0;
  Time began{0};
};

/// The balancer, and nodes that do what the story says.
class Life {
 public:
  explicit Life(const Story& story)
      : story_(story), random_(mixed(story.seed, 1)), balancer_(configuration(story.seed)) {
    const std::size_t count = balancer_.configuration().nodes.size();
    is_up_.assign(count, true);
    is_reachable_.assign(count, true);
    last_bad_.assign(count, Time{-1});
    for (const Action& action : story.actions) at(action.at, [this, &action] { happen(action); });
    act();
    tick();
  }

  /// What went wrong; empty: nothing.
  const std::string& breach() const { return breach_; }
  std::uint64_t answered() const { return answered_; }
  std::uint64_t told() const { return told_; }

  void run() {
    while (queue_.next() != kNever && breach_.empty()) {
      const auto entry = queue_.take();
      now_ = entry.at;
      entry.event();
      act();
      tick();
      if (balancer_.waiting() > balancer_.configuration().queue) breach_ = "more wait than may";
      if (now_ > kStory + seconds(60)) {
        // Checks go on for ever; all else must be over.
        if (open_ > 0) breach_ = std::to_string(open_) + " requests are still without an end";
        break;
      }
    }
    if (!breach_.empty()) return;
    for (const Node& node : balancer_.nodes()) {
      if (node.active != 0) breach_ = "a node has requests that have ended";
      if (!node.health.is_alive()) breach_ = "a node that is well again has not come back";
    }
  }

  /// Nodes a story has.
  static std::size_t nodes_of(std::uint64_t seed) { return 2 + mixed(seed, 7) % 3; }

 private:
  static Configuration configuration(std::uint64_t seed) {
    Configuration all;
    Random random(mixed(seed, 2));
    for (std::size_t i = 0; i < nodes_of(seed); ++i) {
      NodeSettings node{.name = "node", .host = "h", .port = static_cast<std::uint16_t>(i + 1)};
      node.weight = static_cast<unsigned>(1 + random.below(5));
      node.max_connections = 100'000;
      all.nodes.push_back(node);
    }
    all.policy = random.below(2) == 0 ? Policy::round_robin : Policy::least_connections;
    if (random.below(2) == 0) all.check_interval = Time{0};
    all.slow_start = random.below(2) == 0 ? Time{0} : seconds(10);
    all.eject = static_cast<unsigned>(1 + random.below(4));
    all.answer_timeout = seconds(10);
    return all;
  }

  void at(Time time, std::function<void()> what) { queue_.add(time, std::move(what)); }
  std::size_t place_of(NodeId id) const { return balancer_.find(id)->settings.port - 1U; }
  bool is_good(std::size_t place) const { return is_up_[place] && is_reachable_[place]; }

  void happen(const Action& action) {
    const auto set = [&](std::size_t place, std::vector<bool>& what, bool value) {
      const bool was_good = is_good(place);
      what[place] = value;
      if (!was_good && is_good(place)) last_bad_[place] = now_;
    };
    switch (action.kind) {
      case Action::Kind::crash:
        set(action.host, is_up_, false);
        ++lives_[action.host];
        break;
      case Action::Kind::restart:
        set(action.host, is_up_, true);
        break;
      case Action::Kind::partition:
        for (std::size_t i = 0; i < is_up_.size(); ++i) set(i, is_reachable_, mixed(action.value, i) % 2 == 0);
        break;
      case Action::Kind::heal:
        for (std::size_t i = 0; i < is_up_.size(); ++i) set(i, is_reachable_, true);
        break;
      case Action::Kind::conditions:
        // The file is read anew, with other weights.
        reload();
        break;
      case Action::Kind::deed: {
        auto request = std::make_shared<Request>();
        request->is_idempotent = action.value != 0;
        request->began = now_;
        ++open_;
        ask(request);
        break;
      }
    }
  }

  void reload() {
    Configuration all = balancer_.configuration();
    for (NodeSettings& node : all.nodes) node.weight = static_cast<unsigned>(1 + random_.below(5));
    balancer_.reload(all, now_);
  }

  void ask(const std::shared_ptr<Request>& request) {
    const Choice choice = balancer_.ask(request->wanted, now_);
    if (choice.kind == Choice::Kind::exhausted) {
      // Told: 502. There must have been no node that was well all the time.
      for (std::size_t i = 0; i < is_up_.size(); ++i) {
        if (is_good(i) && last_bad_[i] < request->began)
          breach_ = "a request failed though a node was well all the time";
      }
      return end(false);
    }
    if (choice.kind != Choice::Kind::node) {
      breach_ = "nobody should wait here";
      return;
    }
    begin(request, choice.attempt);
  }

  void begin(const std::shared_ptr<Request>& request, const Attempt& attempt) {
    const std::size_t place = place_of(attempt.node);
    if (!is_reachable_[place]) {
      at(now_ + balancer_.configuration().connect_timeout, [=, this] { failed(request, attempt, false); });
    } else if (!is_up_[place]) {
      at(now_ + kRoundTrip, [=, this] { failed(request, attempt, false); });
    } else {
      const std::uint64_t life = lives_[place];
      const Time service{static_cast<Time::rep>(random_.below(static_cast<std::uint64_t>(kService.count())))};
      at(now_ + kRoundTrip, [=, this] {
        // It may have died while the connection came about.
        if (lives_[place] != life || !is_good(place)) return failed(request, attempt, false);
        if (++request->sent > 1 && !request->is_idempotent) breach_ = "what must not be sent twice was";
        at(now_ + service, [=, this] { answer(request, attempt, place, life, now_); });
      });
    }
  }

  /// The moment at which a node would answer.
  void answer(const std::shared_ptr<Request>& request, const Attempt& attempt, std::size_t place, std::uint64_t life,
              Time asked) {
    if (lives_[place] != life) return failed(request, attempt, true);
    if (!is_reachable_[place]) {
      // Nothing comes; TCP would deliver it if the cut were over in time.
      at(asked + balancer_.configuration().answer_timeout, [=, this] { failed(request, attempt, true); });
      return;
    }
    balancer_.end(attempt, AttemptEnd::answered, now_);
    end(true);
  }

  void failed(const std::shared_ptr<Request>& request, const Attempt& attempt, bool was_sent) {
    balancer_.end(attempt, AttemptEnd::unanswered, now_);
    request->wanted.tried.push_back(attempt.node);
    const Failed how{.was_sent = was_sent, .is_idempotent = request->is_idempotent, .can_repeat = true};
    if (may_try_another(how, request->sent, balancer_.configuration().retries)) return ask(request);
    if (request->is_idempotent || !was_sent) breach_ = "an idempotent request, or one that was not sent, failed";
    end(false);
  }

  void end(bool well) {
    --open_;
    ++(well ? answered_ : told_);
  }

  /// What the balancer wants done.
  void act() {
    for (const auto& action : balancer_.take_actions()) {
      using Kind = http_balancer::Action::Kind;
      if (action.kind == Kind::check) {
        const std::size_t place = place_of(action.node);
        const NodeId id = action.node;
        if (is_reachable_[place]) {
          at(now_ + kRoundTrip, [=, this] { balancer_.check_ended(id, is_good(place), now_); });
        } else {
          at(now_ + balancer_.configuration().check_timeout, [=, this] { balancer_.check_ended(id, false, now_); });
        }
      } else if (action.kind == Kind::go || action.kind == Kind::give_up) {
        breach_ = "nobody waits here";
      }
    }
  }

  void tick() {
    const Time next = balancer_.next_deadline();
    if (next == kNever || next >= ticks_) return;
    ticks_ = std::max(next, now_);
    at(ticks_, [this, due = ticks_] {
      if (due == ticks_) ticks_ = kNever;
      balancer_.advance(now_);
    });
  }

  const Story& story_;
  Random random_;
  Balancer balancer_;
  simulation::EventQueue<std::function<void()>> queue_;
  Time now_{0};
  Time ticks_ = kNever;
  std::vector<bool> is_up_;
  std::vector<bool> is_reachable_;
  std::map<std::size_t, std::uint64_t> lives_;
  std::vector<Time> last_bad_;  ///< when it became good again
  std::size_t open_ = 0;
  std::uint64_t answered_ = 0;
  std::uint64_t told_ = 0;
  std::string breach_;
};

Story story_of(std::uint64_t seed) {
  simulation::StoryShape shape;
  shape.actors = {0};
  shape.targets = 4;  // one of four requests is not idempotent
  shape.length = kStory;
  shape.deeds = 300;
  shape.failures = 8;
  for (std::size_t i = 0; i < Life::nodes_of(seed); ++i) shape.mortals.push_back(static_cast<simulation::Host>(i));
  return simulation::draw_story(seed, shape);
}

std::string breach_of(const Story& story) {
  Life life(story);
  life.run();
  return life.breach();
}

TEST(Stories, NoRequestFailsThatNeedNot) {
  std::uint64_t answered = 0;
  std::uint64_t told = 0;
  std::uint64_t bad = 0;
  struct Result {
    std::uint64_t seed;
    std::string breach;
    std::uint64_t answered;
    std::uint64_t told;
  };
  simulation::run_seeds(
      {.first = 1, .runs = testing::seeds(2000), .threads = std::max(1U, std::thread::hardware_concurrency())},
      [](std::uint64_t seed) {
        const Story story = story_of(seed);
        Life life(story);
        life.run();
        return Result{seed, life.breach(), life.answered(), life.told()};
      },
      [&](const Result& result) {
        answered += result.answered;
        told += result.told;
        if (result.breach.empty()) return true;
        bad = result.seed;
        return false;
      },
      [](std::uint64_t) { return true; });
  if (bad != 0) {
    const Story whole = story_of(bad);
    const Story least = simulation::shrink(whole, [](const Story& part) { return !breach_of(part).empty(); });
    FAIL() << "seed " << bad << ": " << breach_of(least) << '\n' << least.text("asks");
  }
  // What is told is what cannot be helped; that some is shows that nodes died at the wrong moment.
  EXPECT_GT(told, answered / 10'000);
  EXPECT_LT(told, answered / 10);
}

/// Requests that each take a time of their own, at nodes that never fail: how many each node got.
std::vector<std::uint64_t> shares(std::uint64_t seed, Configuration all, std::size_t count) {
  Random random(mixed(seed, 3));
  Balancer balancer(all);
  simulation::EventQueue<Attempt> ends;
  Time now{0};
  for (std::size_t i = 0; i < count; ++i) {
    now += milliseconds(random.below(5));
    while (ends.next() <= now) balancer.end(ends.take().event, AttemptEnd::answered, now);
    const Choice choice = balancer.ask({}, now);
    EXPECT_EQ(choice.kind, Choice::Kind::node);
    ends.add(now + milliseconds(random.below(50)), choice.attempt);
  }
  std::vector<std::uint64_t> given;
  for (const Node& node : balancer.nodes()) given.push_back(node.counters.requests);
  return given;
}

TEST(Stories, SharesAreTheWeights) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(2000); ++seed) {
    Random random(mixed(seed, 4));
    Configuration all;
    all.check_interval = Time{0};
    unsigned sum = 0;
    for (std::uint64_t i = 2 + random.below(8); i > 0; --i) {
      NodeSettings node{.name = "node", .host = "h", .port = static_cast<std::uint16_t>(i)};
      node.weight = static_cast<unsigned>(1 + random.below(20));
      sum += node.weight;
      all.nodes.push_back(node);
    }
    const std::size_t count = 50 + random.below(500);
    const std::vector<std::uint64_t> given = shares(seed, all, count);
    for (std::size_t i = 0; i < given.size(); ++i) {
      const double due = static_cast<double>(count) * all.nodes[i].weight / sum;
      // At every moment: no node is more than two requests from what its weight says.
      ASSERT_NEAR(static_cast<double>(given[i]), due, 2) << "seed " << seed << ", node " << i;
    }
  }
}

TEST(Stories, NoNodeStarvesUnderLeastConnections) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(500); ++seed) {
    Random random(mixed(seed, 5));
    Configuration all;
    all.check_interval = Time{0};
    all.policy = Policy::least_connections;
    unsigned sum = 0;
    for (std::uint64_t i = 2 + random.below(4); i > 0; --i) {
      NodeSettings node{.name = "node", .host = "h", .port = static_cast<std::uint16_t>(i)};
      node.weight = static_cast<unsigned>(1 + random.below(4));
      sum += node.weight;
      all.nodes.push_back(node);
    }
    const std::size_t count = 2000;
    const std::vector<std::uint64_t> given = shares(seed, all, count);
    for (std::size_t i = 0; i < given.size(); ++i) {
      const double due = static_cast<double>(count) * all.nodes[i].weight / sum;
      ASSERT_GT(static_cast<double>(given[i]), due / 4) << "seed " << seed << ", node " << i;
      ASSERT_LT(static_cast<double>(given[i]), due * 2) << "seed " << seed << ", node " << i;
    }
  }
}

TEST(Stories, SharesReturnAfterANodeHas) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(500); ++seed) {
    Random random(mixed(seed, 6));
    Configuration all;
    all.check_interval = Time{0};
    all.eject = 1;
    all.eject_time = seconds(1);
    all.slow_start = random.below(2) == 0 ? Time{0} : seconds(5);
    unsigned sum = 0;
    for (std::uint64_t i = 2 + random.below(4); i > 0; --i) {
      NodeSettings node{.name = "node", .host = "h", .port = static_cast<std::uint16_t>(i)};
      node.weight = static_cast<unsigned>(1 + random.below(9));
      sum += node.weight;
      all.nodes.push_back(node);
    }
    Balancer balancer(all);
    Time now{0};
    // Any node fails at any time, again and again.
    for (int i = 0; i < 300; ++i) {
      now += milliseconds(random.below(400));
      balancer.advance(now);
      const Choice choice = balancer.ask({}, now);
      ASSERT_EQ(choice.kind, Choice::Kind::node);
      balancer.end(choice.attempt, random.below(4) == 0 ? AttemptEnd::unanswered : AttemptEnd::answered, now);
    }
    now += seconds(2);
    balancer.advance(now);  // all have returned
    now += seconds(5);
    std::vector<std::uint64_t> before;
    for (const Node& node : balancer.nodes()) before.push_back(node.counters.requests);
    const std::size_t count = 200;
    for (std::size_t i = 0; i < count; ++i) {
      const Choice choice = balancer.ask({}, now);
      ASSERT_EQ(choice.kind, Choice::Kind::node);
      balancer.end(choice.attempt, AttemptEnd::answered, now);
    }
    for (std::size_t i = 0; i < before.size(); ++i) {
      const double given = static_cast<double>(balancer.nodes()[i].counters.requests - before[i]);
      ASSERT_NEAR(given, static_cast<double>(count) * all.nodes[i].weight / sum, 3)
          << "seed " << seed << ", node " << i;
    }
  }
}

struct Waiter {
  Time since{0};
  NodeId bound = 0;
};

/// Limits, a queue, nodes that come and go by reloads, clients that leave: nothing is lost, limits are kept.
TEST(Stories, LimitsAreKeptAndNobodyWaitsForEver) {
  for (std::uint64_t seed = 1; seed <= testing::seeds(2000); ++seed) {
    Random random(mixed(seed, 8));
    const auto drawn = [&] {
      Configuration all;
      all.check_interval = Time{0};
      all.queue = 1 + random.below(10);
      all.queue_timeout = seconds(1 + random.below(5));
      for (std::uint64_t i = 1 + random.below(4); i > 0; --i) {
        NodeSettings node{.name = "node", .host = "h", .port = static_cast<std::uint16_t>(i)};
        node.max_connections = 1 + random.below(5);
        node.weight = i == 1 ? 1 : static_cast<unsigned>(random.below(3));
        all.nodes.push_back(node);
      }
      return all;
    };
    Balancer balancer(drawn());
    std::vector<Attempt> under_way;
    std::map<Ticket, Waiter> waiting;
    Time now{0};
    for (int step = 0; step < 300; ++step) {
      now += milliseconds(random.below(300));
      switch (random.below(10)) {
        case 0:
          balancer.reload(drawn(), now);
          break;
        case 1:
          if (!waiting.empty()) {
            ASSERT_TRUE(balancer.leave(waiting.begin()->first)) << "seed " << seed;
            waiting.erase(waiting.begin());
          }
          break;
        case 2:
        case 3:
        case 4:
          if (!under_way.empty()) {
            const std::size_t which = random.below(under_way.size());
            const Attempt attempt = under_way[which];
            under_way.erase(under_way.begin() + static_cast<std::ptrdiff_t>(which));
            balancer.end(attempt, static_cast<AttemptEnd>(random.below(3)), now);
          }
          break;
        default: {
          const auto& nodes = balancer.nodes();
          const NodeId bound = random.below(3) == 0 ? nodes[random.below(nodes.size())].id : 0;
          const Choice choice = balancer.ask({.bound = bound}, now);
          ASSERT_NE(choice.kind, Choice::Kind::exhausted) << "seed " << seed;
          if (choice.kind == Choice::Kind::node) under_way.push_back(choice.attempt);
          if (choice.kind == Choice::Kind::wait) waiting.emplace(choice.ticket, Waiter{now, bound});
        }
      }
      balancer.advance(now);
      for (const auto& action : balancer.take_actions()) {
        using Kind = http_balancer::Action::Kind;
        if (action.kind == Kind::go || action.kind == Kind::give_up) {
          ASSERT_EQ(waiting.erase(action.ticket), 1U) << "seed " << seed;
        }
        if (action.kind == Kind::go) under_way.push_back(action.attempt);
      }
      std::size_t active = 0;
      for (const Node& node : balancer.nodes()) {
        active += node.active;
        // After a reload with less room, what is under way may go on.
        ASSERT_TRUE(node.active <= std::max<std::size_t>(node.settings.max_connections, 5)) << "seed " << seed;
        ASSERT_TRUE(!node.is_removed || node.active > 0) << "seed " << seed;
      }
      ASSERT_EQ(active, under_way.size()) << "seed " << seed;
      ASSERT_EQ(balancer.waiting(), waiting.size()) << "seed " << seed;
      ASSERT_LE(balancer.waiting(), 10U) << "seed " << seed;
      ASSERT_LE(balancer.nodes().size(), 4U + 4U) << "seed " << seed;
      // Who waits, and is bound to no node, could not be served.
      const bool has_room = std::any_of(balancer.nodes().begin(), balancer.nodes().end(), [](const Node& node) {
        return node.takes_new() && node.health.is_alive() && !node.is_full();
      });
      for (const auto& [ticket, waiter] : waiting) {
        ASSERT_LT(now - waiter.since, balancer.configuration().queue_timeout) << "seed " << seed;
        ASSERT_FALSE(has_room && waiter.bound == 0) << "seed " << seed;
      }
    }
  }
}

}  // namespace
}  // namespace wireproof::http_balancer
