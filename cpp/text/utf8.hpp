#pragma once
// UTF-8 (RFC 3629: no overlong forms, no surrogates, nothing above U+10FFFF), and bytes of others made safe to print.

#include <cstddef>
#include <optional>
#include <string>
#include <string_view>

namespace wireproof {

/// Length in bytes (1 to 4) of the valid sequence at the start of `bytes`, 0 when there is none.
std::size_t utf8_length(std::string_view bytes);

/// Takes the first character off `bytes`; nothing, and one byte off, when they do not begin with a valid sequence.
std::optional<char32_t> take_character(std::string_view& bytes);

/// `bytes` without a sequence that its end cuts in two; everything else, valid or not, stays.
std::string_view without_cut_sequence(std::string_view bytes);

/// C0 (U+0000 to U+001F), DEL and C1 (U+0080 to U+009F).
bool is_control(char32_t character);

/// Whether a terminal shows `character` and leaves those around it as they are: no control, no line or paragraph
/// separator, no control of the bidirectional algorithm (Unicode Standard Annex #9), nothing else without width.
bool shows_itself(char32_t character);

/// `bytes` safe for a terminal: what does not show itself becomes \u{202e}, control characters and what is not UTF-8
/// \xNN a byte. The characters of `kept` stay.
std::string escaped(std::string_view bytes, std::string_view kept = {});

/// Bytes from outside, quoted in a line: escaped, `limit` of them at most.
std::string printable(std::string_view bytes, std::size_t limit = 200);

}  // namespace wireproof
