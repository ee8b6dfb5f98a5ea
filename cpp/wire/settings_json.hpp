#pragma once
// Settings of one direction as people write them: a JSON object.

#include <boost/json/object.hpp>

#include <functional>
#include <memory>
#include <stdexcept>
#include <string>

#include "wire/settings.hpp"

namespace wireproof::wire {

/// A wish that makes no sense; what() names the key and what is possible.
class SettingsError : public std::runtime_error {
 public:
  using std::runtime_error::runtime_error;
};

/// Reads a trace file, or throws a SettingsError that names it. May hand out the same trace again.
using TraceReader = std::function<std::shared_ptr<const Trace>(const std::string& path)>;

/// Throws SettingsError. `place` stands before keys in messages: "forward", "schedule[2]".
/// Keys whose value is null are as if they were absent.
Settings parse_settings(const boost::json::object& object, const std::string& place, const TraceReader& read_trace);

/// Whether it is a key of a direction.
bool is_settings_key(std::string_view key);

}  // namespace wireproof::wire
