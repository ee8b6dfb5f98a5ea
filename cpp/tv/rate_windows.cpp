#include "tv/rate_windows.hpp"

#include <algorithm>

namespace wireproof::tv {

RateWindows measure_rate_windows(const mpegts::Profile& profile, double window_seconds) {
  RateWindows result;
  result.window_seconds = window_seconds;
  result.mean = profile.mean_rate();
  const auto& points = profile.points;
  const auto first_byte = static_cast<double>(points.front().offset);
  const double first_second = points.front().seconds;

  double ahead = 0;
  double behind = 0;
  double edge_bytes = 0;  // bytes before the window being filled
  for (std::size_t i = 1; i < points.size(); ++i) {
    const double bytes = static_cast<double>(points[i].offset) - first_byte;
    const double seconds = points[i].seconds - first_second;
    const double off = bytes - seconds * result.mean / 8;
    ahead = std::max(ahead, off);
    behind = std::max(behind, -off);

    const double from_bytes = static_cast<double>(points[i - 1].offset) - first_byte;
    const double from_seconds = points[i - 1].seconds - first_second;
    while (true) {
      const double edge = static_cast<double>(result.rates.size() + 1) * window_seconds;
      if (edge > seconds || seconds <= from_seconds) break;
      const double share = (edge - from_seconds) / (seconds - from_seconds);
      const double at_edge = from_bytes + share * (bytes - from_bytes);
      result.rates.push_back((at_edge - edge_bytes) * 8 / window_seconds);
      edge_bytes = at_edge;
    }
  }
  result.needed_buffer_bytes = ahead + behind;
  result.needed_delay_seconds = ahead * 8 / result.mean;
  if (!result.rates.empty()) {
    const auto [min, peak] = std::minmax_element(result.rates.begin(), result.rates.end());
    result.min = *min;
    result.peak = *peak;
  }
  return result;
}

}  // namespace wireproof::tv
