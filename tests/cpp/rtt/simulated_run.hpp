#pragma once
// A prober and responders in virtual time, and what really happened to their datagrams.

#include <fmt/format.h>

#include <functional>
#include <map>
#include <memory>
#include <optional>
#include <set>
#include <string>
#include <vector>

#include "rtt/prober.hpp"
#include "rtt/responder.hpp"
#include "simulation/story.hpp"
#include "simulation/world.hpp"

namespace wireproof::rtt::testing {

using namespace std::chrono_literals;
using simulation::Story;

using World = simulation::World<Address>;

inline const Address kProber = Address::v4(0x0A000001, 40000);
inline Address responder(std::uint32_t number) { return Address::v4(0x0A000100 + number, kPort); }
inline std::uint32_t number_of(const Address& address) { return address == kProber ? 0 : address.address[15] + 1U; }

inline Bytes bytes_of(std::string_view datagram) {
  return {reinterpret_cast<const std::uint8_t*>(datagram.data()), datagram.size()};
}
inline std::string text_of(const std::vector<std::uint8_t>& bytes) { return {bytes.begin(), bytes.end()}; }
inline Message message_of(std::string_view datagram) { return std::get<Message>(decode(bytes_of(datagram))); }

/// What really happened to a probe.
struct Fate {
  Time sent{0};
  std::set<Time> arrivals{};           ///< at the responder
  std::optional<Time> first_answer{};  ///< when it came back to the prober
  Time own{0};                         ///< of the responder, in that answer
  unsigned answers = 0;
};

struct RunOptions {
  ProberOptions prober{};
  std::uint32_t addresses = 1;
  std::uint64_t seed = 1;
  Time own{0};                 ///< what a responder takes for each answer
  std::vector<bool> echoes{};  ///< which peers have no responder but an echo service
  /// What the prober is given in place of a message: right ones leave it as it is.
  std::function<void(Message&, const Prober&)> spoils = [](Message&, const Prober&) {};
};

class SimulatedRun {
 public:
  SimulatedRun(const RunOptions& options, World::Path path) : options_(options), world_(std::move(path)) {
    std::vector<Address> addresses;
    for (std::uint32_t i = 0; i < options.addresses; ++i) {
      addresses.push_back(responder(i));
      start(i);
    }
    fates_.resize(options.addresses);
    world_.start(kProber, std::make_unique<ProberProcess>(*this, addresses));
    world_.call(kProber, [](simulation::Process<Address>&) {});
  }

  World& world() { return world_; }
  /// A responder that remembers nothing begins.
  void start(std::uint32_t number) {
    world_.start(responder(number), std::make_unique<ResponderProcess>(*this, number, ++lives_));
  }
  /// Until the prober is at its end.
  const Prober& finish() {
    while (!prober().is_over(world_.now()) && world_.next() != kNever) world_.step();
    return prober();
  }
  const Prober& prober() { return static_cast<ProberProcess*>(world_.find(kProber))->prober; }
  const std::vector<Fate>& fates(std::size_t address) const { return fates_[address]; }

  /// How the prober's records differ from what really happened, if they do.
  std::optional<std::string> breach() {
    const Prober& prober = finish();
    for (std::size_t i = 0; i < fates_.size(); ++i) {
      if (const auto wrong = breach(prober.records()[i], fates_[i])) return fmt::format("address {}: {}", i, *wrong);
    }
    return std::nullopt;
  }

 private:
  class ProberProcess : public simulation::Process<Address> {
   public:
    ProberProcess(SimulatedRun& run, const std::vector<Address>& addresses)
        : prober(run.options_.prober, addresses, run.world_.now(), run.options_.seed,
                 [&run](std::size_t address, const Message& probe) { return run.send(address, probe); }),
          run_(run) {}
    void receive(Time now, const Address& from, std::string_view datagram) override {
      Message message = message_of(datagram);
      run_.note_answer(number_of(from) - 1, message);
      run_.options_.spoils(message, prober);
      prober.receive(from, message, {.program = now});
    }
    void advance(Time now) override { prober.advance(now); }
    Time next_deadline() const override { return prober.is_over(run_.world_.now()) ? kNever : prober.next_deadline(); }

