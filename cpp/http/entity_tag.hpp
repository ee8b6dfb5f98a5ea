#pragma once
// Entity tags (RFC 9110, 8.8.3). Pure.

#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::http {

struct EntityTag {
  std::string opaque;    ///< between the quotes
  bool is_weak = false;  ///< W/

  friend bool operator==(const EntityTag&, const EntityTag&) = default;
};

/// "\"a\"" or "W/\"a\"".
std::string text_of(const EntityTag& tag);
/// Nothing for anything else, what is longer among it.
std::optional<EntityTag> parse_entity_tag(std::string_view text);
/// Of If-Match and If-None-Match, but "*"; nothing when a member is malformed.
std::optional<std::vector<EntityTag>> parse_entity_tags(std::string_view list);

/// 8.8.3.2: byte for byte the same, which weak ones never promise.
bool match_strongly(const EntityTag& one, const EntityTag& other);
bool match_weakly(const EntityTag& one, const EntityTag& other);

}  // namespace wireproof::http
