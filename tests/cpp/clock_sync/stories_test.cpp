// Clients that set their clocks by servers, in a simulated world: delays of any kind, loss, duplicates, restarts of the
// server with another time, drifting clocks. What theory says of the error holds for every round.

#include <fmt/format.h>
#include <gtest/gtest.h>

#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>

#include "clock_sync/quality.hpp"
#include "clock_sync/time_client.hpp"
#include "random/random.hpp"
#include "simulation/world.hpp"
#include "software_clock/oscillator.hpp"
#include "utc/utc_message.hpp"
#include "utc/utc_server.hpp"

namespace wireproof::clock_sync {
namespace {

using namespace std::chrono_literals;
using simulation::Process;
using simulation::World;

constexpr Time kStart = std::chrono::seconds(4'294'967'000);  // five minutes before 2106's edge of 32 bits
const Address kClient = Address::v4(0x0A000001, 40000);
const Address kServer = Address::v4(0x0A000002, utc::kPort);

Bytes bytes_of(std::string_view text) { return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()}; }
std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

/// Of a link, one way.
struct Delay {
  Time least{0};
  Time jitter{0};
};

struct Path {
  Delay there{10ms, 5ms};
  Delay back{10ms, 5ms};
  unsigned loss = 0;        ///< per cent
  unsigned duplicates = 0;  ///< per cent
};

struct Ended {
  Time at{0};  ///< true time
  Round round;
  Time true_offset{0};  ///< server's less client's clock at the best sample, before the correction
  Time error{0};        ///< client's less server's right after the correction
  Time age{0};          ///< of the sample, then
};

/// How far a host's clock was set between an arrival and the moment that it is read: what the stamp is wrong by.
/// Further than a round trip, so that it can be seen.
Time jump_of(Random& random) {
  const Time far = 2s + Time(static_cast<Time::rep>(random.share() * 2e12));
  return std::array{Time(0), Time(0), far, -far}[random.below(4)];
}

/// One client, one server. `Client` is TimeClient, or a wrong one.
template <typename Client>
class Story {
 public:
  Story(std::uint64_t seed, Path path, const TimeClientOptions& options, double drift = 0, Time wrong = 0s)
      : random_(seed),
        path_(path),
        oscillator_(drift),
        world_([this](const Address&, const Address& to, std::string_view) { return fate(to); }),
        clock_(oscillator_.at(0s), kStart + wrong) {
    start_server(0s);
    auto client = std::make_unique<Asking>(*this);
    client->core.emplace(0s, options, utc::kUtc, kServer, clock_, seed, [this](const Round& round) { ended(round); });
    world_.start(kClient, std::move(client));
    world_.call(kClient, [](Process<Address>& process) { process.advance(0s); });
  }

  void run(Time length) {
    const Time end = world_.now() + length;
    while (world_.next() <= end) {
      world_.step();
      watch_clock();
    }
    world_.run_until(end);
  }
  /// The server is gone, and is started anew with a clock that is so much ahead of the true time.
  void start_server(Time ahead) {
    server_clock_.emplace(world_.now(), kStart + world_.now() + ahead);
    world_.start(kServer, std::make_unique<Serving>(*this, random_.identifier()));
  }
  void at(Time time, std::function<void()> what) { world_.at(time, std::move(what)); }
  void set_path(const Path& path) { path_ = path; }

  /// Of the client's clock against the server's now.
  Time error() const { return client_time(world_.now()) - server_clock_->utc(world_.now()); }
  const std::vector<Ended>& rounds() const { return rounds_; }
  Time most_backwards() const { return most_backwards_; }
  const SoftwareClock& clock() const { return clock_; }

 private:
  class Serving : public Process<Address> {
   public:
    Serving(Story& story, std::uint64_t instance) : story_(story), core_(*story.server_clock_, instance) {}
    void receive(Time now, const Address& from, std::string_view datagram) override {
      const auto answer = core_.answer(now, now, bytes_of(datagram), {Leap::none, 1, 0s, 0s});
      if (answer) story_.world_.send(kServer, from, text_of(*answer));
    }
    void advance(Time) override {}
    Time next_deadline() const override { return kNever; }

