#include "wire/control.hpp"

#include <fmt/format.h>
#include <boost/json/serialize.hpp>

#include "wire/json_values.hpp"
#include "wire/report.hpp"

namespace wireproof::wire {
namespace {

std::string error_event(std::string_view message) {
  return JsonObject().add("event", "error").add("message", message).text();
}

}  // namespace

std::string answer_control(std::string_view line, Link& link, nanoseconds at, nanoseconds time_of_day) {
  try {
    const auto command = parse_object(line, "");
    const Members members(command, "");
    if (const auto counters = members.flag("counters")) {
      members.allow_only({"counters"});
      if (!*counters) members.refuse("counters", "true");
      JsonObject answer;
      answer.add("event", "counters").add_seconds("time", time_of_day);
      add_counters(answer, link);
      return answer.text();
    }
    link.set(command, at);
    JsonObject answer;
    answer.add("event", "set").add_seconds("time", time_of_day);
    for (const Side side : kSides) {
      answer.add_json(name_of(side), boost::json::serialize(link.configuration(side).in_effect(side)));
    }
    return answer.text();
  } catch (const SettingsError& error) {
    return error_event(error.what());
  }
}

std::string refuse_long_line() {
  return error_event(fmt::format("a control line has at most {} bytes", kLongestControlLine));
}

}  // namespace wireproof::wire
