#pragma once
// What a running node tells about itself. Pure.

#include <string>
#include <string_view>

#include "hmtp/node.hpp"

namespace wireproof::hmtp {

/// What only the program knows.
struct ProgramFacts {
  Time uptime{0};
  std::uint64_t send_failures = 0;
};

/// A JSON object in one line, with its end.
std::string status_json(const Node& node, Time now, const ProgramFacts& facts);

/// The same for people. Throws Failure when `json` is not such an object.
std::string status_text(std::string_view json);

}  // namespace wireproof::hmtp
