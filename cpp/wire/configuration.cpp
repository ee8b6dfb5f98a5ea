#include "wire/configuration.hpp"

#include <fmt/format.h>
#include <boost/json/parse.hpp>
#include <boost/json/value.hpp>

#include <algorithm>
#include <tuple>

#include "wire/json_values.hpp"

namespace wireproof::wire {
namespace {

using boost::json::object;

void merge_into(object& target, const object& keys) {
  for (const auto& member : keys) target[member.key()] = member.value();
}

object without(object keys, std::initializer_list<std::string_view> names) {
  for (const auto name : names) keys.erase(name);
  return keys;
}

std::array<bool, 2> parse_sides(const Members& members) {
  const std::string direction = members.text("direction").value_or("both");
  if (direction == "both") return {true, true};
  if (direction == "forward") return {true, false};
  if (direction == "backward") return {false, true};
  members.refuse("direction", "\"forward\", \"backward\" or \"both\"");
}

double seconds(nanoseconds time) { return std::chrono::duration<double>(time).count(); }

}  // namespace

object parse_object(std::string_view text, const std::string& place) {
  const std::string prefix = place.empty() ? "" : place + ": ";
  if (text.size() > Configuration::kMaxText) {
    throw SettingsError(fmt::format("{}longer than {} bytes", prefix, Configuration::kMaxText));
  }
  boost::json::error_code error;
  boost::json::value value = boost::json::parse(text, error);
  if (error) throw SettingsError(fmt::format("{}not JSON: {}", prefix, error.message()));
  if (!value.is_object()) throw SettingsError(prefix + "not a JSON object");
  return std::move(value.get_object());
}

Configuration::Configuration(const object& document, TraceReader read_trace) : read_trace_(std::move(read_trace)) {
  const Members members(document, "");
  members.allow_only({"seed", "both", "forward", "backward", "schedule"});
  seed_ = members.whole_number("seed", 0, std::numeric_limits<std::uint64_t>::max()).value_or(1);
  for (const std::string_view key : {"both", "forward", "backward"}) {
    const auto* const value = members.find(key);
    if (value == nullptr) continue;
    if (!value->is_object()) members.refuse(key, "an object");
    merge({key != "backward", key != "forward"}, value->get_object());
  }
  check_now("");
  if (const auto* const schedule = members.find("schedule")) {
    if (!schedule->is_array() || schedule->get_array().size() > kMaxSchedule) {
      members.refuse("schedule", fmt::format("a list of at most {} objects", kMaxSchedule));
    }
    for (const auto& entry : schedule->get_array()) add_entry(entry, fmt::format("schedule[{}]", schedule_.size()));
  }
  std::stable_sort(changes_.begin(), changes_.end(), [](const Change& left, const Change& right) {
    return std::tuple(left.at, left.begins) < std::tuple(right.at, right.begins);
  });
  check_schedule();
}

void Configuration::add_entry(const boost::json::value& value, const std::string& place) {
  if (!value.is_object()) throw SettingsError(fmt::format("{}: not an object", place));
  const Members members(value.get_object(), place);
  const auto at = members.time("at");
  if (!at) members.fail("at", "is missing: when the change comes, in seconds since the start");
  Entry entry{*at, members.time("until"), parse_sides(members),
              without(value.get_object(), {"at", "until", "direction"})};
  if (entry.until && *entry.until <= *at) members.fail("until", "must be later than \"at\"");
  if (entry.keys.empty()) throw SettingsError(fmt::format("{}: changes nothing", place));
  for (const auto& member : entry.keys) {
    if (!is_settings_key(member.key()))
      members.fail(member.key(),
                   "is no key here; possible are \"at\", \"until\", \"direction\" and those of a direction");
  }
  changes_.push_back({*at, true, schedule_.size()});
  if (entry.until) changes_.push_back({*entry.until, false, schedule_.size()});
  schedule_.push_back(std::move(entry));
}

void Configuration::merge(const std::array<bool, 2>& sides, const object& keys) {
  for (std::size_t side = 0; side < sides.size(); ++side) {
    if (sides[side]) merge_into(base_[side], keys);
  }
}

void Configuration::note_rules(const std::array<bool, 2>& sides, const object& keys) {
  if (!keys.contains("lose")) return;
  for (std::size_t side = 0; side < sides.size(); ++side) {
    if (sides[side]) ++rules_set_[side];
  }
}

object Configuration::in_effect(Side side) const {
  const auto index = static_cast<std::size_t>(side);
  object effective = base_[index];
  for (const std::size_t entry : active_) {
    if (schedule_[entry].sides[index]) merge_into(effective, schedule_[entry].keys);
  }
  for (auto member = effective.begin(); member != effective.end();) {
    member = member->value().is_null() ? effective.erase(member) : member + 1;
  }
  return effective;
}

Settings Configuration::settings(Side side) const {
  Settings settings = parse_settings(in_effect(side), std::string(name_of(side)), read_trace_);
  settings.rules_set = rules_set_[static_cast<std::size_t>(side)];
  return settings;
}

void Configuration::check_now(const std::string& place) const {
  for (const Side side : kSides) {
    parse_settings(in_effect(side), fmt::format("{}{}{}", place, place.empty() ? "" : ": ", name_of(side)),
                   read_trace_);
  }
}

void Configuration::check_schedule() const {
  Configuration future = *this;
  while (future.done_ < future.changes_.size()) {
    const Change& change = future.changes_[future.done_];
    future.advance();
    future.check_now(fmt::format("schedule[{}] at {} s", change.entry, seconds(change.at)));
  }
}

nanoseconds Configuration::next_change() const { return done_ < changes_.size() ? changes_[done_].at : kNever; }

void Configuration::advance() {
  const Change& change = changes_[done_++];
  const Entry& entry = schedule_[change.entry];
  note_rules(entry.sides, entry.keys);
  if (!change.begins) {
    std::erase(active_, change.entry);
  } else if (entry.until) {
    active_.push_back(change.entry);
  } else {
    merge(entry.sides, entry.keys);
  }
}

void Configuration::set(const object& patch) {
  const Members members(patch, "");
  const auto sides = parse_sides(members);
  const object keys = without(patch, {"direction"});
  if (keys.empty()) throw SettingsError("nothing to set");
  Configuration changed = *this;
  changed.merge(sides, keys);
  changed.note_rules(sides, keys);
  changed.check_now("");
  changed.check_schedule();
  *this = std::move(changed);
}

}  // namespace wireproof::wire
