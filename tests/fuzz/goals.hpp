#pragma once
// How far the runs of a fuzz target must get: a target whose inputs end at the first check of a parser tests nothing.

#include <cstdint>
#include <vector>

namespace wireproof::fuzz {

/// A place in the code under test, or a state of it, that a share of a target's runs must come to. One per place, with
/// static storage; the driver counts the runs and fails when a share is missed.
class Goal {
 public:
  /// `percent`: the least share of the runs.
  Goal(const char* name, double percent) : name_(name), percent_(percent) { all().push_back(this); }
  Goal(const Goal&) = delete;
  Goal& operator=(const Goal&) = delete;

  void reach(bool really = true) {
    if (really) reached_ = true;
  }

  const char* name() const { return name_; }
  double percent() const { return percent_; }
  std::uint64_t runs() const { return runs_; }
  void end_run() {
    runs_ += reached_ ? 1 : 0;
    reached_ = false;
  }

  static std::vector<Goal*>& all() {
    static std::vector<Goal*> goals;
    return goals;
  }

 private:
  const char* name_;
  double percent_;
  bool reached_ = false;
  std::uint64_t runs_ = 0;
};

}  // namespace wireproof::fuzz
