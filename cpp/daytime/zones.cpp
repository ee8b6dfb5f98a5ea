#include "daytime/zones.hpp"

#include <fmt/format.h>
#include <stdlib.h>
#include <time.h>

#include <algorithm>
#include <array>
#include <fstream>

namespace wireproof::daytime {
namespace {

constexpr std::string_view kFolder = "/usr/share/zoneinfo";

bool is_letter(char character) {
  return (character >= 'a' && character <= 'z') || (character >= 'A' && character <= 'Z') ||
         (character >= '0' && character <= '9') || character == '_' || character == '-' || character == '+';
}

/// The C library takes what it does not know for UTC, and does not tell.
bool is_in_database(const std::string& zone) {
  std::ifstream file(fmt::format("{}/{}", kFolder, zone), std::ios::binary);
  std::array<char, 4> magic{};
  return file.read(magic.data(), magic.size()) && std::string_view(magic.data(), magic.size()) == "TZif";
}

}  // namespace

bool is_zone_name(std::string_view name) {
  if (name.empty() || name.size() > kLongestZone || name.front() == '/' || name.back() == '/') return false;
  if (name.find("//") != std::string_view::npos) return false;
  if (!std::all_of(name.begin(), name.end(), [](char it) { return it == '/' || is_letter(it); })) return false;
  const std::string_view first = name.substr(0, name.find('/'));
  return first != "posix" && first != "right" && first != "posixrules" && first != "localtime";
}

std::optional<LocalTime> local_time(const std::string& zone, Time utc) {
  if (!is_zone_name(zone) || !is_in_database(zone)) return std::nullopt;
  ::setenv("TZ", fmt::format(":{}/{}", kFolder, zone).c_str(), 1);
  ::tzset();
  const time_t seconds = std::chrono::floor<std::chrono::seconds>(utc).count();
  tm fields{};
  if (::localtime_r(&seconds, &fields) == nullptr) return std::nullopt;
  return LocalTime{.year = fields.tm_year + 1900,
                   .month = fields.tm_mon + 1,
                   .day = fields.tm_mday,
                   .hour = fields.tm_hour,
                   .minute = fields.tm_min,
                   .second = fields.tm_sec,
                   .weekday = fields.tm_wday == 0 ? 7 : fields.tm_wday,
                   .utc_offset = static_cast<int>(fields.tm_gmtoff),
                   .is_summer_time = fields.tm_isdst > 0,
                   .abbreviation = fields.tm_zone};
}

}  // namespace wireproof::daytime
