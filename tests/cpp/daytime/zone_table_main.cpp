// zone-table: for each line "ZONE SECONDS" of standard input, the local time: "OFFSET SUMMER ABBREVIATION
// YYYY-MM-DDTHH:MM:SS WEEKDAY", or "unknown".

#include <iostream>

#include "base/writing.hpp"
#include "command_line/program.hpp"
#include "daytime/zones.hpp"

using namespace wireproof;

int main(int argc, char** argv) {
  const auto tell = [] {
    std::string text;
    std::string zone;
    for (std::int64_t seconds = 0; std::cin >> zone >> seconds;) {
      const auto time = daytime::local_time(zone, std::chrono::seconds(seconds));
      text += time ? fmt::format("{} {} {} {:04}-{:02}-{:02}T{:02}:{:02}:{:02} {}\n", time->utc_offset,
                                 time->is_summer_time ? 1 : 0, time->abbreviation, time->year, time->month, time->day,
                                 time->hour, time->minute, time->second, time->weekday)
                   : "unknown\n";
    }
    write_output(text);
    return ExitStatus::ok;
  };
  return run_program(
      argc, argv, {"zone-table", "Tells local times of zones and moments, for a comparison.", ""}, [](CommandLine&) {},
      tell);
}
