#pragma once
// Signals as a descriptor, so that a wait can end on them.

#include <chrono>
#include <csignal>
#include <initializer_list>
#include <string>

#include "loop/file_descriptor.hpp"

namespace wireproof {

/// From now on the signals wait, and end nothing.
void hold_back(std::initializer_list<int> numbers) noexcept;

/// From its making on, the signals no longer kill; they make descriptor() readable. Make it before any thread, and
/// before the program tells that it is there: who waited for that may stop it at once.
class Signals {
 public:
  explicit Signals(std::initializer_list<int> numbers);

  int descriptor() const { return descriptor_.get(); }
  /// Whether one of them has come.
  bool arrived() const { return arrive_within(std::chrono::milliseconds(0)); }
  bool arrive_within(std::chrono::milliseconds patience) const;
  /// Takes the one that has come first: its number, 0 when none has come.
  int take() const;

 private:
  FileDescriptor descriptor_;
};

/// SIGINT and SIGTERM.
class StopSignals : public Signals {
 public:
  StopSignals() : Signals({SIGINT, SIGTERM}) {}
};

/// "SIGTERM".
std::string signal_name(int number);

}  // namespace wireproof