    Prober prober;

   private:
    SimulatedRun& run_;
  };

  /// Its clock began long before or after the prober's.
  class ResponderProcess : public simulation::Process<Address> {
   public:
    ResponderProcess(SimulatedRun& run, std::uint32_t number, std::uint64_t life)
        : run_(run), number_(number), skew_(Time(1'000'000'007) * (1 + life)), core_(mixed(run.options_.seed, life)) {}
    void receive(Time now, const Address& from, std::string_view datagram) override {
      const Message probe = message_of(datagram);
      run_.fates_[number_][probe.sequence].arrivals.insert(now);
      if (number_ < run_.options_.echoes.size() && run_.options_.echoes[number_]) {
        return run_.world_.send(responder(number_), from, datagram);
      }
      auto reply = core_.receive(from, probe, now + skew_);
      if (!reply) return;
      reply->answered = now + skew_ + run_.options_.own;
      due_.emplace(now + run_.options_.own, std::pair(from, text_of(encode(*reply))));
    }
    void advance(Time now) override {
      while (!due_.empty() && due_.begin()->first <= now) {
        const auto [to, datagram] = due_.begin()->second;
        due_.erase(due_.begin());
        run_.world_.send(responder(number_), to, datagram);
      }
    }
    Time next_deadline() const override { return due_.empty() ? kNever : due_.begin()->first; }

   private:
    SimulatedRun& run_;
    std::uint32_t number_;
    Time skew_;
    Responder core_;
    std::multimap<Time, std::pair<Address, std::string>> due_;
  };

  std::optional<Departure> send(std::size_t address, const Message& probe) {
    fates_[address].push_back({.sent = world_.now()});
    world_.send(kProber, responder(static_cast<std::uint32_t>(address)), text_of(encode(probe)));
    return Departure{world_.now()};
  }

  void note_answer(std::size_t address, const Message& message) {
    Fate& fate = fates_[address][message.sequence];
    if (fate.answers++ == 0) {
      fate.first_answer = world_.now();
      fate.own = message.answered - message.arrived;
    }
  }

  std::optional<std::string> breach(const Record& record, const std::vector<Fate>& fates) const {
    const Record::Counts& counts = record.counts();
    const auto round_trips = record.round_trips().best;
    if (counts.sent != fates.size() || round_trips.size() != fates.size()) return "what was sent";
    std::uint64_t late = 0;
    std::uint64_t lost = 0;
    std::uint64_t more = 0;
    for (std::size_t i = 0; i < fates.size(); ++i) {
      Time expected = fates[i].first_answer ? *fates[i].first_answer - fates[i].sent - fates[i].own : kNever;
      more += fates[i].answers > 1 ? fates[i].answers - 1 : 0;
      lost += expected == kNever ? 1 : 0;
      if (expected != kNever && expected > options_.prober.timeout) {
        ++late;
        expected = kNever;
      }
      if (round_trips[i] != expected) {
        return fmt::format("probe {} took {} ns, not {}", i, expected.count(), round_trips[i].count());
      }
    }
    if (counts.lost() != lost) return fmt::format("{} were lost, not {}", lost, counts.lost());
    if (counts.late != late) return fmt::format("{} were late, not {}", late, counts.late);
    if (counts.duplicates_there + counts.duplicates_back != more) return "duplicates";
    const Losses losses = record.losses();
    if (losses.there + losses.back + losses.unknown != lost) return "the sum of losses";
    return std::nullopt;
  }

  RunOptions options_;
  World world_;
  std::vector<std::vector<Fate>> fates_;  ///< of each address, by sequence
  std::uint64_t lives_ = 0;
};

}  // namespace wireproof::rtt::testing
