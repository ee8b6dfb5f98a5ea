#pragma once
// The way down the tree: whom to ask next.

#include <cstddef>
#include <optional>
#include <span>
#include <vector>

#include "hmtp/endpoint.hpp"
#include "random/random.hpp"

namespace wireproof::hmtp {

/// Picks at random among the candidates that were named last; when those are used up, among those named before. Nobody
/// is asked twice, and no more than kMostAsked are asked: forged lists lead nobody round in circles.
class Walk {
 public:
  static constexpr std::size_t kMostAsked = 64;
  static constexpr std::size_t kMostOpen = 256;

  void start() {
    open_.clear();
    groups_.clear();
    asked_.clear();
  }
  void add(std::span<const Endpoint> candidates);
  /// Nothing when nobody is left to be asked.
  std::optional<Endpoint> next(Random& random);

 private:
  std::vector<Endpoint> open_;
  std::vector<std::size_t> groups_;  ///< where each group begins in open_
  std::vector<Endpoint> asked_;
};

}  // namespace wireproof::hmtp
