// Any Cache-Control of a request and of a response, with other fields that a cache goes by: what is read of it never
// allows more than a part of it does, and no decision contradicts it. Input: lines of a letter and a value, see
// exchange_of().

#include <algorithm>
#include <cstdint>
#include <cstdlib>
#include <map>
#include <memory>
#include <string>
#include <string_view>

#include "goals.hpp"
#include "http/message_writer.hpp"
#include "http_cache/answer_plan.hpp"
#include "http_cache/cache_control.hpp"
#include "http_cache/freshness.hpp"
#include "http_cache/storable.hpp"
#include "http_cache/variants.hpp"

namespace {

using namespace wireproof::http_cache;
namespace http = wireproof::http;
using wireproof::fuzz::Goal;

Goal stored("a response that is stored", 10);
Goal no_store("no-store", 2);
Goal is_private("private", 2);
Goal with_fields("fields that are not to be stored", 1);
Goal explicit_lifetime("a lifetime that is told", 10);
Goal guessed_lifetime("a lifetime that is guessed", 0.5);
Goal targeted("CDN-Cache-Control that is a dictionary", 1);
Goal served("a stored response that is served", 5);
Goal stale("one that is served stale", 0.5);
Goal validated("one that must be validated", 2);
Goal timed_out("only-if-cached without one", 0.3);
Goal other_variant("another variant", 0.3);

constexpr Seconds kNow(1796000000);

void check(bool holds) {
  if (!holds) std::abort();
}

const std::map<char, std::string_view> kRequest{{'c', "Cache-Control"}, {'p', "Pragma"},
                                                {'a', "Authorization"}, {'v', "A"},
                                                {'n', "If-None-Match"}, {'r', "Range"}};
const std::map<char, std::string_view> kResponse{{'C', "Cache-Control"}, {'D', "CDN-Cache-Control"},
                                                 {'E', "Expires"},       {'L', "Last-Modified"},
                                                 {'A', "Age"},           {'T', "Date"},
                                                 {'V', "Vary"},          {'G', "ETag"},
                                                 {'S', "Set-Cookie"}};

struct Drawn {
  http::RequestHead request{"GET", "/", http::Version::http11, {{"Host", "h"}}};
  http::ResponseHead response{};
  Seconds wait{0};
};

Drawn exchange_of(std::string_view bytes) {
  Drawn input;
  while (!bytes.empty()) {
    const std::string_view line = bytes.substr(0, bytes.find('\n'));
    bytes.remove_prefix(std::min(bytes.size(), line.size() + 1));
    if (line.empty() || !http::is_field_value(line)) continue;
    const std::string_view value = http::trimmed(line.substr(1));
    if (const auto name = kRequest.find(line.front()); name != kRequest.end())
      input.request.fields.add(name->second, value);
    if (const auto name = kResponse.find(line.front()); name != kResponse.end())
      input.response.fields.add(name->second, value);
    if (line.front() == 'W') input.wait += Seconds(value.size());
    if (line.front() == 'X') input.response.status = 200 + static_cast<unsigned>(value.size()) % 400;
  }
  return input;
}

/// Adding a line takes nothing of its strictness away.
void check_lines(const http::Fields& fields) {
  const ResponseDirectives all = response_directives(fields, false);
  for (const http::Field& field : fields) {
    if (field.name != "Cache-Control") continue;
    const ResponseDirectives one = response_directives({field}, false);
    check((!one.no_store || all.no_store) && (!one.is_private || all.is_private) && (!one.no_cache || all.no_cache));
    check(!one.max_age || (all.max_age && *all.max_age <= *one.max_age));
    check(!one.s_maxage || (all.s_maxage && *all.s_maxage <= *one.s_maxage));
    check(!one.stale_if_error || *all.stale_if_error <= *one.stale_if_error);
    check(!one.must_revalidate || all.must_revalidate);
  }
}

void check_lifetime(const Lifetime& lifetime) {
  check(lifetime.seconds >= Seconds(0) && lifetime.seconds <= kMostSeconds);
  explicit_lifetime.reach(lifetime.is_explicit());
  guessed_lifetime.reach(lifetime.source == Lifetime::Source::heuristic);
}

void check_exchange(const Drawn& input, const Policy& policy) {
  const auto key = cache_key(input.request);
  check(key == "http://h/");
  const ResponseDirectives directives = response_directives(input.response.fields, policy.reads_targeted);
  no_store.reach(directives.no_store);
  is_private.reach(directives.is_private);
  with_fields.reach(!directives.private_fields.empty() || !directives.no_cache_fields.empty());
  targeted.reach(directives.is_targeted);
  check_lifetime(lifetime_of(input.response, kNow, policy));

  const RequestPlan plan = plan_request(input.request, key, {}, kNow, policy);
  timed_out.reach(plan.kind == RequestPlan::Kind::gateway_timeout);
  if (plan.kind != RequestPlan::Kind::forward) return;
  const Exchange exchange{input.request, key, kNow, kNow};
  const ResponsePlan answer = plan_response(plan, exchange, input.response, policy);
  if (answer.kind != ResponsePlan::Kind::store) return;
  stored.reach();
  check(!directives.is_private && (!directives.no_store || directives.must_understand));
  check(!input.request.fields.has("Authorization") || directives.is_public || directives.s_maxage ||
        directives.must_revalidate);
  std::string text;
  http::append_head(text, answer.stored->head);  // throws what no head may have
  check(!answer.stored->head.fields.has("Content-Length"));

  // The same request later, and one of another variant.
  const Seconds later = kNow + input.wait;
  const Seconds age = current_age(*answer.stored, later);
  check(age >= input.wait && age <= kMostSeconds && age >= current_age(*answer.stored, kNow));
  const RequestPlan again = plan_request(input.request, key, {answer.stored}, later, policy);
  validated.reach(again.kind == RequestPlan::Kind::validate);
  if (again.kind == RequestPlan::Kind::serve || again.kind == RequestPlan::Kind::serve_and_revalidate) {
    served.reach();
    const bool is_stale = time_to_live(*answer.stored, later, policy) <= Seconds(0);
    stale.reach(is_stale);
    check(!directives.no_cache && !request_directives(input.request.fields).no_cache);
    check(!is_stale || (!directives.must_revalidate && !directives.proxy_revalidate && !directives.s_maxage));
    const StoredAnswer made = answer_from(input.request, *answer.stored, later, "B");
    check(made.head.status == 304 || made.head.status == answer.stored->head.status);
  }
  if (!answer.stored->head.fields.has("Vary")) return;
  http::RequestHead other = input.request;
  other.fields.add("A", "another");
  const RequestPlan third = plan_request(other, key, {answer.stored}, later, policy);
  other_variant.reach(third.status.forward == CacheStatus::Forward::vary_miss);
  check(!answer.stored->head.fields.lists("Vary", "A") || third.kind == RequestPlan::Kind::forward ||
        third.kind == RequestPlan::Kind::gateway_timeout);
}

}  // namespace

extern "C" int LLVMFuzzerTestOneInput(const std::uint8_t* data, std::size_t size) {
  const Drawn input = exchange_of({reinterpret_cast<const char*>(data), size});
  check_lines(input.response.fields);
  check_exchange(input, {});
  check_exchange(input, {.reads_targeted = true, .stale_if_error = Seconds(9)});
  return 0;
}
