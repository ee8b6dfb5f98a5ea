#pragma once
// Text from outside made safe, and cut into clauses and words. Pure.

#include <string>
#include <string_view>
#include <vector>

namespace wireproof::eliza {

struct Word {
  std::string text;  ///< as written
  std::string key;   ///< for comparisons: ASCII letters in lower case, all other characters unchanged
};

using Words = std::vector<Word>;

/// `bytes` as valid UTF-8 that moves no terminal: what does not show itself (base/utf8.hpp) becomes a space, a byte
/// that is not UTF-8 becomes U+FFFD, a typographic apostrophe (U+2019) becomes '.
std::string cleaned(std::string_view bytes);

/// Words are separated by spaces, clauses by ASCII punctuation. An apostrophe or hyphen inside a word belongs to it.
/// No clause is empty. `text` is cleaned() text.
std::vector<Words> clauses_of(std::string_view text);

/// The words of a text whose punctuation does not matter.
Words words_of(std::string_view text);

/// The words' texts, or their keys, with one space between.
std::string joined(const Words& words);
std::string joined_keys(const Words& words);

}  // namespace wireproof::eliza
