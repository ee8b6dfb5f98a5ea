#pragma once
// What came of a fetch, for --json.

#include <cstdint>
#include <optional>
#include <string>
#include <vector>

#include "base/json_object.hpp"
#include "http_client/cause.hpp"
#include "loop/time.hpp"

namespace wireproof::http_client {

/// A request that was answered.
struct Hop {
  std::string method;
  std::string url;
  std::string peer;  ///< "10.0.0.1:80": of a proxy where there is one
  unsigned status = 0;
};

struct Report {
  std::string url;               ///< that was asked for, without credentials
  std::string final_url{};       ///< of the last request
  unsigned status = 0;           ///< of the last answer; 0: none came
  std::string file{};            ///< where the body is; empty: nowhere
  std::uint64_t size = 0;        ///< bytes of it
  std::uint64_t received = 0;    ///< bytes of bodies that came, before a coding was taken off
  std::uint64_t resumed_at = 0;  ///< where the last part began
  unsigned attempts = 1;         ///< the first one too
  unsigned redirects = 0;        ///< followed
  Time took{0};
  std::vector<Hop> hops{};       ///< over all attempts
  std::optional<Cause> cause{};  ///< why it failed
  std::string message{};         ///< the same for people

  JsonObject json() const;
};

}  // namespace wireproof::http_client
