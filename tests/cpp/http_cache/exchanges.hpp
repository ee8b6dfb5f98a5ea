#pragma once
// What the tests of this room share: heads as text, with dates relative to a start.

#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "bytes/decimal.hpp"
#include "http/date.hpp"
#include "http/message.hpp"
#include "http_cache/answer_plan.hpp"
#include "http_cache/storable.hpp"
#include "http_cache/variants.hpp"

namespace wireproof::http_cache {

constexpr Seconds kStart(1796000000);  // in November 2026

/// Lines "Name: value". A value "@-10" is the date of ten seconds before the start.
inline http::Fields fields_of(std::string_view text) {
  http::Fields fields;
  while (!text.empty()) {
    const std::string_view line = text.substr(0, text.find('\n'));
    text.remove_prefix(std::min(text.size(), line.size() + 1));
    const std::size_t colon = line.find(':');
    const std::string_view value = http::trimmed(line.substr(colon + 1));
    if (!value.starts_with('@')) {
      fields.add(line.substr(0, colon), value);
    } else {
      const bool is_before = value.starts_with("@-");
      const auto seconds = static_cast<std::int64_t>(*parse_decimal(value.substr(is_before ? 2 : 1)));
      fields.add(line.substr(0, colon), http::http_date(kStart + Seconds(is_before ? -seconds : seconds)));
    }
  }
  return fields;
}

inline http::RequestHead request_of(std::string_view fields, std::string method = "GET", std::string target = "/a") {
  http::RequestHead head{std::move(method), std::move(target), http::Version::http11, {{"Host", "h1"}}};
  for (const http::Field& field : fields_of(fields)) head.fields.add(field.name, field.value);
  return head;
}

inline http::ResponseHead response_of(unsigned status, std::string_view fields) {
  return {http::Version::http11, status, {}, fields_of(fields)};
}

/// As a store has it, of `size` bytes, asked for and received at `received`.
inline StoredPointer stored_of(const http::RequestHead& request, const http::ResponseHead& response,
                               std::uint64_t id = 1, Seconds received = kStart, std::uint64_t size = 100,
                               const Policy& policy = {}) {
  return std::make_shared<const StoredResponse>(
      StoredResponse{id, cache_key(request).value_or(""), selecting_fields(request.fields, response.fields),
                     storable_head(response, received, policy), received, received, size});
}

inline std::string_view word_of(RequestPlan::Kind kind) {
  switch (kind) {
    case RequestPlan::Kind::serve:
      return "serve";
    case RequestPlan::Kind::serve_and_revalidate:
      return "serve and revalidate";
    case RequestPlan::Kind::validate:
      return "validate";
    case RequestPlan::Kind::forward:
      return "forward";
    case RequestPlan::Kind::gateway_timeout:
      return "504";
  }
  return "";
}

inline std::string_view word_of(ResponsePlan::Kind kind) {
  switch (kind) {
    case ResponsePlan::Kind::pass:
      return "pass";
    case ResponsePlan::Kind::store:
      return "store";
    case ResponsePlan::Kind::update:
      return "update";
    case ResponsePlan::Kind::serve_once:
      return "serve once";
    case ResponsePlan::Kind::serve_stale:
      return "serve stale";
    case ResponsePlan::Kind::ask_again:
      return "ask again";
    case ResponsePlan::Kind::fail:
      return "fail";
  }
  return "";
}

}  // namespace wireproof::http_cache
