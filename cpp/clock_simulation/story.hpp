#pragma once
// One client that sets its clock by one server, in a simulated world: delays of any kind, loss, duplicates, restarts of
// the server with another time, a clock that drifts.

#include <algorithm>
#include <array>
#include <functional>
#include <memory>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "clock_sync/time_client.hpp"
#include "random/random.hpp"
#include "simulation/world.hpp"
#include "software_clock/oscillator.hpp"
#include "utc/utc_message.hpp"
#include "utc/utc_server.hpp"

namespace wireproof::clock_sync {

inline constexpr Time kStart = std::chrono::seconds(4'294'967'000);  // five minutes before 2106's edge of 32 bits
inline const Address kClient = Address::v4(0x0A000001, 40000);
inline const Address kServer = Address::v4(0x0A000002, utc::kPort);

/// Of a link, one way.
struct Delay {
  Time least{0};
  Time jitter{0};
};

struct Path {
  Delay there{std::chrono::milliseconds(10), std::chrono::milliseconds(5)};
  Delay back{std::chrono::milliseconds(10), std::chrono::milliseconds(5)};
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
inline Time jump_of(Random& random) {
  const Time far = std::chrono::seconds(2) + Time(static_cast<Time::rep>(random.share() * 2e12));
  return std::array{Time(0), Time(0), far, -far}[random.below(4)];
}

/// One client, one server. `Client` is TimeClient, or a wrong one.
template <typename Client>
class Story {
 public:
  Story(std::uint64_t seed, Path path, const TimeClientOptions& options, double drift = 0, Time wrong = Time(0))
      : random_(seed),
        path_(path),
        oscillator_(drift),
        world_([this](const Address&, const Address& to, std::string_view) { return fate(to); }),
        clock_(oscillator_.at(Time(0)), kStart + wrong) {
    start_server(Time(0));
    auto client = std::make_unique<Asking>(*this);
    client->core.emplace(Time(0), options, utc::kUtc, kServer, clock_, seed,
                         [this](const Round& round) { ended(round); });
    world_.start(kClient, std::move(client));
    world_.call(kClient, [](simulation::Process<Address>& process) { process.advance(Time(0)); });
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
  /// The server's day ends with a leap second, which it announces from now on.
  void announce(LeapSecond::Kind kind) {
    constexpr Time kDay = std::chrono::hours(24);
    leap_ = LeapSecond{(server_clock_->utc(world_.now()) / kDay + 1) * kDay, kind};
    server_clock_->announce(world_.now(), leap_);
  }
  Time until_midnight() const { return leap_->midnight - server_clock_->utc(world_.now()); }
  void at(Time time, std::function<void()> what) { world_.at(time, std::move(what)); }
  void set_path(const Path& path) { path_ = path; }

  /// Of the client's clock against the server's now.
  Time error() const { return client_time(world_.now()) - server_clock_->utc(world_.now()); }
  const std::vector<Ended>& rounds() const { return rounds_; }
  Time most_backwards() const { return most_backwards_; }
  const SoftwareClock& clock() const { return clock_; }
  /// Now, on the client's oscillator.
  Time elapsed() const { return oscillator_.at(world_.now()); }

 private:
  static Bytes bytes_of(std::string_view text) {
    return {reinterpret_cast<const std::uint8_t*>(text.data()), text.size()};
  }
  static std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }

  class Serving : public simulation::Process<Address> {
   public:
    Serving(Story& story, std::uint64_t instance) : story_(story), core_(*story.server_clock_, instance) {}
    void receive(Time now, const Address& from, std::string_view datagram) override {
      const auto answer = core_.answer(now, now, bytes_of(datagram), {story_.leap(now), 1, Time(0), Time(0)});
      if (answer) story_.world_.send(kServer, from, text_of(*answer));
    }
    void advance(Time) override {}
    Time next_deadline() const override { return kNever; }

   private:
    Story& story_;
    utc::UtcServer core_;
  };

  class Asking : public simulation::Process<Address> {
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
      return deadline == kNever ? kNever : story_.oscillator_.when(deadline) + Time(2);
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
      const auto more =
          delay.jitter > Time(0) ? Time(static_cast<Time::rep>(random_.below(delay.jitter.count()))) : Time(0);
      delays_.push_back(delay.least + more);
    }
    return delays_;
  }

  Leap leap(Time now) const {
    if (!leap_ || server_clock_->utc(now) >= leap_->midnight) return Leap::none;
    return leap_->kind == LeapSecond::Kind::inserted ? Leap::inserted : Leap::deleted;
  }
  Time client_time(Time now) const { return clock_.utc(oscillator_.at(now)); }

  void ended(const Round& round) {
    Ended ended{world_.now(), round, Time(0), error(), Time(0)};
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
  simulation::World<Address> world_;
  SoftwareClock clock_;
  std::optional<SoftwareClock> server_clock_;
  std::optional<LeapSecond> leap_;  ///< that is announced, or over
  std::vector<Time> delays_;
  std::vector<Ended> rounds_;
  Time last_{0};
  Time most_backwards_{0};
};

}  // namespace wireproof::clock_sync
