#pragma once
// The rendezvous point's memory over a restart: one line, "address port seconds", the time (since 1970) at which the
// registration expires; an empty file when nobody is registered.

#include <cstdint>
#include <optional>
#include <string>

#include "hmtp/endpoint.hpp"

namespace wireproof::hmtp {

struct Registration {
  Endpoint root;
  std::uint64_t expires = 0;  ///< seconds since 1970

  friend bool operator==(const Registration&, const Registration&) = default;
};

/// Nothing when there is no such file, it is empty, or it is not of this form (`complaint` then says so).
std::optional<Registration> load_registration(const std::string& path, std::string& complaint);

/// Replaces the file at once: it is never half written. Throws Failure.
void save_registration(const std::string& path, const std::optional<Registration>& registration);

}  // namespace wireproof::hmtp