   private:
    Story& story_;
    utc::UtcServer core_;
  };

  class Asking : public Process<Address> {
   public:
    explicit Asking(Story& story) : story_(story) {}
    void receive(Time now, const Address& from, std::string_view datagram) override {
      const Time elapsed = story_.oscillator_.at(now);
      core->receive(elapsed, elapsed + jump_of(story_.random_), from, bytes_of(datagram));
    }
    void advance(Time now) override {
      for (const auto& datagram : core->advance(story_.oscillator_.at(now))) {
        story_.world_.send(kClient, datagram.to, text_of(datagram.bytes));
      }
    }
    Time next_deadline() const override {
      const Time deadline = core->next_deadline();
      return deadline == kNever ? kNever : story_.oscillator_.when(deadline) + 2ns;
    }
    std::optional<Client> core;

   private:
    Story& story_;
  };

  std::span<const Time> fate(const Address& to) {
    const Delay& delay = to == kServer ? path_.there : path_.back;
    delays_.clear();
    for (int copies = random_.below(100) < path_.duplicates ? 2 : 1; copies > 0; --copies) {
      if (random_.below(100) < path_.loss) continue;
      const auto more = delay.jitter > 0ns ? Time(static_cast<Time::rep>(random_.below(delay.jitter.count()))) : 0ns;
      delays_.push_back(delay.least + more);
    }
    return delays_;
  }

  Time client_time(Time now) const { return clock_.utc(oscillator_.at(now)); }

  void ended(const Round& round) {
    Ended ended{world_.now(), round, 0s, error(), 0s};
    if (round.best) {
      const Time when = oscillator_.when(round.best->at);
      ended.age = world_.now() - when;
      ended.true_offset = server_clock_->utc(when) - (round.best->at + round.best->ahead - round.offset);
    }
    rounds_.push_back(ended);
  }

  void watch_clock() {
    const Time time = client_time(world_.now());
    most_backwards_ = std::max(most_backwards_, last_ - time);
    last_ = time;
  }

