#pragma once
// A simulated network: loss, delay, duplication, reordering, partitions.

#include <array>
#include <chrono>
#include <cstdint>
#include <span>
#include <string>
#include <vector>

#include "loop/time.hpp"
#include "random/random.hpp"

namespace wireproof::simulation {

using Host = std::uint16_t;

/// Of datagrams, in per cent.
struct Conditions {
  unsigned loss = 0;
  unsigned duplicates = 0;
  unsigned late = 0;  ///< by up to 3 s
};

/// A sentence of a story.
std::string text_of(const Conditions& conditions);

/// Each ordered pair of hosts has a delay of its own, 1 to 50 ms; each datagram up to 10 ms more, so that some overtake
/// others; in a local network a 32nd of that. The n-th datagram of a host meets the same fate in every run of the same
/// seed.
class Network {
 public:
  Network(std::uint64_t seed, bool is_local) : seed_(seed), divisor_(is_local ? 32 : 1) {}

  /// Longest time between a question and its answer when nothing fails.
  Time answer() const { return std::chrono::milliseconds(120) / divisor_; }

  void set(const Conditions& conditions) { conditions_ = conditions; }
  /// The hosts are split in two by `how`.
  void split(std::uint64_t how) { split_ = how, is_split_ = true; }
  void heal() { is_split_ = false; }

  /// The host's next datagram: the delays after which copies of it arrive; none: lost. Valid until the next call.
  std::span<const Time> fate(Host from, Host to) {
    if (sent_.size() <= from) sent_.resize(from + std::size_t{1});
    const std::uint64_t nth = ++sent_[from];
    if (is_split_ && side(from) != side(to)) return {};
    Random random(mixed(seed_, from, nth));
    std::size_t count = 0;
    for (int copies = random.below(100) < conditions_.duplicates ? 2 : 1; copies > 0; --copies) {
      if (random.below(100) < conditions_.loss) continue;
      Time delay = std::chrono::milliseconds(1 + mixed(seed_, from, 0x10000U + to) % 50);
      delay = (delay + std::chrono::microseconds(random.below(10'000))) / divisor_;
      if (random.below(100) < conditions_.late) delay += std::chrono::milliseconds(random.below(3000));
      delays_[count++] = delay;
    }
    return {delays_.data(), count};
  }

 private:
  bool side(Host host) const { return mixed(split_, host) % 2 == 0; }

  std::uint64_t seed_;
  int divisor_;
  Conditions conditions_;
  std::uint64_t split_ = 0;
  bool is_split_ = false;
  std::vector<std::uint64_t> sent_;  ///< datagrams of each host
  std::array<Time, 2> delays_{};
};

}  // namespace wireproof::simulation
