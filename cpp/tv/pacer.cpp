#include "tv/pacer.hpp"

#include <algorithm>
#include <stdexcept>

namespace wireproof::tv {

Pacer::Pacer(Timetable timetable, Settings settings)
    : timetable_(std::move(timetable)), settings_(settings), offset_(settings.begin) {
  if (settings_.payload == 0) throw std::invalid_argument("a datagram needs a payload");
  if (settings_.begin > timetable_.bytes()) throw std::invalid_argument("begin lies behind the end");
  base_ = -timetable_.due(settings_.begin);
}

Pacer::Action Pacer::next(nanoseconds now) {
  if (offset_ == timetable_.bytes()) {
    if (!settings_.loop || settings_.begin == timetable_.bytes()) return Done{};
    base_ += timetable_.duration() - timetable_.due(settings_.begin);
    offset_ = settings_.begin;
  }
  const nanoseconds due = base_ + timetable_.due(offset_);
  if (settings_.duration && std::max(due, now) >= *settings_.duration) return Done{};
  if (now < due) return Wait{due};
  const auto length =
      static_cast<std::size_t>(std::min<std::uint64_t>(settings_.payload, timetable_.bytes() - offset_));
  const Send send{offset_, length, due};
  offset_ += length;
  return send;
}

}  // namespace wireproof::tv
