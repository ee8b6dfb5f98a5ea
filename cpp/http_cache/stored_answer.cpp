#include <fmt/format.h>

#include <utility>

#include "http/conditions.hpp"
#include "http/ranges.hpp"
#include "http_cache/answer_plan.hpp"
#include "http_cache/freshness.hpp"
#include "http_cache/validation.hpp"

namespace wireproof::http_cache {
namespace {

using http::RequestHead;

/// If-None-Match and If-Modified-Since, as a cache evaluates them (4.3.2): where there is no Last-Modified, Date
/// counts.
bool is_not_modified(const RequestHead& request, const StoredResponse& stored, Seconds now) {
  http::Validators validators = validators_of(stored, now);
  if (!validators.modified) {
    validators.modified = http::parse_http_date(stored.head.fields.value("Date"), now).value_or(stored.received);
  }
  return http::evaluate(request, validators, now) == http::Condition::not_modified;
}

void send_whole(StoredAnswer& answer, std::optional<std::uint64_t> size) {
  if (size != 0U) answer.pieces.push_back({{}, 0, size});
}

void send_parts(StoredAnswer& answer, const std::vector<http::ByteRange>& parts, std::uint64_t size,
                std::string_view boundary) {
  http::Fields& fields = answer.head.fields;
  answer.head.status = 206;
  answer.head.reason.clear();
  fields.erase("Content-Range");
  if (parts.size() == 1) {
    fields.add("Content-Range", http::content_range(parts.front(), size));
    answer.pieces.push_back({{}, parts.front().first, parts.front().length()});
    return;
  }
  const std::string type = fields.joined("Content-Type").value_or("application/octet-stream");
  fields.set("Content-Type", fmt::format("multipart/byteranges; boundary={}", boundary));
  std::string between = fmt::format("--{}", boundary);
  for (const http::ByteRange& part : parts) {
    between += fmt::format("\r\nContent-Type: {}\r\nContent-Range: {}\r\n\r\n", type, http::content_range(part, size));
    answer.pieces.push_back({std::move(between)});
    answer.pieces.push_back({{}, part.first, part.length()});
    between = fmt::format("\r\n--{}", boundary);
  }
  answer.pieces.push_back({between + "--\r\n"});
}

}  // namespace

std::optional<std::uint64_t> StoredAnswer::size() const {
  std::uint64_t sum = 0;
  for (const BodyPiece& piece : pieces) {
    if (!piece.length) return std::nullopt;
    sum += piece.text.size() + *piece.length;
  }
  return sum;
}

StoredAnswer answer_from(const RequestHead& request, const StoredResponse& stored, Seconds now,
                         std::string_view boundary) {
  StoredAnswer answer{stored.head};
  http::Fields& fields = answer.head.fields;
  fields.set("Age", fmt::format("{}", current_age(stored, now).count()));
  const unsigned status = stored.head.status;
  // Conditions are for what would be answered with 2xx (RFC 9110, 13.2.1).
  if (status >= 200 && status < 300 && is_not_modified(request, stored, now)) {
    answer.head.status = 304;
    answer.head.reason.clear();
    for (const std::string_view name : {"Content-Type", "Content-Encoding", "Content-Language", "Content-Range"}) {
      fields.erase(name);
    }
    return answer;
  }
  if (status == 200 && request.method == "GET" && stored.size && request.fields.count("Range") == 1 &&
      http::range_counts(request, validators_of(stored, now), now)) {
    const http::Ranges ranges = http::parse_ranges(request.fields.value("Range"), *stored.size);
    if (ranges.kind == http::Ranges::Kind::unsatisfiable) {
      return {{http::Version::http11, 416, {}, {{"Content-Range", http::unsatisfied_range(*stored.size)}}}};
    }
    if (ranges.kind == http::Ranges::Kind::parts) {
      send_parts(answer, ranges.parts, *stored.size, boundary);
      return answer;
    }
  }
  send_whole(answer, stored.size);
  return answer;
}

}  // namespace wireproof::http_cache
