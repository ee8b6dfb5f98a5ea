#pragma once
// Random early detection (Floyd and Jacobson, "Random Early Detection Gateways for Congestion Avoidance", IEEE/ACM
// Transactions on Networking 1(4), 1993).

#include "wire/queue.hpp"

namespace wireproof::wire {

/// The paper's average and drop decision, apart from any queue.
class Red {
 public:
  struct Thresholds {
    double minimum = 0;
    double maximum = 0;
  };
  enum class Verdict { accept, early, forced };

  /// `probability`: of a drop as the average comes to the upper threshold; `weight`: of the present queue in the
  /// average.
  Red(Thresholds thresholds, double probability, double weight)
      : thresholds_(thresholds), probability_(probability), weight_(weight) {}

  /// A packet arrives while `queued` waits. `idle`: how many full frames could have left since the queue ran empty (0
  /// while it is not). `chance`: even over [0, 1).
  Verdict arrive(double queued, double idle, double chance);

  void set(Thresholds thresholds) { thresholds_ = thresholds; }
  double average() const { return average_; }

 private:
  Thresholds thresholds_;
  double probability_;
  double weight_;
  double average_ = 0;
  int count_ = -1;  ///< accepted since the last early drop; -1 below the lower threshold
};

/// Drops early with RED, and at the tail when there is no room. All packets have the same chance, whatever their length
/// (RFC 7567, section 4.4). With ECN an early drop of a capable packet is a mark, a forced one stays a drop (RFC 3168).
class RedQueue : public Queue {
 public:
  /// `rate` as for capacity_of().
  RedQueue(const QueueSettings& settings, double rate, QueueObserver& observer);

  void enqueue(Packet packet, nanoseconds at) override;
  std::optional<Packet> dequeue(nanoseconds at) override;
  void change(const QueueSettings& settings, double rate, nanoseconds at) override;

 private:
  Red red_;
  bool ecn_;
  bool in_packets_;
  nanoseconds empty_since_{0};
};

}  // namespace wireproof::wire
