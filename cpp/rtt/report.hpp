#pragma once
// What was found, as text and as JSON.

#include <optional>
#include <span>
#include <string>

#include "base/json_object.hpp"
#include "rtt/probing.hpp"

namespace wireproof::rtt {

/// What else the report has to say of each address.
struct ReportOptions {
  ProberOptions prober{};
  std::optional<Time> within{};  ///< threshold of the inverse percentile
};

/// Lines for each address.
std::string text_of(const Findings& findings, const ReportOptions& options);
/// A line for each address that was probed by several means, with the differences of their medians; may be empty.
std::string comparison_of(std::span<const Findings> all);
JsonObject json_of(std::span<const Findings> all, const ReportOptions& options);

}  // namespace wireproof::rtt
