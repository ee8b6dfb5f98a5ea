#pragma once
// The edges among the live nodes, as docs/protocols/hmtp.md defines them (section 9).

#include <memory>
#include <optional>
#include <span>
#include <vector>

#include "hmtp/node.hpp"
#include "hmtp_simulation/host.hpp"

namespace wireproof::hmtp::simulation {

class Forest {
 public:
  /// By host number; nothing where no node runs. The list must outlive the forest.
  explicit Forest(const std::vector<const Node*>& nodes) : nodes_(nodes) {}

  /// The parent, if both ends hold the edge. Between extended nodes the parent lists the child's process and the child
  /// has the parent's seat; where one of them is plain, each names the other's endpoint.
  std::optional<Host> above(Host host) const;

  /// Whether the way upwards from the host comes back to it. Whatever one node does can close no other cycle.
  bool cycle_through(Host host) const;

  /// Whether every live node's way upwards ends at `root`, which is in the state root, and nobody else is. Without live
  /// nodes there is nothing to be whole.
  bool one_tree(std::optional<Host> root) const;

  /// Levels below the top of the highest tree whose top is not `root`.
  unsigned orphaned_height(std::optional<Host> root) const;

 private:
  const Node* node(Host host) const { return host < nodes_.size() ? nodes_[host] : nullptr; }

  const std::vector<const Node*>& nodes_;
  mutable std::vector<Host> way_;
  mutable std::vector<bool> reaches_;
};

}  // namespace wireproof::hmtp::simulation
