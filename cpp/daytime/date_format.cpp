#include "daytime/date_format.hpp"

#include <fmt/format.h>
#include <langinfo.h>
#include <time.h>

#include <string_view>

#include "text/failure.hpp"
#include "text/utf8.hpp"

namespace wireproof::daytime {

DateFormat::DateFormat(const std::string& locale)
    : locale_(::newlocale(LC_TIME_MASK | LC_CTYPE_MASK, locale.c_str(), nullptr)) {
  if (!locale_)
    throw UsageError(fmt::format("this system has no locale '{}'; `locale -a` lists them", printable(locale)));
  const std::string_view codeset = ::nl_langinfo_l(CODESET, locale_.get());
  if (codeset != "UTF-8" && codeset != "ANSI_X3.4-1968") {
    throw UsageError(fmt::format("the locale '{}' is of {}, not of UTF-8", printable(locale), codeset));
  }
}

std::string DateFormat::text(const LocalTime& time, const std::string& format) const {
  tm fields{};
  fields.tm_year = time.year - 1900;
  fields.tm_mon = time.month - 1;
  fields.tm_mday = time.day;
  fields.tm_hour = time.hour;
  ::timegm(&fields);  // which day of the year
  fields.tm_min = time.minute;
  fields.tm_sec = time.second;
  fields.tm_wday = time.weekday % 7;
  fields.tm_isdst = time.is_summer_time ? 1 : 0;
  fields.tm_gmtoff = time.utc_offset;
  fields.tm_zone = time.abbreviation.c_str();
  std::string text(4096, '\0');
  text.resize(::strftime_l(text.data(), text.size(), format.c_str(), &fields, locale_.get()));
  return text;
}

}  // namespace wireproof::daytime
