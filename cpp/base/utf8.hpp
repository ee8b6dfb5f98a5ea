#pragma once
// Validity of UTF-8 (RFC 3629): no overlong forms, no surrogates, nothing above U+10FFFF.

#include <cstddef>
#include <string_view>

namespace wireproof {

/// Length in bytes (1 to 4) of the valid sequence at the start of `bytes`, 0 when there is none.
std::size_t utf8_length(std::string_view bytes);

/// `bytes` without a sequence that its end cuts in two; everything else, valid or not, stays.
std::string_view without_cut_sequence(std::string_view bytes);

}  // namespace wireproof
