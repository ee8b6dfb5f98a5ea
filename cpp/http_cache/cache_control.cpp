#include "http_cache/cache_control.hpp"

#include <algorithm>
#include <string_view>

#include "bytes/decimal.hpp"
#include "http/characters.hpp"
#include "http_cache/structured_dictionary.hpp"

namespace wireproof::http_cache {
namespace {

using http::Fields;

struct Directive {
  std::string_view name;
  std::optional<std::string> argument{};  ///< without its quotes
  bool is_malformed = false;              ///< of the argument
};

/// Where the member at the front of `list` ends. A quote that is never closed parts nothing: what stands behind it must
/// not hide a no-store.
std::size_t end_of_member(std::string_view list) {
  bool quoted = false;
  std::size_t end = 0;
  for (; end < list.size() && (quoted || list[end] != ','); ++end) {
    if (list[end] == '"') quoted = !quoted;
    if (quoted && list[end] == '\\' && end + 1 < list.size()) ++end;
  }
  return quoted ? std::min(list.find(','), list.size()) : end;
}

Directive parse_directive(std::string_view member) {
  const std::size_t equals = member.find('=');
  Directive directive{http::trimmed(member.substr(0, equals))};
  if (equals == std::string_view::npos) return directive;
  const std::string_view argument = member.substr(equals + 1);
  // No blank may stand around "=" (5.2).
  directive.is_malformed = directive.name.size() != equals || http::trimmed(argument).size() != argument.size();
  directive.argument.emplace();
  if (!argument.starts_with('"')) {
    directive.argument = argument;
    directive.is_malformed = directive.is_malformed || !http::is_token(argument);
    return directive;
  }
  std::size_t at = 1;
  for (; at < argument.size() && argument[at] != '"'; ++at) {
    if (argument[at] == '\\' && at + 1 < argument.size()) ++at;
    *directive.argument += argument[at];
  }
  directive.is_malformed = directive.is_malformed || at + 1 != argument.size();
  return directive;
}

/// Calls `take` with each directive of all lines of that name.
template <typename Take>
void each_directive(const Fields& fields, std::string_view name, Take take) {
  for (const http::Field& field : fields) {
    if (!http::same_word(field.name, name)) continue;
    for (std::string_view list = field.value; !list.empty();) {
      const std::size_t end = end_of_member(list);
      const std::string_view member = http::trimmed(list.substr(0, end));
      list.remove_prefix(std::min(list.size(), end + 1));
      if (!member.empty()) take(parse_directive(member));
    }
  }
}

std::optional<Seconds> parse_seconds(const Directive& directive) {
  const std::string_view digits = directive.argument ? std::string_view(*directive.argument) : std::string_view();
  if (directive.is_malformed || digits.empty() || !std::all_of(digits.begin(), digits.end(), http::is_digit)) {
    return std::nullopt;
  }
  const auto most = static_cast<std::uint64_t>(kMostSeconds.count());
  return Seconds(static_cast<std::int64_t>(std::min(parse_decimal(digits).value_or(most), most)));
}

/// The less, and none for what is malformed.
void take_less(std::optional<Seconds>& value, const Directive& directive) {
  const Seconds seconds = parse_seconds(directive).value_or(Seconds(0));
  value = std::min(value.value_or(seconds), seconds);
}
/// The more, and all for what is malformed.
void take_more(std::optional<Seconds>& value, const Directive& directive) {
  const Seconds seconds = parse_seconds(directive).value_or(kMostSeconds);
  value = std::max(value.value_or(seconds), seconds);
}

/// With a list of names it is about these fields; else about all.
void take_fields(const std::optional<std::string>& argument, bool is_malformed, bool& all,
                 std::vector<std::string>& names) {
  std::vector<std::string> found;
  for (std::string_view list = argument ? std::string_view(*argument) : std::string_view();
       const auto member = http::take_member(list);) {
    is_malformed = is_malformed || !http::is_token(*member);
    found.emplace_back(*member);
  }
  if (is_malformed || found.empty()) {
    all = true;
  } else {
    names.insert(names.end(), found.begin(), found.end());
  }
}

void take_response_directive(ResponseDirectives& all, const Directive& directive) {
  const auto is = [&](std::string_view name) { return http::same_word(directive.name, name); };
  if (is("no-store")) all.no_store = true;
  if (is("must-understand")) all.must_understand = true;
  if (is("public")) all.is_public = true;
  if (is("must-revalidate")) all.must_revalidate = true;
  if (is("proxy-revalidate")) all.proxy_revalidate = true;
  if (is("no-transform")) all.no_transform = true;
  if (is("immutable")) all.immutable = true;
  if (is("max-age")) take_less(all.max_age, directive);
  if (is("s-maxage")) take_less(all.s_maxage, directive);
  if (is("stale-while-revalidate")) take_less(all.stale_while_revalidate, directive);
  if (is("stale-if-error")) take_less(all.stale_if_error, directive);
  if (is("private")) take_fields(directive.argument, directive.is_malformed, all.is_private, all.private_fields);
  if (is("no-cache")) take_fields(directive.argument, directive.is_malformed, all.no_cache, all.no_cache_fields);
}

bool takes_seconds(std::string_view name) {
  return name == "max-age" || name == "s-maxage" || name == "stale-while-revalidate" || name == "stale-if-error";
}

/// Nothing when the field is not there, empty, no dictionary (RFC 9213, 2.1), or has seconds that are no number: who
/// writes so has been misunderstood, and Cache-Control is the safer word.
std::optional<ResponseDirectives> targeted_directives(const Fields& fields) {
  const auto text = fields.joined("CDN-Cache-Control");
  const auto dictionary = text ? parse_structured_dictionary(*text) : std::nullopt;
  if (!dictionary || dictionary->empty()) return std::nullopt;
  ResponseDirectives all{.is_targeted = true};
  for (const StructuredMember& member : *dictionary) {
    // "?0" is as if it were not there.
    if (member.kind == StructuredMember::Kind::no) continue;
    if (takes_seconds(member.name) && member.kind != StructuredMember::Kind::number) return std::nullopt;
    Directive directive{member.name};
    if (member.kind != StructuredMember::Kind::yes) {
      directive.argument = member.text;
      // -1 second is no less than 0.
      directive.is_malformed = member.kind == StructuredMember::Kind::other;
    }
    take_response_directive(all, directive);
  }
  return all;
}

}  // namespace

RequestDirectives request_directives(const Fields& fields) {
  RequestDirectives all;
  if (!fields.has("Cache-Control")) {
    all.no_cache = fields.lists("Pragma", "no-cache");
    return all;
  }
  each_directive(fields, "Cache-Control", [&](const Directive& directive) {
    const auto is = [&](std::string_view name) { return http::same_word(directive.name, name); };
    if (is("no-cache")) all.no_cache = true;
    if (is("no-store")) all.no_store = true;
    if (is("no-transform")) all.no_transform = true;
    if (is("only-if-cached")) all.only_if_cached = true;
    if (is("max-age")) take_less(all.max_age, directive);
    if (is("min-fresh")) take_more(all.min_fresh, directive);
    if (is("stale-if-error")) take_less(all.stale_if_error, directive);
    if (is("max-stale")) {
      // Without a number it is about everything (5.2.1.2).
      const Seconds bare = std::min(all.max_stale.value_or(kMostSeconds), kMostSeconds);
      if (directive.argument) {
        take_less(all.max_stale, directive);
      } else {
        all.max_stale = bare;
      }
    }
  });
  return all;
}

ResponseDirectives response_directives(const Fields& fields, bool reads_targeted) {
  if (reads_targeted) {
    if (auto targeted = targeted_directives(fields)) return std::move(*targeted);
  }
  ResponseDirectives all;
  each_directive(fields, "Cache-Control", [&](const Directive& directive) { take_response_directive(all, directive); });
  return all;
}

}  // namespace wireproof::http_cache
