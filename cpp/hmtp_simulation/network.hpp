#pragma once
// A simulated network: loss, delay, duplication, reordering, partitions.

#include <array>
#include <cstdint>
#include <span>

#include "hmtp/random.hpp"
#include "hmtp/time.hpp"
#include "hmtp_simulation/host.hpp"
#include "hmtp_simulation/plan.hpp"

namespace wireproof::hmtp::simulation {

/// Each ordered pair of hosts has a delay of its own, 1 to 50 ms; each datagram up to 10 ms more, so that some overtake
/// others; in a local network a 32nd of that. The n-th datagram of a host meets the same fate in every run of the same
/// seed.
class Network {
 public:
  Network(std::uint64_t seed, bool is_local) : seed_(seed), divisor_(is_local ? 32 : 1) {}

  /// Longest time between a question and its answer when nothing fails.
  Time answer() const { return milliseconds(120) / divisor_; }

  /// Takes loss, duplicates and late from it.
  void set_weather(const Action& action) { weather_ = action; }
  void split(std::uint64_t how) { split_ = how, is_split_ = true; }
  void heal() { is_split_ = false; }

  /// The delays after which copies arrive; none: lost. `nth`: of the sender's datagrams.
  std::span<const Time> fate(Host from, Host to, std::uint64_t nth) {
    if (is_split_ && side(from) != side(to)) return {};
    Random random(mixed(seed_, from, nth));
    std::size_t count = 0;
    for (int copies = random.below(100) < weather_.duplicates ? 2 : 1; copies > 0; --copies) {
      if (random.below(100) < weather_.loss) continue;
      Time delay = milliseconds(1 + mixed(seed_, from, 0x10000U + to) % 50);
      delay = (delay + std::chrono::microseconds(random.below(10'000))) / divisor_;
      if (random.below(100) < weather_.late) delay += milliseconds(random.below(3000));
      delays_[count++] = delay;
    }
    return {delays_.data(), count};
  }

 private:
  bool side(Host host) const { return mixed(split_, host) % 2 == 0; }

  std::uint64_t seed_;
  int divisor_;
  Action weather_;
  std::uint64_t split_ = 0;
  bool is_split_ = false;
  std::array<Time, 2> delays_{};
};

}  // namespace wireproof::hmtp::simulation
