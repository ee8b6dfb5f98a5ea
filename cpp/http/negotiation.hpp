#pragma once
// What a client prefers (RFC 9110, 12). Pure.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

namespace wireproof::http {

/// "0", "0.5", "1.000" in thousandths (12.4.2); nothing for anything else.
std::optional<unsigned> parse_quality(std::string_view text);

/// Accept-Encoding (12.5.3): the coding that is to be sent, of `codings`, which are in the sender's order of
/// preference; an empty one stands for none ("identity"), which is what a client gets that accepts nothing of it, or
/// has no such field (`accepted` is nothing). At least one.
std::string_view choose_coding(const std::optional<std::string>& accepted,
                               const std::vector<std::string_view>& codings);

}  // namespace wireproof::http
