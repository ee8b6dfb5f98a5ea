#include "http/date.hpp"

#include <fmt/format.h>

#include <algorithm>
#include <array>

#include "http/characters.hpp"

namespace wireproof::http {
namespace {

using Days = std::array<std::string_view, 7>;
constexpr Days kDays{"Sun", "Mon", "Tue", "Wed", "Thu", "Fri", "Sat"};
constexpr Days kLongDays{"Sunday", "Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday"};
constexpr std::array<std::string_view, 12> kMonths{"Jan", "Feb", "Mar", "Apr", "May", "Jun",
                                                   "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"};

/// Takes what it is asked for off the text, and remembers whether all of it was there.
class Taker {
 public:
  explicit Taker(std::string_view text) : rest_(text) {}

  void word(std::string_view expected) {
    is_right_ = is_right_ && rest_.starts_with(expected);
    if (is_right_) rest_.remove_prefix(expected.size());
  }
  int digits(std::size_t count) {
    int number = 0;
    is_right_ = is_right_ && rest_.size() >= count && std::all_of(rest_.begin(), rest_.begin() + count, is_digit);
    if (!is_right_) return 0;
    for (const char digit : rest_.substr(0, count)) number = 10 * number + (digit - '0');
    rest_.remove_prefix(count);
    return number;
  }
  /// " 6" or "16".
  int padded_day() {
    if (!rest_.starts_with(' ')) return digits(2);
    word(" ");
    return digits(1);
  }
  template <std::size_t Count>
  int one_of(const std::array<std::string_view, Count>& words) {
    for (std::size_t i = 0; i < Count; ++i) {
      if (!rest_.starts_with(words[i])) continue;
      rest_.remove_prefix(words[i].size());
      return static_cast<int>(i);
    }
    is_right_ = false;
    return 0;
  }
  /// "08:49:37"
  Seconds time() {
    const int hours = digits(2);
    word(":");
    const int minutes = digits(2);
    word(":");
    const int seconds = digits(2);
    is_right_ = is_right_ && hours < 24 && minutes < 60 && seconds <= 60;  // a leap second
    return std::chrono::hours(hours) + std::chrono::minutes(minutes) + Seconds(seconds);
  }
  bool all() const { return is_right_ && rest_.empty(); }

 private:
  std::string_view rest_;
  bool is_right_ = true;
};

std::optional<Seconds> made(const Taker& taker, int year, int month, int day, Seconds time) {
  const std::chrono::year_month_day date{std::chrono::year(year), std::chrono::month(static_cast<unsigned>(month) + 1),
                                         std::chrono::day(static_cast<unsigned>(day))};
  if (!taker.all() || !date.ok()) return std::nullopt;
  return Seconds(std::chrono::sys_days(date).time_since_epoch()) + time;
}

int year_of(Seconds time) {
  const std::chrono::sys_days day(std::chrono::floor<std::chrono::days>(time));
  return static_cast<int>(std::chrono::year_month_day(day).year());
}

}  // namespace

std::string http_date(Seconds time) {
  const std::chrono::sys_days day(std::chrono::floor<std::chrono::days>(time));
  const std::chrono::year_month_day date(day);
  const std::chrono::hh_mm_ss clock(time - day.time_since_epoch());
  return fmt::format("{}, {:02} {} {:04} {:02}:{:02}:{:02} GMT", kDays[std::chrono::weekday(day).c_encoding()],
                     static_cast<unsigned>(date.day()), kMonths[static_cast<unsigned>(date.month()) - 1],
                     static_cast<int>(date.year()), clock.hours().count(), clock.minutes().count(),
                     clock.seconds().count());
}

std::optional<Seconds> parse_http_date(std::string_view text, Seconds now) {
  const std::size_t comma = text.find(',');
  Taker taker(text);
  if (comma == std::string_view::npos) {
    taker.one_of(kDays);
    taker.word(" ");
    const int month = taker.one_of(kMonths);
    taker.word(" ");
    const int day = taker.padded_day();
    taker.word(" ");
    const Seconds time = taker.time();
    taker.word(" ");
    const int year = taker.digits(4);
    return made(taker, year, month, day, time);
  }
  const bool is_old = comma > 3;
  const std::string_view between = is_old ? "-" : " ";
  taker.one_of(is_old ? kLongDays : kDays);
  taker.word(", ");
  const int day = taker.digits(2);
  taker.word(between);
  const int month = taker.one_of(kMonths);
  taker.word(between);
  int year = taker.digits(is_old ? 2 : 4);
  if (is_old) {
    const int this_year = year_of(now);
    year += this_year - this_year % 100;
    if (year > this_year + 50) year -= 100;
    if (year <= this_year - 50) year += 100;
  }
  taker.word(" ");
  const Seconds time = taker.time();
  taker.word(" GMT");
  return made(taker, year, month, day, time);
}

}  // namespace wireproof::http
