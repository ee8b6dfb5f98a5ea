#pragma once
// Date and time as a clock on the wall of a place shows them.

#include <string>

namespace wireproof::daytime {

struct LocalTime {
  int year = 1970;
  int month = 1;       ///< 1 to 12
  int day = 1;         ///< 1 to 31
  int hour = 0;        ///< 0 to 23
  int minute = 0;      ///< 0 to 59
  int second = 0;      ///< 0 to 60
  int weekday = 4;     ///< 1, Monday, to 7, Sunday (ISO 8601)
  int utc_offset = 0;  ///< seconds east of UTC
  bool is_summer_time = false;
  std::string abbreviation = "UTC";  ///< of the zone, then: "CEST"

  friend bool operator==(const LocalTime&, const LocalTime&) = default;
};

}  // namespace wireproof::daytime
