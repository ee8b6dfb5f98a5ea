#include "tv/timetable.hpp"

#include <algorithm>
#include <cmath>

namespace wireproof::tv {

Timetable Timetable::immediate(std::uint64_t bytes) {
  return Timetable(bytes, {{0, 0}, {static_cast<double>(bytes), 0}});
}

Timetable Timetable::constant(std::uint64_t bytes, double bits_per_second) {
  const auto size = static_cast<double>(bytes);
  return Timetable(bytes, {{0, 0}, {size, size * 8 / bits_per_second}});
}

Timetable Timetable::from_pcr(const mpegts::Profile& profile, double speed) {
  const double rate = profile.mean_rate();
  if (profile.is_constant_rate()) return constant(profile.bytes, rate * speed);
  const auto& points = profile.points;
  const double head = static_cast<double>(points.front().offset) * 8 / rate;
  std::vector<Knot> knots{{0, 0}};
  for (const auto& point : points) {
    const Knot knot{static_cast<double>(point.offset), (head + point.seconds - points.front().seconds) / speed};
    if (knot.offset > knots.back().offset) knots.push_back(knot);
  }
  const double tail = (static_cast<double>(profile.bytes) - knots.back().offset) * 8 / rate;
  knots.push_back({static_cast<double>(profile.bytes), knots.back().seconds + tail / speed});
  return Timetable(profile.bytes, std::move(knots));
}

nanoseconds Timetable::due(std::uint64_t offset) const {
  const auto place = static_cast<double>(std::min(offset, bytes_));
  const auto later = std::lower_bound(knots_.begin() + 1, knots_.end() - 1, place,
                                      [](const Knot& knot, double value) { return knot.offset < value; });
  const Knot& from = *(later - 1);
  const double bytes = later->offset - from.offset;
  const double share = bytes > 0 ? (place - from.offset) / bytes : 0;
  return nanoseconds(std::llround((from.seconds + share * (later->seconds - from.seconds)) * 1e9));
}

std::uint64_t Timetable::offset_at(nanoseconds time) const {
  std::uint64_t low = 0;
  std::uint64_t high = bytes_;
  while (low < high) {
    const std::uint64_t middle = low + (high - low) / 2;
    if (due(middle) < time) {
      low = middle + 1;
    } else {
      high = middle;
    }
  }
  return low;
}

double Timetable::mean_rate() const {
  const double seconds = knots_.back().seconds;
  return seconds > 0 ? static_cast<double>(bytes_) * 8 / seconds : 0;
}

}  // namespace wireproof::tv
