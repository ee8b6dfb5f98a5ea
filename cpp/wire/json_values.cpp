#include "wire/json_values.hpp"

#include <fmt/format.h>
#include <fmt/ranges.h>
#include <boost/json/serialize.hpp>
#include <boost/json/value.hpp>

#include <algorithm>

#include "wire/settings_json.hpp"
#include "wire/units.hpp"

namespace wireproof::wire {
namespace {

std::string shown(const boost::json::value& value) {
  std::string text = boost::json::serialize(value);
  if (text.size() > 60) text = text.substr(0, 60) + "...";
  return text;
}

std::optional<double> number_of(const boost::json::value& value) {
  if (!value.is_number()) return std::nullopt;
  return value.to_number<double>();
}

}  // namespace

const boost::json::value* Members::find(std::string_view key) const {
  const auto* const value = object_.if_contains(key);
  return value == nullptr || value->is_null() ? nullptr : value;
}

std::string Members::name_of(std::string_view key) const {
  return place_.empty() ? std::string(key) : fmt::format("{}.{}", place_, key);
}

void Members::fail(std::string_view key, std::string_view sentence) const {
  throw SettingsError(fmt::format("{}: {}", name_of(key), sentence));
}

void Members::refuse(std::string_view key, std::string_view what) const {
  fail(key, fmt::format("{} is not {}", shown(object_.at(key)), what));
}

void Members::allow_only(std::span<const std::string_view> possible) const {
  for (const auto& member : object_) {
    if (std::find(possible.begin(), possible.end(), std::string_view(member.key())) == possible.end()) {
      const auto key = boost::json::serialize(boost::json::value(member.key()));
      throw SettingsError(fmt::format("{}{} is no key here; possible are {}", place_.empty() ? "" : place_ + ": ",
                                      key.substr(0, 60), fmt::join(possible, ", ")));
    }
  }
}

std::optional<double> Members::rate(std::string_view key) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto rate = value->is_string() ? parse_rate(value->get_string()) : number_of(*value);
  if (!rate) refuse(key, "a rate such as \"64kbit\", \"0.7mbit\", \"1gbit\", or a number of bit/s");
  if (!(*rate >= kMinRate && *rate <= kMaxRate)) refuse(key, "between 1kbit and 1000gbit");
  return rate;
}

std::optional<nanoseconds> Members::time(std::string_view key) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  std::optional<nanoseconds> time;
  if (value->is_string()) {
    time = parse_time(value->get_string());
  } else if (const auto seconds = number_of(*value)) {
    time = time_from_seconds(*seconds);
  }
  if (!time) refuse(key, "a time such as \"50us\", \"10ms\", \"1.5s\", or a number of seconds, from 0 to a day");
  return time;
}

std::optional<double> Members::probability(std::string_view key) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto share = value->is_string() ? parse_share(value->get_string()) : number_of(*value);
  if (!share || !(*share >= 0 && *share <= 1)) refuse(key, "a share such as \"1%\" or 0.01, from 0 to 1");
  return share;
}

std::optional<double> Members::number(std::string_view key, double least, double most) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  const auto number = number_of(*value);
  if (!number || !(*number >= least && *number <= most)) {
    refuse(key, fmt::format("a number from {} to {}", least, most));
  }
  return number;
}

std::optional<std::uint64_t> Members::whole_number(std::string_view key, std::uint64_t least,
                                                   std::uint64_t most) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  boost::json::error_code error;
  const auto number = value->is_number() ? value->to_number<std::uint64_t>(error) : 0;
  if (error || !value->is_number() || number < least || number > most) {
    refuse(key, fmt::format("a whole number from {} to {}", least, most));
  }
  return number;
}

std::optional<bool> Members::flag(std::string_view key) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_bool()) refuse(key, "true or false");
  return value->get_bool();
}

std::optional<std::string> Members::text(std::string_view key) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_string()) refuse(key, "a text");
  return std::string(value->get_string());
}

std::optional<Members> Members::object(std::string_view key, std::initializer_list<std::string_view> possible) const {
  const auto* const value = find(key);
  if (value == nullptr) return std::nullopt;
  if (!value->is_object()) refuse(key, fmt::format("an object with {}", fmt::join(possible, ", ")));
  Members members(value->get_object(), name_of(key));
  members.allow_only(possible);
  return members;
}

}  // namespace wireproof::wire
