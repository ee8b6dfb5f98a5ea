#include "http_client/resume.hpp"

#include <fmt/format.h>

#include <utility>

#include "bytes/decimal.hpp"
#include "http/entity_tag.hpp"
#include "http/ranges.hpp"

namespace wireproof::http_client {
namespace {

constexpr std::string_view kFormat = "http-client part 1";
constexpr std::size_t kLongestLine = 20 * 1024;

std::optional<std::string_view> take_line(std::string_view& text) {
  const std::size_t end = text.find('\n');
  if (end == std::string_view::npos || end > kLongestLine) return std::nullopt;
  const std::string_view line = text.substr(0, end);
  text.remove_prefix(end + 1);
  return line;
}

}  // namespace

std::string text_of(const PartFacts& facts) {
  return fmt::format("{}\n{}\n{}\n{}\n", kFormat, facts.url, facts.validator,
                     facts.total ? std::to_string(*facts.total) : "-");
}

std::optional<PartFacts> parse_part_facts(std::string_view text) {
  PartFacts facts;
  if (take_line(text) != kFormat) return std::nullopt;
  const auto url = take_line(text);
  const auto validator = take_line(text);
  const auto total = take_line(text);
  if (!url || !validator || !total || !text.empty() || url->empty() || validator->empty()) return std::nullopt;
  // It goes into a header.
  if (!http::is_field_value(*validator)) return std::nullopt;
  facts.url = *url;
  facts.validator = *validator;
  if (*total == "-") return facts;
  facts.total = parse_plain_decimal(*total);
  if (!facts.total) return std::nullopt;
  return facts;
}

std::string strong_validator(const http::Fields& fields, http::Seconds now) {
  if (fields.has("ETag")) {
    const auto tag = fields.count("ETag") == 1 ? http::parse_entity_tag(fields.value("ETag")) : std::nullopt;
    return tag && !tag->is_weak ? text_of(*tag) : std::string();
  }
  if (fields.count("Last-Modified") != 1 || fields.count("Date") != 1) return {};
  const auto modified = http::parse_http_date(fields.value("Last-Modified"), now);
  const auto date = http::parse_http_date(fields.value("Date"), now);
  return modified && date && *modified < *date ? std::string(fields.value("Last-Modified")) : std::string();
}

void Resume::add_to(http::Fields& fields) const {
  if (offset() == 0) return;
  fields.set("Range", fmt::format("bytes={}-", size_));
  fields.set("If-Range", facts_->validator);
}

bool Resume::fits(const http::ResponseHead& head) const {
  const http::Fields& fields = head.fields;
  const auto part =
      fields.count("Content-Range") == 1 ? http::parse_content_range(fields.value("Content-Range")) : std::nullopt;
  // A part of something longer, or of something else.
  if (!part || part->range.first != size_ || !part->size || part->range.last + 1 != *part->size) return false;
  if (facts_->total.value_or(*part->size) != *part->size) return false;
  const std::string_view length = fields.value("Content-Length");
  if (!length.empty() && parse_decimal(length) != part->range.length()) return false;
  if (fields.has("Content-Encoding")) return false;
  const auto expected = http::parse_entity_tag(facts_->validator);
  const auto tag = http::parse_entity_tag(fields.value("ETag"));
  return !fields.has("ETag") || !expected || (tag && http::match_strongly(*tag, *expected));
}

Resume::Meaning Resume::meaning_of(const http::ResponseHead& head) {
  const bool asked = offset() > 0;
  if (head.status / 100 == 2 && head.status != 206) {
    facts_.reset();
    return Meaning::whole;
  }
  if (head.status == 206) {
    if (!asked) return Meaning::wrong;
    if (fits(head)) {
      facts_->total = http::parse_content_range(head.fields.value("Content-Range"))->size;
      return Meaning::rest;
    }
    facts_.reset();
    return Meaning::again;
  }
  if (asked && (head.status == 412 || head.status == 416)) {
    // If-Range held, so the whole is what it was; its end is where we are.
    if (head.status == 416 && head.fields.value("Content-Range") == http::unsatisfied_range(size_) &&
        facts_->total.value_or(size_) == size_) {
      return Meaning::complete;
    }
    facts_.reset();
    return Meaning::again;
  }
  return Meaning::other;
}

}  // namespace wireproof::http_client
