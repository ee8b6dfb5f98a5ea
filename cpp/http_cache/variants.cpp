#include "http_cache/variants.hpp"

#include <algorithm>
#include <tuple>
#include <vector>

#include "url/http_url.hpp"

namespace wireproof::http_cache {
namespace {

using http::Fields;

/// Lines and blanks around commas aside.
std::string normalised(std::string_view value) {
  std::string text;
  while (const auto member = http::take_member(value)) {
    if (!text.empty()) text += ',';
    text += *member;
  }
  return text;
}

bool same_value(const Fields& one, const Fields& other, std::string_view name) {
  const auto left = one.joined(name);
  const auto right = other.joined(name);
  if (left.has_value() != right.has_value()) return false;
  return !left || *left == *right || normalised(*left) == normalised(*right);
}

/// Names in Vary, over all of its lines.
std::vector<std::string_view> vary_names(const Fields& response) {
  std::vector<std::string_view> names;
  for (const http::Field& field : response) {
    if (!http::same_word(field.name, "Vary")) continue;
    for (std::string_view list = field.value; const auto member = http::take_member(list);) {
      const auto is_it = [&](std::string_view name) { return http::same_word(name, *member); };
      if (std::none_of(names.begin(), names.end(), is_it)) names.push_back(*member);
    }
  }
  return names;
}

Seconds date_of(const StoredResponse& stored) {
  return http::parse_http_date(stored.head.fields.value("Date"), stored.received).value_or(stored.received);
}

auto made(const StoredResponse& stored) { return std::tuple(date_of(stored), stored.received, stored.id); }

/// Where the authority of a target in absolute-form begins and ends; nothing for another form or scheme.
struct Absolute {
  std::string_view scheme;
  std::string_view authority;
  std::string_view rest;
};
std::optional<Absolute> split_absolute(std::string_view target) {
  const std::size_t colon = target.find("://");
  if (colon == std::string_view::npos) return std::nullopt;
  const std::string_view scheme = target.substr(0, colon);
  if (!http::same_word(scheme, "http") && !http::same_word(scheme, "https")) return std::nullopt;
  target.remove_prefix(colon + 3);
  const std::size_t end = std::min(target.find_first_of("/?#"), target.size());
  return Absolute{scheme, target.substr(0, end), target.substr(end)};
}

}  // namespace

std::optional<std::string> cache_key(const http::RequestHead& request, std::string_view scheme) {
  const std::string_view target = request.target;
  if (request.method == "CONNECT") return std::nullopt;
  Absolute parts{scheme, {}, target};
  if (!target.starts_with('/')) {
    const auto absolute = split_absolute(target);
    if (!absolute) return std::nullopt;
    parts = *absolute;
  } else {
    if (request.fields.count("Host") != 1) return std::nullopt;
    parts.authority = request.fields.value("Host");
  }
  if (parts.authority.empty() || parts.authority.find_first_of("@/?#\\") != std::string_view::npos) return std::nullopt;
  if (parts.rest.find('#') != std::string_view::npos) return std::nullopt;
  try {
    const url::HttpUrl origin =
        url::parse_typed_url(std::string(parts.scheme) + "://" + std::string(parts.authority) + "/");
    if (!origin.zone.empty()) return std::nullopt;
    std::string key = origin.scheme + "://" + origin.host_header();
    if (!parts.rest.starts_with('/')) key += '/';
    key += parts.rest;
    return key;
  } catch (const url::UrlError&) {
    return std::nullopt;
  }
}

std::string_view origin_of(std::string_view key) {
  const std::size_t authority = key.find("://");
  return authority == std::string_view::npos ? key : key.substr(0, key.find('/', authority + 3));
}

Fields selecting_fields(const Fields& request, const Fields& response) {
  Fields selecting;
  for (const std::string_view name : vary_names(response)) {
    for (const http::Field& field : request) {
      if (http::same_word(field.name, name)) selecting.add(field.name, field.value);
    }
  }
  return selecting;
}

bool varies_by_everything(const Fields& response) { return response.lists("Vary", "*"); }

bool matches(const StoredResponse& stored, const Fields& request) {
  const auto names = vary_names(stored.head.fields);
  return std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    return name != "*" && same_value(stored.request_fields, request, name);
  });
}

std::optional<std::size_t> choose_variant(std::span<const StoredPointer> candidates, const Fields& request) {
  // One without Vary that is older than one with it is a default whose origin forgot Vary then (4.1).
  const StoredResponse* newest_with_vary = nullptr;
  for (const StoredPointer& candidate : candidates) {
    if (!candidate->head.fields.has("Vary")) continue;
    if (!newest_with_vary || made(*candidate) > made(*newest_with_vary)) newest_with_vary = candidate.get();
  }
  const auto is_better = [](const StoredResponse& one, const StoredResponse& other) {
    const bool varies = one.head.fields.has("Vary");
    return varies != other.head.fields.has("Vary") ? varies : made(one) > made(other);
  };
  std::optional<std::size_t> chosen;
  for (std::size_t i = 0; i < candidates.size(); ++i) {
    const StoredResponse& candidate = *candidates[i];
    if (!matches(candidate, request)) continue;
    if (newest_with_vary && !candidate.head.fields.has("Vary") && made(candidate) < made(*newest_with_vary)) continue;
    if (!chosen || is_better(candidate, *candidates[*chosen])) chosen = i;
  }
  return chosen;
}

bool replaces(const StoredResponse& newer, const StoredResponse& older) {
  if (newer.key != older.key) return false;
  // What the older one's Vary does not name, its request's fields are not known of.
  const auto older_names = vary_names(older.head.fields);
  if (older_names.empty()) return true;
  const auto names = vary_names(newer.head.fields);
  // A default whose origin forgot Vary takes no variant's place (4.1).
  return !names.empty() && std::all_of(names.begin(), names.end(), [&](std::string_view name) {
    const auto is_it = [&](std::string_view one) { return http::same_word(one, name); };
    return std::any_of(older_names.begin(), older_names.end(), is_it) &&
           same_value(newer.request_fields, older.request_fields, name);
  });
}

}  // namespace wireproof::http_cache