  Random random_;
  Path path_;
  Oscillator oscillator_;
  World<Address> world_;
  SoftwareClock clock_;
  std::optional<SoftwareClock> server_clock_;
  std::vector<Time> delays_;
  std::vector<Ended> rounds_;
  Time last_{0};
  Time most_backwards_{0};
};

/// What is broken in a story of an hour of rounds, if anything.
template <typename Client>
std::optional<std::string> breach(std::uint64_t seed) {
  Random random(mixed(seed, 99));
  const auto up_to = [&](Time most) { return Time(static_cast<Time::rep>(random.share() * most.count())); };
  const auto delay = [&] { return Delay{up_to(100ms), up_to(random.below(2) == 0 ? 1ms : 150ms)}; };
  Path path{delay(), delay(), static_cast<unsigned>(random.below(3) * 10), static_cast<unsigned>(random.below(3) * 10)};
  if (random.below(3) == 0) path.back = path.there;
  TimeClientOptions options;
  options.samples = 1 + static_cast<unsigned>(random.below(10));
  options.interval = 1s + up_to(100s);
  options.assumptions.least_delay = random.below(2) == 0 ? std::min(path.there.least, path.back.least) : 0ns;
  options.correction = std::array{Correction::automatic, Correction::step, Correction::slew}[random.below(3)];
  const double drift = 190e-6 * (random.share() - 0.5);
  Story<Client> story(seed, path, options, drift, up_to(4s) - 2s);
  story.run(1h);
  if (story.rounds().size() < 3) return "too few rounds";
  for (const Ended& ended : story.rounds()) {
    if (!ended.round.best) continue;
    const Sample& best = *ended.round.best;
    const Time error = std::chrono::abs(ended.round.offset - ended.true_offset);
    if (error > best.bound + 4ns)
      return fmt::format("wrong by {:.9f} s, bound {:.9f}", in_seconds(error), in_seconds(best.bound));
    const Time theory = best.round_trip / 2 - options.assumptions.least_delay;
    if (best.bound > theory + best.round_trip / 2000 + 2us) return "a bound above what theory says";
    const Time aged = time_of(120e-6 * in_seconds(ended.age)) + 10ns;
    if (ended.round.stepped && std::chrono::abs(ended.error) > best.bound + aged)
      return "a step that did not set it right";
    if (ended.round.drift && std::abs(ended.round.drift->rate + drift) > ended.round.drift->error + 1e-7) {
      return fmt::format("drift {} is called {}, give or take {}", -drift, ended.round.drift->rate,
                         ended.round.drift->error);
    }
    if (options.correction == Correction::slew && ended.round.stepped) return "a step where slewing was asked for";
  }
  if (options.correction == Correction::slew && story.most_backwards() > 0ns) return "it went backwards";
  return std::nullopt;
}

TEST(ClockSync, KeepsWhatTheoryPromises) {
  for (std::uint64_t seed = 1; seed <= 300; ++seed)
    ASSERT_EQ(breach<TimeClient>(seed), std::nullopt) << "seed " << seed;
}

TEST(ClockSync, StepsOnceAndThenSlews) {
  Story<TimeClient> story(1, {}, {.interval = 10s}, 0, -3500ms);
  story.run(2min);
  ASSERT_GE(story.rounds().size(), 5U);
  EXPECT_TRUE(story.rounds()[0].round.stepped);
  EXPECT_NEAR(in_seconds(story.rounds()[0].round.offset), 3.5, 0.003);
  for (std::size_t i = 1; i < story.rounds().size(); ++i) EXPECT_FALSE(story.rounds()[i].round.stepped);
  EXPECT_LT(std::chrono::abs(story.error()), 3ms);
}

TEST(ClockSync, LearnsTheDrift) {
  Story<TimeClient> story(2, {{1ms, 100us}, {1ms, 100us}}, {.interval = 64s}, 80e-6);
  story.run(1h);
  EXPECT_NEAR(story.clock().rate(), -80e-6, 2e-6);
  EXPECT_LT(std::chrono::abs(story.error()), 200us) << "80 ms and more a quarter of an hour without";
}

TEST(ClockSync, TakesTheSampleOfLeastRoundTrip) {
  const Path queue{{1ms, 200ms}, {1ms, 0ms}};  // a queue in one direction
  Story<TimeClient> one(3, queue, {.samples = 1, .interval = 10s});
  Story<TimeClient> many(3, queue, {.samples = 32, .interval = 10s});
  one.run(10min);
  many.run(10min);
  const auto mean_error = [](const Story<TimeClient>& story) {
    double sum = 0;
    for (const Ended& ended : story.rounds()) sum += std::abs(in_seconds(ended.round.offset - ended.true_offset));
    return sum / static_cast<double>(story.rounds().size());
  };
  EXPECT_LT(5 * mean_error(many), mean_error(one));
}

TEST(ClockSync, IsWrongByHalfTheAsymmetry) {
  Story<TimeClient> story(4, {{30ms, 0ms}, {10ms, 0ms}}, {});
  story.run(1min);
  const Ended& ended = story.rounds().at(0);
  EXPECT_NEAR(in_seconds(ended.round.offset - ended.true_offset), 0.010, 1e-6);
  EXPECT_GE(ended.round.best->bound, 20ms);
}

TEST(ClockSync, OfAServerThatIsStartedAnewBelievesTheNewOne) {
  Story<TimeClient> story(5, {{5ms, 1ms}, {5ms, 1ms}}, {.samples = 8, .interval = 30s});
  story.at(200ms, [&] {                        // within the first round
    story.set_path({{8ms, 1ms}, {8ms, 1ms}});  // so that the old one's samples look better
    story.start_server(10s);
  });
  story.run(1min);
  ASSERT_TRUE(story.rounds().at(0).round.best);
  EXPECT_LT(std::chrono::abs(story.rounds().at(0).error), 10ms);
}

TEST(ClockSync, LeavesTheClockAloneWithoutAnswers) {
  Story<TimeClient> story(6, {.loss = 100}, {}, 0, 3s);
  story.run(1min);
  ASSERT_EQ(story.rounds().size(), 1U);
  EXPECT_FALSE(story.rounds()[0].round.best);
  EXPECT_EQ(story.rounds()[0].round.lost, 4U);
  EXPECT_LT(story.rounds()[0].at, 8s);
  EXPECT_EQ(story.error(), 3s);
}

TEST(QualityWatch, BelievesALastGoodRoundForAWhile) {
  QualityWatch watch(60s);
  EXPECT_FALSE(watch.at(0s, 0s).is_synchronised());
  Round round{.best = Sample{.at = 10s, .ahead = 0s, .round_trip = 2ms, .bound = 1ms},
              .server = {.leap = Leap::none, .stratum = 2, .bound = 3ms},
              .offset = 5ms};
  watch.ended(10s, round);
  const Quality quality = watch.at(20s, -2ms);
  EXPECT_EQ(quality.stratum, 3);
  EXPECT_EQ(quality.offset, 5ms);
  EXPECT_EQ(quality.bound, 1ms + 3ms + 2ms + 150us);
  watch.ended(30s, Round{});
  EXPECT_TRUE(watch.at(70s, 0s).is_synchronised()) << "a round without answers takes nothing back";
  EXPECT_FALSE(watch.at(70s + 1ns, 0s).is_synchronised());
  round.server.stratum = 15;
  watch.ended(80s, round);
  EXPECT_FALSE(watch.at(80s, 0s).is_synchronised()) << "stratum 16 is nobody's";
}

/// Wrong clients.

/// Takes 20 ms of the way for work of the server.
std::optional<TimeAnswer> with_more_work(Bytes bytes, Time utc) {
  auto answer = utc::answer_of(bytes, utc);
  if (answer) answer->received = answer->answered - 20ms;
  return answer;
}

struct TakesTheWayForWork : TimeClient {
  TakesTheWayForWork(Time now, const TimeClientOptions& options, const TimeProtocol& protocol, const Address& server,
                     SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, options, {protocol.question, with_more_work}, server, clock, seed, std::move(ended)) {}
};

struct StepsAlways : TimeClient {
  StepsAlways(Time now, TimeClientOptions options, const TimeProtocol& protocol, const Address& server,
              SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, stepping(options), protocol, server, clock, seed, std::move(ended)) {}
  static TimeClientOptions stepping(TimeClientOptions options) {
    options.correction = Correction::step;
    return options;
  }
};

struct OverstatesTheLeastDelay : TimeClient {
  OverstatesTheLeastDelay(Time now, TimeClientOptions options, const TimeProtocol& protocol, const Address& server,
                          SoftwareClock& clock, std::uint64_t seed, std::function<void(const Round&)> ended)
      : TimeClient(now, with_more(options), protocol, server, clock, seed, std::move(ended)) {}
  static TimeClientOptions with_more(TimeClientOptions options) {
    options.assumptions.least_delay += 20ms;
    return options;
  }
};

template <typename Client>
unsigned breaches() {
  unsigned count = 0;
  for (std::uint64_t seed = 1; seed <= 40; ++seed) count += breach<Client>(seed) ? 1 : 0;
  return count;
}

TEST(Mutants, OfTheTimeClientAreFound) {
  EXPECT_GT(breaches<TakesTheWayForWork>(), 0U);
  EXPECT_GT(breaches<StepsAlways>(), 0U);
  EXPECT_GT(breaches<OverstatesTheLeastDelay>(), 0U);
  EXPECT_EQ(breaches<TimeClient>(), 0U);
}

}  // namespace
}  // namespace wireproof::clock_sync
