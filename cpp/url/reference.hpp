#pragma once
// A URI or a reference relative to one, in its parts, and how one is resolved (RFC 3986, 4.1 and 5). Of any scheme.
// Pure.

#include <optional>
#include <string>
#include <string_view>

namespace wireproof::url {

/// What is there but empty ("http://h/?") differs from what is not there.
struct Reference {
  std::optional<std::string> scheme{};
  std::optional<std::string> authority{};
  std::string path{};
  std::optional<std::string> query{};
  std::optional<std::string> fragment{};

  friend bool operator==(const Reference&, const Reference&) = default;
};

/// Every text has these parts (RFC 3986, appendix B): whether each may be what it is, others say. What is before the
/// first ":" is a scheme only if its characters are those of one.
Reference split_reference(std::string_view text);

/// The parts together again (RFC 3986, 5.3).
std::string text_of(const Reference& reference);

/// Without "." and ".." (RFC 3986, 5.2.4); what would lead above the root leads to the root.
std::string without_dot_segments(std::string_view path);

/// What `reference` means where `base` is the URI at hand (RFC 3986, 5.2.2, strict). `base` has a scheme.
Reference resolve(const Reference& base, const Reference& reference);

}  // namespace wireproof::url
