#include "http/conditions.hpp"

#include <algorithm>
#include <string>

namespace wireproof::http {
namespace {

template <typename Match>
bool any_matches(const std::string& list, const Validators& validators, Match match) {
  if (trimmed(list) == "*") return validators.exists;
  const auto tags = parse_entity_tags(list);
  return tags && validators.tag &&
         std::any_of(tags->begin(), tags->end(), [&](const EntityTag& tag) { return match(tag, *validators.tag); });
}

std::optional<Seconds> date_of(const RequestHead& request, std::string_view name, Seconds now) {
  if (request.fields.count(name) != 1) return std::nullopt;
  return parse_http_date(request.fields.value(name), now);
}

}  // namespace

Condition evaluate(const RequestHead& request, const Validators& validators, Seconds now) {
  const bool reads = request.method == "GET" || request.method == "HEAD";
  if (const auto list = request.fields.joined("If-Match")) {
    if (!any_matches(*list, validators, match_strongly)) return Condition::precondition_failed;
  } else if (const auto date = date_of(request, "If-Unmodified-Since", now); date && validators.modified) {
    if (*validators.modified > *date) return Condition::precondition_failed;
  }
  if (const auto list = request.fields.joined("If-None-Match")) {
    if (any_matches(*list, validators, match_weakly)) {
      return reads ? Condition::not_modified : Condition::precondition_failed;
    }
  } else if (const auto date = date_of(request, "If-Modified-Since", now); reads && date && validators.modified) {
    if (*validators.modified <= *date) return Condition::not_modified;
  }
  return Condition::none;
}

bool range_counts(const RequestHead& request, const Validators& validators, Seconds now) {
  const std::size_t count = request.fields.count("If-Range");
  if (count == 0) return true;
  if (count > 1) return false;
  const std::string_view value = request.fields.value("If-Range");
  if (const auto tag = parse_entity_tag(value)) return validators.tag && match_strongly(*tag, *validators.tag);
  const auto date = parse_http_date(value, now);
  // A date is a strong validator when what has it cannot have changed since within that second (8.8.2.2).
  return date && validators.modified && *date == *validators.modified && now - *validators.modified >= Seconds(1);
}

}  // namespace wireproof::http
