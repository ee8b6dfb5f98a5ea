#pragma once
// Percent-encoding (RFC 3986, 2.1). Pure.

#include <string>
#include <string_view>

namespace wireproof::url {

/// ALPHA, DIGIT, "-", ".", "_", "~" (RFC 3986, 2.3).
bool is_unreserved(char character);
/// "!$&'()*+,;=" (RFC 3986, 2.2).
bool is_sub_delimiter(char character);

/// Every byte but the unreserved ones and those of `kept` as %XX.
std::string percent_encoded(std::string_view bytes, std::string_view kept = {});

/// Each %XX as its byte; a "%" without two hexadecimal digits stays.
std::string percent_decoded(std::string_view text);

/// What people and servers write where a URL is meant, made one: what no URL may hold (spaces, quotes, non-ASCII, a "%"
/// without two hexadecimal digits) becomes %XX. What is one already stays as it is.
std::string made_url_text(std::string_view text);

/// One spelling for texts that mean the same (RFC 3986, 6.2.2): %XX of unreserved characters as these, others with
/// digits in upper case.
std::string with_normal_escapes(std::string_view text);

}  // namespace wireproof::url
