#pragma once
// The sender's core: which bytes are to leave when. Time comes in, actions go out; no clock and no socket here.

#include <chrono>
#include <cstddef>
#include <cstdint>
#include <optional>
#include <variant>

#include "tv/timetable.hpp"

namespace wireproof::tv {

/// Cuts a file into datagrams and holds them back until each is due.
///
/// The schedule is absolute: datagram k is due when the bytes before it are, counted from the start, so that errors
/// never add up. After a delay (back-pressure, a busy machine) overdue datagrams go out one behind the other until the
/// schedule is met again; nothing is ever sent before it is due.
class Pacer {
 public:
  struct Settings {
    std::size_t payload = 1316;  ///< bytes per datagram, at least 1; the last one of the file may be shorter
    std::uint64_t begin = 0;     ///< first byte of the file to send, at most its size
    bool loop = false;           ///< after the end, start over at `begin`
    std::optional<nanoseconds> duration = std::nullopt;  ///< nothing is due, and nothing sent, from this time on
  };

  /// Send these bytes of the file now, then ask again.
  struct Send {
    std::uint64_t offset = 0;
    std::size_t length = 0;
    nanoseconds due{0};  ///< since the start
  };
  /// Nothing to do before `until`.
  struct Wait {
    nanoseconds until{0};
  };
  struct Done {};
  using Action = std::variant<Send, Wait, Done>;

  Pacer(Timetable timetable, Settings settings);

  /// What to do at `now` (time since the start). A Send is handed out once.
  Action next(nanoseconds now);

 private:
  Timetable timetable_;
  Settings settings_;
  std::uint64_t offset_;
  nanoseconds base_{0};  ///< start of the present round, minus the time of the bytes that are skipped
};

}  // namespace wireproof::tv
