#include "wire/control.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include "wire/json_values.hpp"
#include "wire/report.hpp"

namespace wireproof::wire {
namespace {

std::string error_event(std::string_view message) {
  return fmt::format(R"({{"event":"error","message":{}}})", boost::json::serialize(boost::json::string(message)));
}

}  // namespace

std::string answer_control(std::string_view line, Link& link, nanoseconds at, nanoseconds time_of_day) {
  try {
    const auto command = parse_object(line, "");
    const Members members(command, "");
    const std::string time = seconds_text(time_of_day);
    if (const auto counters = members.flag("counters")) {
      members.allow_only({"counters"});
      if (!*counters) members.refuse("counters", "true");
      return fmt::format(R"({{"event":"counters","time":{},{}}})", time, counter_members(link));
    }
    link.set(command, at);
    return fmt::format(R"({{"event":"set","time":{},"forward":{},"backward":{}}})", time,
                       boost::json::serialize(link.configuration(Side::forward).in_effect(Side::forward)),
                       boost::json::serialize(link.configuration(Side::backward).in_effect(Side::backward)));
  } catch (const SettingsError& error) {
    return error_event(error.what());
  }
}

std::string refuse_long_line() {
  return error_event(fmt::format("a control line has at most {} bytes", kLongestControlLine));
}

}  // namespace wireproof::wire
