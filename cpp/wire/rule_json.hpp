#pragma once
// Rules of loss as JSON.

#include <vector>

#include "wire/json_values.hpp"
#include "wire/rule.hpp"

namespace wireproof::wire {

constexpr std::size_t kMaxRules = 64;
constexpr std::size_t kMaxRulePayload = 256;  ///< bytes

/// The key "lose" of a direction: a list of objects with at least one of "protocol", "flags", "data", "port",
/// "from_port", "to_port" and "payload" (hexadecimal), and one of "first": n (the first n that match are lost),
/// "nth": n and "every": n. Throws SettingsError also where no frame could match.
std::vector<Rule> parse_rules(const Members& members);

}  // namespace wireproof::wire
