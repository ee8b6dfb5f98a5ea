#pragma once
// What one direction of a link is to be.

#include <cstddef>
#include <cstdint>
#include <memory>
#include <optional>
#include <vector>

#include "wire/rule.hpp"
#include "wire/time.hpp"
#include "wire/trace.hpp"

namespace wireproof::wire {

/// An Ethernet frame with 1500 bytes of payload, without its frame check sequence.
constexpr std::size_t kFullFrame = 1514;

enum class Distribution { uniform, normal, table };
enum class DisciplineKind { drop_tail, drop_head, red, codel };

/// Two-state loss as `tc-netem loss gemodel` has it; all are probabilities.
struct GilbertElliott {
  double p = 0;  ///< from good to bad
  double r = 1;  ///< from bad to good
  double h = 0;  ///< a packet arrives in the bad state
  double k = 1;  ///< a packet arrives in the good state

  friend bool operator==(const GilbertElliott&, const GilbertElliott&) = default;
};

struct LossSettings {
  double probability = 0;                               ///< of each packet, in the long run
  double correlation = 0;                               ///< of successive packets of a flow
  std::optional<GilbertElliott> bursts = std::nullopt;  ///< instead of the two above
};

struct DelaySettings {
  nanoseconds mean{0};
  nanoseconds jitter{0};  ///< uniform: half the width; normal: standard deviation; table: what its 1 stands for
  Distribution distribution = Distribution::uniform;
  double correlation = 0;                                      ///< of successive packets of a flow
  std::shared_ptr<const std::vector<double>> table = nullptr;  ///< quantiles at even steps; not empty when it is asked
  bool keep_order = true;
};

/// The most that may wait for the rate. An empty queue takes one packet however small its bound.
struct QueueBound {
  enum class Unit { packets, bytes, milliseconds };
  Unit unit = Unit::packets;
  double amount = 1000;

  friend bool operator==(const QueueBound&, const QueueBound&) = default;
};

/// Random early detection; thresholds in the unit of the queue's bound.
struct RedSettings {
  double minimum = 0;
  double maximum = 0;
  double probability = 0.1;
  double weight = 0.002;

  friend bool operator==(const RedSettings&, const RedSettings&) = default;
};

/// RFC 8289's two parameters, with its defaults.
struct CodelSettings {
  nanoseconds target = std::chrono::milliseconds(5);
  nanoseconds interval = std::chrono::milliseconds(100);

  friend bool operator==(const CodelSettings&, const CodelSettings&) = default;
};

struct QueueSettings {
  DisciplineKind kind = DisciplineKind::drop_tail;
  QueueBound bound;
  RedSettings red;
  CodelSettings codel;
  bool ecn = false;  ///< RED and CoDel mark packets of ECN-capable transports instead of dropping them

  friend bool operator==(const QueueSettings&, const QueueSettings&) = default;
};

struct Settings {
  std::optional<double> rate = std::nullopt;     ///< bit/s over Ethernet frames without frame check sequence
  std::size_t burst = kFullFrame;                ///< bytes that may leave at once after a pause
  std::shared_ptr<const Trace> trace = nullptr;  ///< instead of a rate
  QueueSettings queue;
  DelaySettings delay;
  LossSettings loss;
  std::vector<Rule> rules = {};  ///< of loss
  std::uint64_t rules_set = 0;   ///< how often they were set: each time they count from 1
  double reorder = 0;            ///< share that leaves at once, not delayed
  unsigned reorder_gap = 1;      ///< at most every n-th packet of a flow
  double duplicate = 0;
  double corrupt = 0;
  bool down = false;
};

}  // namespace wireproof::wire
