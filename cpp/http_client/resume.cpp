#include "http_client/resume.hpp"

#include <fmt/format.h>

#include <utility>

#include "bytes/decimal.hpp"

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

/// A quoted string that is not weak (RFC 9110, 8.8.3).
bool is_strong_tag(std::string_view text) {
  return text.size() >= 2 && text.front() == '"' && text.back() == '"' &&
         text.substr(1, text.size() - 2).find('"') == std::string_view::npos;
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

std::string strong_validator(const http::Fields& fields, std::optional<std::int64_t> last_modified,
                             std::optional<std::int64_t> date) {
  if (fields.has("ETag")) {
    const std::string_view tag = fields.value("ETag");
    return fields.count("ETag") == 1 && is_strong_tag(tag) ? std::string(tag) : std::string();
  }
  const bool old_enough = last_modified && date && *last_modified < *date;
  return old_enough && fields.count("Last-Modified") == 1 ? std::string(fields.value("Last-Modified")) : std::string();
}

std::optional<ContentRange> parse_content_range(std::string_view text) {
  if (text.size() < 6 || !http::same_word(text.substr(0, 6), "bytes ")) return std::nullopt;
  text.remove_prefix(6);
  const std::size_t slash = text.find('/');
  if (slash == std::string_view::npos) return std::nullopt;
  const std::string_view range = text.substr(0, slash);
  const std::string_view total = text.substr(slash + 1);
  ContentRange found;
  if (total != "*") {
    found.total = parse_decimal(total);
    if (!found.total) return std::nullopt;
  }
  if (range == "*") {
    found.is_unsatisfied = true;
    return found.total ? std::optional(found) : std::nullopt;
  }
  const std::size_t dash = range.find('-');
  if (dash == std::string_view::npos) return std::nullopt;
  const auto first = parse_decimal(range.substr(0, dash));
  const auto last = parse_decimal(range.substr(dash + 1));
  if (!first || !last || *first > *last || (found.total && *last >= *found.total)) return std::nullopt;
  found.first = *first;
  found.last = *last;
  return found;
}

void Resume::add_to(http::Fields& fields) const {
  if (offset() == 0) return;
  fields.set("Range", fmt::format("bytes={}-", size_));
  fields.set("If-Range", facts_->validator);
}

bool Resume::fits(const http::ResponseHead& head) const {
  const auto range =
      head.fields.count("Content-Range") == 1 ? parse_content_range(head.fields.value("Content-Range")) : std::nullopt;
  if (!range || range->is_unsatisfied || range->first != size_) return false;
  // A part of something longer, or of something else.
  if (!range->total || range->last + 1 != *range->total || facts_->total.value_or(*range->total) != *range->total)
    return false;
  const std::string_view length = head.fields.value("Content-Length");
  if (!length.empty() && parse_decimal(length) != range->last - range->first + 1) return false;
  if (head.fields.has("Content-Encoding")) return false;
  const std::string_view tag = head.fields.value("ETag");
  return tag.empty() || !is_strong_tag(facts_->validator) || tag == facts_->validator;
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
      facts_->total = parse_content_range(head.fields.value("Content-Range"))->total;
      return Meaning::rest;
    }
    facts_.reset();
    return Meaning::again;
  }
  if (asked && (head.status == 412 || head.status == 416)) {
    const auto range = parse_content_range(head.fields.value("Content-Range"));
    // If-Range held, so the whole is what it was; its end is where we are.
    if (head.status == 416 && range && range->is_unsatisfied && range->total == size_ &&
        facts_->total.value_or(size_) == size_) {
      return Meaning::complete;
    }
    facts_.reset();
    return Meaning::again;
  }
  return Meaning::other;
}

}  // namespace wireproof::http_client
