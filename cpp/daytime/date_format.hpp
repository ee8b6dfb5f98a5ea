#pragma once
// Dates as text, in the words and the order of a locale.

#include <locale.h>

#include <memory>
#include <string>
#include <type_traits>

#include "daytime/local_time.hpp"

namespace wireproof::daytime {

class DateFormat {
 public:
  /// "POSIX", "es_AR.UTF-8"; empty: what the environment tells (LC_ALL, LC_TIME, LANG). Throws UsageError for one that
  /// this system has not, or that is not of UTF-8 or ASCII.
  explicit DateFormat(const std::string& locale);

  /// By strftime(3): "%c". Empty when that gives nothing, or more than 4096 bytes.
  std::string text(const LocalTime& time, const std::string& format) const;

 private:
  struct Free {
    void operator()(locale_t locale) const { ::freelocale(locale); }
  };
  std::unique_ptr<std::remove_pointer_t<locale_t>, Free> locale_;
};

}  // namespace wireproof::daytime
