#include "http_cache/validation.hpp"

#include <algorithm>
#include <array>

#include "bytes/decimal.hpp"
#include "http_cache/storable.hpp"
#include "http_cache/variants.hpp"
#include "url/http_url.hpp"

namespace wireproof::http_cache {
namespace {

using http::EntityTag;
using http::Fields;

/// Bytes of If-None-Match beyond which no further tag is named.
constexpr std::size_t kMostTags = 4 * 1024;

/// They say what the stored body is (3.2).
constexpr std::array<std::string_view, 3> kOfTheBody{"Content-Encoding", "Content-Type", "Content-Range"};

http::Validators validators_of(const Fields& fields, Seconds now) {
  http::Validators validators;
  if (fields.count("ETag") == 1) validators.tag = http::parse_entity_tag(fields.value("ETag"));
  if (fields.count("Last-Modified") == 1) {
    validators.modified = http::parse_http_date(fields.value("Last-Modified"), now);
  }
  return validators;
}

void add_tag(std::string& list, std::vector<EntityTag>& tags, const EntityTag& tag) {
  if (std::find(tags.begin(), tags.end(), tag) != tags.end()) return;
  const std::string text = http::text_of(tag);
  if (list.size() + text.size() > kMostTags && !list.empty()) return;
  tags.push_back(tag);
  if (!list.empty()) list += ", ";
  list += text;
}

}  // namespace

http::Validators validators_of(const StoredResponse& stored, Seconds now) {
  return validators_of(stored.head.fields, now);
}

http::RequestHead conditional_request(const http::RequestHead& request, std::span<const StoredPointer> candidates,
                                      std::optional<std::size_t> chosen, Seconds now) {
  http::RequestHead asked = request;
  const http::Validators ours = chosen ? validators_of(*candidates[*chosen], now) : http::Validators{};
  const std::string modified =
      ours.modified ? std::string(candidates[*chosen]->head.fields.value("Last-Modified")) : "";
  if (ours.modified && !ours.tag) {
    // If-None-Match beside it would be all that counts.
    asked.fields.erase("If-None-Match");
    asked.fields.set("If-Modified-Since", modified);
    return asked;
  }
  std::string list;
  std::vector<EntityTag> tags;
  if (ours.tag) add_tag(list, tags, *ours.tag);
  for (const StoredPointer& candidate : candidates) {
    // Of another variant only what is the same byte for byte will do.
    const auto tag = validators_of(*candidate, now).tag;
    if (tag && !tag->is_weak) add_tag(list, tags, *tag);
  }
  if (list.empty()) return asked;
  if (const auto own = request.fields.joined("If-None-Match")) {
    if (const auto own_tags = http::parse_entity_tags(*own)) {
      for (const EntityTag& tag : *own_tags) add_tag(list, tags, tag);
    }
  }
  asked.fields.set("If-None-Match", list);
  asked.fields.erase("If-Modified-Since");
  // For an origin that knows no tags.
  if (ours.modified) asked.fields.add("If-Modified-Since", modified);
  return asked;
}

bool can_validate(std::span<const StoredPointer> candidates, std::optional<std::size_t> chosen, Seconds now) {
  const auto is_strong = [&](const StoredPointer& candidate) {
    const auto tag = validators_of(*candidate, now).tag;
    return tag && !tag->is_weak;
  };
  if (std::any_of(candidates.begin(), candidates.end(), is_strong)) return true;
  const http::Validators ours = chosen ? validators_of(*candidates[*chosen], now) : http::Validators{};
  return ours.tag || ours.modified;
}

http::RequestHead unconditional_request(const http::RequestHead& request) {
  http::RequestHead asked = request;
  asked.fields.erase("If-None-Match");
  asked.fields.erase("If-Modified-Since");
  return asked;
}

std::optional<std::size_t> validated_by(const http::ResponseHead& not_modified,
                                        std::span<const StoredPointer> candidates, std::optional<std::size_t> chosen,
                                        Seconds now) {
  const http::Validators told = validators_of(not_modified.fields, now);
  const http::Validators ours = chosen ? validators_of(*candidates[*chosen], now) : http::Validators{};
  if (told.tag) {
    if (ours.tag && http::match_weakly(*told.tag, *ours.tag)) return chosen;
    for (std::size_t i = 0; i < candidates.size(); ++i) {
      const auto tag = validators_of(*candidates[i], now).tag;
      if (tag && http::match_strongly(*told.tag, *tag)) return i;
    }
    // It has a tag by now, and had none.
    const bool is_same = chosen && !ours.tag && ours.modified && told.modified == ours.modified;
    return is_same ? chosen : std::nullopt;
  }
  if (told.modified && ours.modified && told.modified != ours.modified) return std::nullopt;
  // Without a tag, it is about all that was named: which must be one.
  const auto tagged = std::count_if(candidates.begin(), candidates.end(), [&](const StoredPointer& candidate) {
    return validators_of(*candidate, now).tag.has_value();
  });
  return !ours.tag || tagged == 1 ? chosen : std::nullopt;
}

StoredResponse freshened(const StoredResponse& stored, const http::ResponseHead& newer, Seconds requested,
                         Seconds received, const Policy& policy) {
  StoredResponse fresh = stored;
  fresh.requested = requested;
  fresh.received = received;
  http::ResponseHead told = storable_head(newer, received, policy);
  for (const std::string_view name : kOfTheBody) told.fields.erase(name);
  // They say how old the older answer was.
  for (const std::string_view name : {"Age", "Warning"}) fresh.head.fields.erase(name);
  for (const http::Field& field : told.fields) fresh.head.fields.erase(field.name);
  for (const http::Field& field : told.fields) fresh.head.fields.add(field.name, field.value);
  return fresh;
}

HeadEffect effect_of_head(const StoredResponse& stored, const http::ResponseHead& response, Seconds now) {
  if (response.status != 200) return HeadEffect::none;
  const http::Validators ours = validators_of(stored, now);
  const http::Validators told = validators_of(response.fields, now);
  const bool is_another_tag = told.tag && ours.tag && *told.tag != *ours.tag;
  const bool is_another_time = told.modified && ours.modified && *told.modified != *ours.modified;
  const auto length = parse_decimal(response.fields.value("Content-Length"));
  const bool is_another_size = length && stored.size && *length != *stored.size;
  return is_another_tag || is_another_time || is_another_size ? HeadEffect::invalidates : HeadEffect::freshens;
}

bool is_safe(std::string_view method) {
  for (const std::string_view safe : {"GET", "HEAD", "OPTIONS", "TRACE", "PROPFIND", "REPORT", "SEARCH"}) {
    if (method == safe) return true;
  }
  return false;
}

std::vector<std::string> invalidated_keys(const http::RequestHead& request, std::string_view key,
                                          const http::ResponseHead& response) {
  if (is_safe(request.method) || response.status < 200 || response.status >= 400) return {};
  std::vector<std::string> keys{std::string(key)};
  const auto add = [&](std::string text) {
    if (std::find(keys.begin(), keys.end(), text) == keys.end()) keys.push_back(std::move(text));
  };
  for (const std::string_view name : {"Location", "Content-Location"}) {
    const std::string_view value = response.fields.value(name);
    if (value.empty()) continue;
    try {
      const url::HttpUrl base = url::parse_typed_url(key);
      const url::HttpUrl meant = url::parse_location(base, value);
      if (!meant.same_origin(base)) continue;
      add(std::string(origin_of(key)) + meant.origin_form());
      // Keys are not normalised.
      if (value.starts_with('/') && !value.starts_with("//")) {
        add(std::string(origin_of(key)) + std::string(value.substr(0, value.find('#'))));
      }
    } catch (const url::UrlError&) {
      continue;
    }
  }
  return keys;
}

}  // namespace wireproof::http_cache
