#include "http_cache/freshness.hpp"

#include <algorithm>

#include "bytes/decimal.hpp"
#include "http/characters.hpp"
#include "http_cache/heuristic.hpp"

namespace wireproof::http_cache {
namespace {

using http::Fields;

Seconds date_of(const Fields& fields, Seconds received) {
  return http::parse_http_date(fields.value("Date"), received).value_or(received);
}

Seconds bounded(Seconds seconds) { return std::clamp(seconds, Seconds(0), kMostSeconds); }

/// The first of a list that should have one member.
Seconds age_field(const Fields& fields) {
  const std::string* text = fields.find("Age");
  std::string_view list = text ? std::string_view(*text) : std::string_view();
  const std::string_view digits = http::take_member(list).value_or(std::string_view());
  if (digits.empty() || !std::all_of(digits.begin(), digits.end(), http::is_digit)) return Seconds(0);
  const auto most = static_cast<std::uint64_t>(kMostSeconds.count());
  return Seconds(static_cast<std::int64_t>(std::min(parse_decimal(digits).value_or(most), most)));
}

Lifetime lifetime_of(const http::ResponseHead& head, const ResponseDirectives& directives, Seconds received,
                     const Policy& policy) {
  using Source = Lifetime::Source;
  if (directives.s_maxage) return {Source::s_maxage, *directives.s_maxage};
  if (directives.max_age) return {Source::max_age, *directives.max_age};
  const Seconds date = date_of(head.fields, received);
  if (head.fields.has("Expires") && !directives.is_targeted) {
    if (head.fields.count("Expires") > 1) return {Source::expires};
    const auto expires = http::parse_http_date(head.fields.value("Expires"), received);
    return {Source::expires, expires ? bounded(*expires - date) : Seconds(0)};
  }
  if (!directives.is_public && !is_heuristic_status(head.status)) return {};
  if (head.fields.count("Last-Modified") != 1) return {};
  const auto modified = http::parse_http_date(head.fields.value("Last-Modified"), received);
  if (!modified || *modified >= date) return {};
  const Seconds guessed = (date - *modified) * policy.heuristic_percent / 100;
  return {Source::heuristic, bounded(std::min(guessed, policy.heuristic_most))};
}

/// 4.2.4: what forbids to serve it stale, whoever allows it.
bool forbids_stale(const ResponseDirectives& directives) {
  return directives.no_cache || directives.must_revalidate || directives.proxy_revalidate || directives.s_maxage;
}

}  // namespace

Lifetime lifetime_of(const http::ResponseHead& head, Seconds received, const Policy& policy) {
  return lifetime_of(head, response_directives(head.fields, policy.reads_targeted), received, policy);
}

Seconds current_age(const StoredResponse& stored, Seconds now) {
  const Seconds apparent = bounded(stored.received - date_of(stored.head.fields, stored.received));
  const Seconds delay = bounded(stored.received - stored.requested);
  const Seconds initial = std::max(apparent, age_field(stored.head.fields) + delay);
  return bounded(initial + bounded(now - stored.received));
}

Use use_of(const StoredResponse& stored, const RequestDirectives& request, Seconds now, const Policy& policy) {
  const ResponseDirectives directives = response_directives(stored.head.fields, policy.reads_targeted);
  const Seconds lifetime = lifetime_of(stored.head, directives, stored.received, policy).seconds;
  const Seconds age = current_age(stored, now);
  const bool is_fresh = lifetime > age;
  // Who sends max-age=0 means a reload, even within a second.
  const bool is_too_old = request.max_age && (age > *request.max_age || request.max_age == Seconds(0));
  const bool is_unwanted = request.no_cache || is_too_old;
  if (directives.no_cache) return Use::validate;
  if (is_fresh) {
    return is_unwanted || (request.min_fresh && lifetime - age < *request.min_fresh) ? Use::refused : Use::fresh;
  }
  if (is_unwanted || request.min_fresh || forbids_stale(directives)) return Use::validate;
  const Seconds staleness = age - lifetime;
  if (directives.stale_while_revalidate && staleness < *directives.stale_while_revalidate) return Use::while_revalidate;
  return request.max_stale && staleness <= *request.max_stale ? Use::allowed_stale : Use::validate;
}

bool may_serve_on_error(const StoredResponse& stored, const RequestDirectives& request, Seconds now,
                        const Policy& policy) {
  const ResponseDirectives directives = response_directives(stored.head.fields, policy.reads_targeted);
  if (request.no_cache || forbids_stale(directives)) return false;
  auto allowed = directives.stale_if_error;
  if (!allowed && policy.stale_if_error > Seconds(0)) allowed = policy.stale_if_error;
  if (request.stale_if_error) allowed = std::max(allowed.value_or(Seconds(0)), *request.stale_if_error);
  return allowed && -time_to_live(stored, now, policy) <= *allowed;
}

Seconds time_to_live(const StoredResponse& stored, Seconds now, const Policy& policy) {
  return lifetime_of(stored.head, stored.received, policy).seconds - current_age(stored, now);
}

}  // namespace wireproof::http_cache
