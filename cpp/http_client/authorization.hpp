#pragma once
// The scheme Basic (RFC 7617). Pure.

#include <string>
#include <string_view>

#include "url/http_url.hpp"

namespace wireproof::http_client {

/// RFC 4648, 4, padded.
std::string base64(std::string_view bytes);

/// "Basic dXNlcjpwdw==", for Authorization and Proxy-Authorization.
std::string basic_authorization(const url::Credentials& credentials);

/// Why no server could tell this user and password from others (RFC 7617, 2); empty: they can be sent.
std::string_view unfit_for_basic(const url::Credentials& credentials);

}  // namespace wireproof::http_client
