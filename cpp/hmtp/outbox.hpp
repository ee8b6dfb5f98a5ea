#pragma once
// Messages of our own on their way to the root.

#include <cstdint>
#include <deque>
#include <optional>
#include <string>
#include <string_view>

#include "hmtp/node_options.hpp"
#include "hmtp/node_surroundings.hpp"

namespace wireproof::hmtp {

/// Asks the rendezvous point for the root when the known one is too old, and sends. With the extension a message stays
/// until it comes back through the tree, and is sent again to a root that was asked for anew.
class Outbox {
 public:
  struct Entry {
    std::uint64_t sequence = 0;
    Time since{0};
    Time due{0};  ///< when it is to be sent (again)
    bool sent = false;
    std::string datagram;
  };
  static constexpr std::size_t kMostBytes = 1 << 20;  ///< of datagrams kept

  Outbox(const NodeOptions& options, NodeSurroundings& surroundings, NodeCounters& counters)
      : options_(options), surroundings_(surroundings), counters_(counters) {}

  void add(Time now, std::uint64_t sequence, std::string datagram);
  /// What the rendezvous point says; an unset root: there is none.
  void root_told(Time now, const Endpoint& root);
  /// A message of ours came through the tree, or the root has it: it need not wait here. Its datagram, if it did.
  std::optional<std::string> remove(std::uint64_t sequence);
  void advance(Time now);
  Time next_deadline() const { return next_; }

  /// When we are the root ourselves: all that waits, and nothing waits any more.
  std::deque<Entry> take();

  const Endpoint& root() const { return root_; }  ///< told last, may be too old to be used
  bool asks() const { return ask_at_ != kNever; }
  std::size_t size() const { return entries_.size(); }

 private:
  void flush(Time now);
  void ask(Time now);
  void drop_oldest();
  void schedule();

  const NodeOptions& options_;
  NodeSurroundings& surroundings_;
  NodeCounters& counters_;
  std::deque<Entry> entries_;
  std::size_t bytes_ = 0;
  Endpoint root_;
  Time told_at_{0};       ///< when the root was told
  Time ask_at_ = kNever;  ///< when ROOT is to be sent (again); kNever: it need not
  unsigned asked_ = 0;    ///< times in a row
  Time next_ = kNever;
};

}  // namespace wireproof::hmtp
