#include "http_cache/answer_plan.hpp"

#include <algorithm>
#include <utility>

#include "http/conditions.hpp"
#include "http_cache/freshness.hpp"
#include "http_cache/storable.hpp"
#include "http_cache/validation.hpp"
#include "http_cache/variants.hpp"

namespace wireproof::http_cache {
namespace {

using http::RequestHead;
using http::ResponseHead;
using Forward = CacheStatus::Forward;

bool has_body(const RequestHead& request) {
  return request.fields.has("Transfer-Encoding") ||
         request.fields.value("Content-Length").find_first_not_of('0') != std::string_view::npos;
}

bool has_own_condition(const RequestHead& request) {
  return request.fields.has("If-None-Match") || request.fields.has("If-Modified-Since");
}

/// What is asked beside an answer that is served: the whole, for everybody.
RequestHead for_everybody(const RequestHead& request) {
  RequestHead asked = unconditional_request(request);
  asked.method = "GET";
  for (const std::string_view name : {"Range", "If-Range", "Cache-Control", "Pragma"}) asked.fields.erase(name);
  return asked;
}

/// Why nothing is looked for in the store; empty: it is.
std::string_view bypass_reason(const RequestHead& request, const RequestDirectives& directives) {
  if (has_body(request)) return "request-body";
  if (directives.no_store) return "request-no-store";
  // They are the origin's to evaluate (RFC 9111, 4.3.2).
  if (request.fields.has("If-Match") || request.fields.has("If-Unmodified-Since")) return "request-condition";
  return {};
}

bool is_server_failure(unsigned status) { return status == 500 || (status >= 502 && status <= 504); }

bool may_serve_on_error(const RequestPlan& plan, const Exchange& exchange, const Policy& policy) {
  return plan.stored && plan.kind != RequestPlan::Kind::serve_and_revalidate &&
         http_cache::may_serve_on_error(*plan.stored, request_directives(exchange.request.fields), exchange.received,
                                        policy);
}

ResponsePlan stale_on_error(const RequestPlan& plan, const Exchange& exchange, const Policy& policy) {
  ResponsePlan result{ResponsePlan::Kind::serve_stale, plan.stored};
  result.status = plan.status;
  result.status.time_to_live = time_to_live(*plan.stored, exchange.received, policy);
  result.status.detail = "stale-if-error";
  return result;
}

/// Freshened, and for the request that it was found to be right for, if the fields that it goes by have changed.
StoredPointer freshened_for(const StoredResponse& stored, const Exchange& exchange, const ResponseHead& response,
                            const Policy& policy) {
  StoredResponse fresh = freshened(stored, response, exchange.requested, exchange.received, policy);
  if (fresh.head.fields.joined("Vary") != stored.head.fields.joined("Vary")) {
    fresh.request_fields = selecting_fields(exchange.request.fields, fresh.head.fields);
  }
  return std::make_shared<const StoredResponse>(std::move(fresh));
}

/// Whether the client asks for a tag that the stored response does not have.
bool asks_for_other_tags(const RequestHead& request, const RequestPlan& plan, Seconds now) {
  const auto list = request.fields.joined("If-None-Match");
  const auto tags = list ? http::parse_entity_tags(*list) : std::nullopt;
  const auto ours = plan.stored ? validators_of(*plan.stored, now).tag : std::nullopt;
  return tags && std::any_of(tags->begin(), tags->end(),
                             [&](const http::EntityTag& tag) { return !ours || !http::match_weakly(tag, *ours); });
}

bool names_tag_of(const RequestHead& request, const ResponseHead& response) {
  const auto list = request.fields.joined("If-None-Match");
  const auto tags = list ? http::parse_entity_tags(*list) : std::nullopt;
  const auto told = http::parse_entity_tag(response.fields.value("ETag"));
  return tags && told && std::any_of(tags->begin(), tags->end(), [&](const http::EntityTag& tag) {
           return http::match_weakly(tag, *told);
         });
}

void plan_not_modified(ResponsePlan& result, const RequestPlan& plan, const Exchange& exchange,
                       const ResponseHead& response, const Policy& policy) {
  const RequestHead& request = exchange.request;
  if (!has_own_condition(plan.forward)) {
    result.kind = ResponsePlan::Kind::fail;
    result.status.detail = "unasked-304";
    return;
  }
  if (!plan.asks_for_store) return;  // to conditions that are the client's alone
  const bool is_tagged = http::parse_entity_tag(response.fields.value("ETag")).has_value();
  const bool is_ambiguous =
      !is_tagged && plan.forward.fields.has("If-None-Match") && asks_for_other_tags(request, plan, exchange.received);
  const auto which =
      is_ambiguous ? std::nullopt : validated_by(response, plan.candidates, plan.chosen, exchange.received);
  if (which) {
    result.stored = freshened_for(*plan.candidates[*which], exchange, response, policy);
    result.status.forward_status = 304;
    result.status.time_to_live = time_to_live(*result.stored, exchange.received, policy);
    RequestHead asked = request;
    asked.method = "GET";
    const Storability may = storability(asked, result.stored->head, exchange.received, policy);
    result.status.stored = may.may;
    result.status.detail = may.reason;
    result.kind = may.may ? ResponsePlan::Kind::update : ResponsePlan::Kind::serve_once;
    // Who asks with his credentials decides nothing for others.
    if (!may.may && !request.fields.has("Authorization")) result.removed.push_back(result.stored->id);
    return;
  }
  if (names_tag_of(request, response)) return;
  result.kind = ResponsePlan::Kind::ask_again;
  result.forward = unconditional_request(request);
}

/// An answer that is not stored, but shows that what is stored is no longer right.
bool supersedes(const ResponseHead& response, const StoredResponse& stored, Seconds now) {
  if (response.status == 206) {
    const auto told = http::parse_entity_tag(response.fields.value("ETag"));
    const auto ours = validators_of(stored, now).tag;
    return told && ours && !http::match_weakly(*told, *ours);
  }
  return response.status < 400 || response.status == 404 || response.status == 410;
}

void plan_head_response(ResponsePlan& result, const RequestPlan& plan, const Exchange& exchange,
                        const ResponseHead& response, const Policy& policy) {
  if (!plan.stored) return;
  switch (effect_of_head(*plan.stored, response, exchange.received)) {
    case HeadEffect::none:
      return;
    case HeadEffect::freshens: {
      StoredPointer fresh = freshened_for(*plan.stored, exchange, response, policy);
      const Storability may = storability(for_everybody(exchange.request), fresh->head, exchange.received, policy);
      if (may.may) {
        result.freshened.push_back(std::move(fresh));
      } else if (!exchange.request.fields.has("Authorization")) {
        result.removed.push_back(fresh->id);
      }
      return;
    }
    case HeadEffect::invalidates:
      result.removed.push_back(plan.stored->id);
      return;
  }
}

}  // namespace

RequestPlan plan_request(const RequestHead& request, const std::optional<std::string>& key,
                         std::vector<StoredPointer> candidates, Seconds now, const Policy& policy) {
  using Kind = RequestPlan::Kind;
  RequestPlan plan;
  plan.forward = request;
  const bool is_get = request.method == "GET";
  if (!key || (!is_get && request.method != "HEAD")) {
    plan.status.forward = key ? Forward::method : Forward::bypass;
    return plan;
  }
  const RequestDirectives directives = request_directives(request.fields);
  if (const std::string_view reason = bypass_reason(request, directives); !reason.empty()) {
    if (directives.only_if_cached) {
      plan.kind = Kind::gateway_timeout;
    } else {
      plan.status.forward = Forward::bypass;
    }
    plan.status.detail = reason;
    return plan;
  }
  plan.candidates = std::move(candidates);
  plan.chosen = choose_variant(plan.candidates, request.fields);
  plan.may_store = is_get;
  plan.status.forward = plan.candidates.empty() ? Forward::uri_miss : Forward::vary_miss;
  if (plan.chosen) {
    plan.stored = plan.candidates[*plan.chosen];
    const Use use = use_of(*plan.stored, directives, now, policy);
    if (use == Use::fresh || use == Use::allowed_stale || use == Use::while_revalidate) {
      plan.kind = use == Use::while_revalidate ? Kind::serve_and_revalidate : Kind::serve;
      plan.status = {.hit = true, .time_to_live = time_to_live(*plan.stored, now, policy)};
      plan.may_store = plan.kind == Kind::serve_and_revalidate;
      if (plan.may_store) {
        plan.forward = conditional_request(for_everybody(request), plan.candidates, plan.chosen, now);
        plan.asks_for_store = can_validate(plan.candidates, plan.chosen, now);
      }
      return plan;
    }
    plan.status.forward = use == Use::refused ? Forward::request : Forward::stale;
  }
  if (directives.only_if_cached) {
    plan.kind = Kind::gateway_timeout;
    plan.status.forward = Forward::none;
    plan.status.detail = "only-if-cached";
    return plan;
  }
  plan.forward = conditional_request(request, plan.candidates, plan.chosen, now);
  plan.asks_for_store = can_validate(plan.candidates, plan.chosen, now);
  if (plan.asks_for_store && plan.chosen) plan.kind = Kind::validate;
  const bool is_part = request.fields.has("Range");
  plan.may_lead = is_get && !is_part && !request.fields.has("Authorization") &&
                  (plan.kind == Kind::validate || !has_own_condition(request));
  plan.may_wait = !is_part && !directives.no_cache && directives.max_age != Seconds(0);
  return plan;
}

ResponsePlan plan_response(const RequestPlan& plan, const Exchange& exchange, const ResponseHead& response,
                           const Policy& policy) {
  if (plan.kind == RequestPlan::Kind::serve_and_revalidate) {
    RequestPlan beside = plan;
    beside.kind = RequestPlan::Kind::validate;
    beside.status = {.forward = Forward::stale};
    const RequestHead request = for_everybody(exchange.request);
    ResponsePlan result =
        plan_response(beside, {request, exchange.key, exchange.requested, exchange.received}, response, policy);
    // Nobody waits for it; stale-if-error is for those who ask later.
    if (result.kind == ResponsePlan::Kind::serve_stale) result.kind = ResponsePlan::Kind::fail;
    return result;
  }
  const RequestHead& request = exchange.request;
  ResponsePlan result;
  result.status = plan.status;
  result.status.hit = false;
  const bool is_get = request.method == "GET";
  if (!is_get && request.method != "HEAD") {
    if (exchange.key) result.invalidated = invalidated_keys(request, *exchange.key, response);
    return result;
  }
  if (response.status == 304) {
    plan_not_modified(result, plan, exchange, response, policy);
    return result;
  }
  if (is_server_failure(response.status) && may_serve_on_error(plan, exchange, policy)) {
    result = stale_on_error(plan, exchange, policy);
    result.status.forward_status = response.status;
    return result;
  }
  if (!is_get) {
    plan_head_response(result, plan, exchange, response, policy);
    return result;
  }
  if (!plan.may_store || !exchange.key) return result;
  const Storability may = storability(request, response, exchange.received, policy);
  if (may.may) {
    result.kind = ResponsePlan::Kind::store;
    result.status.stored = true;
    result.stored = std::make_shared<const StoredResponse>(StoredResponse{
        0, *exchange.key, selecting_fields(request.fields, response.fields),
        storable_head(response, exchange.received, policy), exchange.requested, exchange.received, std::nullopt});
    // Else it would be chosen before the new one, stale as it is.
    if (plan.stored && !replaces(*result.stored, *plan.stored)) result.removed.push_back(plan.stored->id);
    return result;
  }
  result.status.detail = may.reason;
  // What one user gets by his credentials says nothing of what others get.
  const bool is_personal = request.fields.has("Authorization");
  if (plan.stored && !is_personal && supersedes(response, *plan.stored, exchange.received)) {
    result.removed.push_back(plan.stored->id);
  }
  return result;
}

ResponsePlan plan_failure(const RequestPlan& plan, const Exchange& exchange, const Policy& policy) {
  if (may_serve_on_error(plan, exchange, policy)) return stale_on_error(plan, exchange, policy);
  ResponsePlan result{ResponsePlan::Kind::fail};
  result.status = plan.status;
  return result;
}

}  // namespace wireproof::http_cache
