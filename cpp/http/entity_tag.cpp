#include "http/entity_tag.hpp"

#include <algorithm>

#include "http/fields.hpp"

namespace wireproof::http {

std::string text_of(const EntityTag& tag) { return (tag.is_weak ? "W/\"" : "\"") + tag.opaque + '"'; }

std::optional<EntityTag> parse_entity_tag(std::string_view text) {
  EntityTag tag;
  tag.is_weak = text.starts_with("W/");
  if (tag.is_weak) text.remove_prefix(2);
  if (text.size() < 2 || text.front() != '"' || text.back() != '"') return std::nullopt;
  text = text.substr(1, text.size() - 2);
  // A backslash escapes nothing here.
  const bool is_right = std::all_of(text.begin(), text.end(), [](char character) {
    const auto code = static_cast<unsigned char>(character);
    return code > 0x20 && code != '"' && code != 0x7F;
  });
  if (!is_right) return std::nullopt;
  tag.opaque = text;
  return tag;
}

std::optional<std::vector<EntityTag>> parse_entity_tags(std::string_view list) {
  std::vector<EntityTag> tags;
  // Not take_member(): for it a backslash in quotes escapes.
  for (list = trimmed(list); !list.empty(); list = trimmed(list)) {
    if (list.front() == ',') {
      list.remove_prefix(1);
      continue;
    }
    const std::size_t open = list.find('"');
    const std::size_t close = open == std::string_view::npos ? open : list.find('"', open + 1);
    if (close == std::string_view::npos) return std::nullopt;
    auto tag = parse_entity_tag(list.substr(0, close + 1));
    list = trimmed(list.substr(close + 1));
    if (!tag || (!list.empty() && list.front() != ',')) return std::nullopt;
    tags.push_back(*std::move(tag));
  }
  return tags;
}

bool match_strongly(const EntityTag& one, const EntityTag& other) {
  return !one.is_weak && !other.is_weak && one.opaque == other.opaque;
}

bool match_weakly(const EntityTag& one, const EntityTag& other) { return one.opaque == other.opaque; }

}  // namespace wireproof::http
