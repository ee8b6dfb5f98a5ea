#pragma once
// Processes in virtual time, on hosts that send each other datagrams.

#include <algorithm>
#include <concepts>
#include <cstdint>
#include <functional>
#include <map>
#include <memory>
#include <span>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "loop/time.hpp"
#include "simulation/event_queue.hpp"

namespace wireproof::simulation {

/// A core and what surrounds it. Its functions send through World::send(); they do not start or stop processes.
template <typename Process, typename Address>
concept Simulated = requires(Process process, Time now, const Address& from, std::string_view datagram) {
  process.receive(now, from, datagram);
  process.advance(now);  ///< what is due by `now`; harmless when nothing is
  { std::as_const(process).next_deadline() } -> std::convertible_to<Time>;  ///< kNever: it waits for datagrams only
};

/// For worlds with processes of several kinds.
template <typename Address>
class Process {
 public:
  virtual ~Process() = default;
  virtual void receive(Time now, const Address& from, std::string_view datagram) = 0;
  virtual void advance(Time now) = 0;
  virtual Time next_deadline() const = 0;
};

/// The same calls make the same run: nothing here is random, and of two things at one time that comes first which was
/// scheduled first.
template <typename Address, typename Process = simulation::Process<Address>>
requires Simulated<Process, Address>
class World {
 public:
  /// What happens to a datagram: the delays after which copies of it arrive; none: it is lost.
  using Path = std::function<std::span<const Time>(const Address& from, const Address& to, std::string_view datagram)>;

  /// Who looks on. What is not set is not told.
  struct Watch {
    /// A datagram is about to be received, or, `there` being false, nobody is there to do so.
    std::function<void(const Address& from, const Address& to, std::string_view datagram, bool there)> arrival;
    std::function<void(const Address& from, const Address& to, std::string_view datagram)> loss;
    /// A process has been called.
    std::function<void(const Address& address, Process& process)> call;
  };

  explicit World(Path path, Watch watch = {}) : path_(std::move(path)), watch_(std::move(watch)) {}

  Time now() const { return now_; }
  /// When the last datagram that has been sent arrives, or arrived.
  Time latest_arrival() const { return latest_arrival_; }
  Time next() const { return queue_.next(); }

  /// A process runs at that address from now on; what ran there before is gone.
  Process& start(const Address& address, std::unique_ptr<Process> process) {
    Place& place = places_[address];
    place.process = std::move(process);
    place.wakes = kNever;
    return *place.process;
  }
  /// It is gone, without a word; datagrams on their way to it may meet its successor.
  void stop(const Address& address) { places_.erase(address); }
  Process* find(const Address& address) {
    const auto place = places_.find(address);
    return place != places_.end() ? place->second.process.get() : nullptr;
  }

  /// Calls a process that runs, and sees to its next deadline.
  template <typename Call>
  void call(const Address& address, Call call) {
    drive(address, places_.at(address), call);
  }

  void send(const Address& from, const Address& to, std::string_view datagram) {
    const std::span<const Time> delays = path_(from, to, datagram);
    if (delays.empty() && watch_.loss) watch_.loss(from, to, datagram);
    for (const Time delay : delays) {
      latest_arrival_ = std::max(latest_arrival_, now_ + delay);
      queue_.add(now_ + delay, {Event::Kind::datagram, datagrams_.keep(datagram), to, from});
    }
  }

  /// Something from outside happens at that time, not before now().
  void at(Time time, std::function<void()> what) {
    queue_.add(time, {Event::Kind::outside, outside_.keep(what), Address{}, Address{}});
  }

  /// The next event; there must be one.
  void step() {
    const auto entry = queue_.take();
    now_ = entry.at;
    const Event& event = entry.event;
    switch (event.kind) {
      case Event::Kind::datagram:
        return arrive(event);
      case Event::Kind::wake: {
        const auto place = places_.find(event.address);
        if (place == places_.end() || place->second.wakes != now_) return;
        place->second.wakes = kNever;
        return drive(event.address, place->second, [&](Process& process) { process.advance(now_); });
      }
      case Event::Kind::outside: {
        std::function<void()> what;
        outside_.release(event.number, what);
        return what();
      }
    }
  }
  /// All events up to `end`, which it is then.
  void run_until(Time end) {
    while (next() <= end) step();
    now_ = end;
  }

 private:
  struct Event {
    enum class Kind : std::uint8_t { datagram, wake, outside };
    Kind kind;
    std::uint32_t number = 0;  ///< of the datagram, or of what happens
    Address address{};
    Address from{};
  };
  struct Place {
    std::unique_ptr<Process> process;
    Time wakes = kNever;  ///< the event that counts
  };

  void arrive(const Event& event) {
    std::string datagram = std::move(spare_);
    datagrams_.release(event.number, datagram);
    const auto place = places_.find(event.address);
    const bool there = place != places_.end();
    if (watch_.arrival) watch_.arrival(event.from, event.address, datagram, there);
    if (there) {
      drive(event.address, place->second, [&](Process& process) { process.receive(now_, event.from, datagram); });
    }
    spare_ = std::move(datagram);
  }

  template <typename Call>
  void drive(const Address& address, Place& place, Call call) {
    call(*place.process);
    if (watch_.call) watch_.call(address, *place.process);
    const Time next = std::max(now_, place.process->next_deadline());
    if (next >= place.wakes) return;
    place.wakes = next;
    queue_.add(next, {Event::Kind::wake, 0, address, Address{}});
  }

  Path path_;
  Watch watch_;
  Time now_{0};
  Time latest_arrival_{0};
  EventQueue<Event> queue_;
  Pool<std::string> datagrams_;
  Pool<std::function<void()>> outside_;
  std::string spare_;  ///< memory of the last datagram
  std::map<Address, Place> places_;
};

}  // namespace wireproof::simulation
