#pragma once
// Asking the origin whether what is stored is still right (RFC 9111, 4.3), and what makes it wrong (4.4). Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "http/conditions.hpp"
#include "http/message.hpp"
#include "http_cache/policy.hpp"
#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

/// ETag and Last-Modified of a stored response; what is malformed is not there.
http::Validators validators_of(const StoredResponse& stored, Seconds now);

/// 4.3.1: the request with conditions of ours. If-None-Match names the tag of `chosen`, the strong tags of the other
/// candidates, and those of the request itself; If-Modified-Since has the Last-Modified of `chosen`, where the request
/// has no condition of its own. `chosen`: an index; nothing where none matches by Vary. The request as it is where
/// nothing stored has a validator.
http::RequestHead conditional_request(const http::RequestHead& request, std::span<const StoredPointer> candidates,
                                      std::optional<std::size_t> chosen, Seconds now);

/// Whether conditional_request() finds a validator to ask by.
bool can_validate(std::span<const StoredPointer> candidates, std::optional<std::size_t> chosen, Seconds now);

/// The request without If-None-Match and If-Modified-Since: what to ask when a 304 fits nothing.
http::RequestHead unconditional_request(const http::RequestHead& request);

/// 4.3.3: which candidate a 304 to that request is about; nothing: none.
std::optional<std::size_t> validated_by(const http::ResponseHead& not_modified,
                                        std::span<const StoredPointer> candidates, std::optional<std::size_t> chosen,
                                        Seconds now);

/// 4.3.4 and 3.2: what is stored, with the fields of the newer head in the place of those that it has of these names.
/// Not touched: what storable_head() leaves out, Content-Length, Content-Encoding, Content-Type, Content-Range: they
/// say what the stored body is.
StoredResponse freshened(const StoredResponse& stored, const http::ResponseHead& newer, Seconds requested,
                         Seconds received, const Policy& policy);

/// 4.3.5: what the answer to HEAD says of what a GET stored.
enum class HeadEffect : std::uint8_t {
  none,        ///< not 200
  freshens,    ///< the same validators and length, where they are told
  invalidates  ///< another representation
};
HeadEffect effect_of_head(const StoredResponse& stored, const http::ResponseHead& response, Seconds now);

/// Whether a method is known to be safe (RFC 9110, 9.2.1). Others invalidate.
bool is_safe(std::string_view method);

/// 4.4: the keys whose stored responses an answer without an error to an unsafe method makes invalid: its own, and
/// those of Location and Content-Location of the same origin.
std::vector<std::string> invalidated_keys(const http::RequestHead& request, std::string_view key,
                                          const http::ResponseHead& response);

}  // namespace wireproof::http_cache
