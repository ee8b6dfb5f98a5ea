#pragma once
// Which stored responses a request can be answered with: by URI (RFC 9111, 2) and by Vary (4.1). Pure.

#include <cstddef>
#include <optional>
#include <span>
#include <string>
#include <string_view>

#include "http/message.hpp"
#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

/// The URI that a request means (RFC 9110, 7.1), in one spelling of scheme, host and port: "http://h1:8080/a?b". The
/// method is not in it: only answers to GET are stored. Path and query are byte for byte what the origin is asked for
/// (RFC 9112, 3.2): if "/a/../b" were one key with "/b", whoever asks for the one could choose what others get for the
/// other. Nothing for CONNECT, "*", and what has no valid host. `scheme`: of the connection, for a target in
/// origin-form.
std::optional<std::string> cache_key(const http::RequestHead& request, std::string_view scheme = "http");

/// "http://h1:8080" of a key.
std::string_view origin_of(std::string_view key);

/// The fields of the request that the response's Vary names: all their lines.
http::Fields selecting_fields(const http::Fields& request, const http::Fields& response);

/// Whether Vary has "*": it matches no request.
bool varies_by_everything(const http::Fields& response);

/// 4.1: each field that Vary names is the same in both requests, but for the way it is cut into lines and blanks around
/// commas; or is missing in both.
bool matches(const StoredResponse& stored, const http::Fields& request);

/// The index of the one that matches and was made last (by Date), one with Vary before one without; nothing when none
/// matches. One without Vary does not match when one with it is newer: its origin forgot it then.
std::optional<std::size_t> choose_variant(std::span<const StoredPointer> candidates, const http::Fields& request);

/// Whether the one takes the other's place: of the same key, for the same requests.
bool replaces(const StoredResponse& newer, const StoredResponse& older);

}  // namespace wireproof::http_cache
