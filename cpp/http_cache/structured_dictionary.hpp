#pragma once
// Dictionaries of structured fields (RFC 8941, 3.2), as far as directives need them. Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::http_cache {

struct StructuredMember {
  enum class Kind : std::uint8_t {
    yes,     ///< "a" or "a=?1"
    no,      ///< "a=?0"
    number,  ///< an integer: its text, "-1" too
    text,    ///< a string, without its quotes
    other,   ///< what no directive takes: decimals, tokens, bytes, inner lists
  };
  std::string name;
  Kind kind = Kind::yes;
  std::string text{};
};

/// Nothing for what is no dictionary: all of it is to be ignored then. Of a name that is there twice the last counts.
/// Parameters are read and dropped.
std::optional<std::vector<StructuredMember>> parse_structured_dictionary(std::string_view text);

}  // namespace wireproof::http_cache
