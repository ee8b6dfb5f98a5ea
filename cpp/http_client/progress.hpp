#pragma once
// How far a transfer has come, how fast it is, and how long the rest will take, in lines for people. Pure.

#include <cstddef>
#include <cstdint>
#include <deque>
#include <optional>
#include <string>

#include "loop/time.hpp"

namespace wireproof::http_client {

/// "999 B", "1.2 MB": powers of 1000.
std::string size_text(std::uint64_t bytes);
/// "0:07", "12:34", "2:00:00".
std::string duration_text(Time time);

class Progress {
 public:
  enum class Style {
    line,      ///< of a terminal, drawn over and over
    sentences  ///< of a log
  };

  /// `offset`: bytes that were there before; `total`: of the whole, where that is known.
  Progress(Style style, std::string name, std::uint64_t offset, std::optional<std::uint64_t> total, Time now);

  /// What is to be written now that the transfer has come to `bytes` (with the offset), if anything: a line at most
  /// once a second, on a terminal ten times. `columns`: of the terminal.
  std::optional<std::string> at(Time now, std::uint64_t bytes, std::size_t columns = 80);

  /// Bytes a second over the last seconds; 0 before anything can be said.
  double rate(Time now) const;

 private:
  struct Sample {
    Time time;
    std::uint64_t bytes;
  };

  std::string line(Time now, std::size_t columns) const;

  Style style_;
  std::string name_;
  std::uint64_t bytes_;
  std::optional<std::uint64_t> total_;
  Time told_;
  std::deque<Sample> samples_;
};

}  // namespace wireproof::http_client
