#include "wire/trace.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <charconv>

namespace wireproof::wire {

Trace Trace::parse(std::string_view text) {
  std::vector<std::uint32_t> milliseconds;
  for (std::size_t number = 1; !text.empty(); ++number) {
    const std::size_t end = text.find('\n');
    std::string_view line = text.substr(0, end);
    text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
    if (line.ends_with('\r')) line.remove_suffix(1);
    std::uint32_t value = 0;
    const auto [rest, error] = std::from_chars(line.data(), line.data() + line.size(), value);
    if (error == std::errc::result_out_of_range || (error == std::errc() && value > kMaxMillisecond)) {
      throw TraceError(fmt::format("line {}: more than {} milliseconds", number, kMaxMillisecond));
    }
    if (error != std::errc() || rest != line.data() + line.size()) {
      throw TraceError(fmt::format("line {}: not a whole number of milliseconds", number));
    }
    if (!milliseconds.empty() && value < milliseconds.back()) {
      throw TraceError(
          fmt::format("line {}: {} is earlier than {} in the line before", number, value, milliseconds.back()));
    }
    if (milliseconds.size() == kMaxChances)
      throw TraceError(fmt::format("line {}: more than {} lines", number, kMaxChances));
    milliseconds.push_back(value);
  }
  if (milliseconds.empty()) throw TraceError("line 1: the trace is empty; at least one line is needed");
  if (milliseconds.back() == 0) {
    throw TraceError(fmt::format("line {}: the trace ends at 0 ms, so it cannot repeat", milliseconds.size()));
  }
  return Trace(std::move(milliseconds));
}

nanoseconds Trace::at(std::uint64_t index) const {
  const std::uint64_t round = index / milliseconds_.size();
  return std::chrono::milliseconds(round * milliseconds_.back() + milliseconds_[index % milliseconds_.size()]);
}

std::uint64_t Trace::first_from(nanoseconds time) const {
  if (time <= nanoseconds(0)) return 0;
  const auto wanted = static_cast<std::uint64_t>(std::chrono::ceil<std::chrono::milliseconds>(time).count());
  // The last chances of a round and those at 0 ms of the next are at the same time.
  const std::uint64_t period = milliseconds_.back();
  const std::uint64_t round = (wanted - 1) / period;
  const auto within = static_cast<std::uint32_t>(wanted - round * period);
  const auto found = std::lower_bound(milliseconds_.begin(), milliseconds_.end(), within);
  return round * milliseconds_.size() + static_cast<std::uint64_t>(found - milliseconds_.begin());
}

double Trace::mean_rate() const {
  return static_cast<double>(milliseconds_.size() * kBytes * 8) * 1e3 / milliseconds_.back();
}

}  // namespace wireproof::wire
