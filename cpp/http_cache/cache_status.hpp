#pragma once
// What a cache did, in the answer's header (RFC 9211). Pure.

#include <cstdint>
#include <optional>
#include <string>
#include <string_view>

#include "http/date.hpp"
#include "http/fields.hpp"

namespace wireproof::http_cache {

struct CacheStatus {
  /// Why the request went on (2.2).
  enum class Forward : std::uint8_t {
    none,       ///< it did not: hit, or an answer of this program's own
    bypass,     ///< the cache was not asked
    method,     ///< the method is answered by origins alone
    uri_miss,   ///< nothing is stored for this URI
    vary_miss,  ///< something is, for other requests
    miss,       ///< neither can be told from the other
    request,    ///< what is stored is fresh, but the request does not want it
    stale,      ///< what is stored is stale
  };

  bool hit = false;  ///< answered without waiting for the origin
  Forward forward = Forward::none;
  std::optional<unsigned> forward_status{};     ///< what the origin answered, where it differs from what is answered
  bool stored = false;                          ///< the answer is being stored
  bool collapsed = false;                       ///< it waited for another request's answer
  std::optional<http::Seconds> time_to_live{};  ///< of what is served; negative when stale
  std::string detail{};                         ///< a word of ours: why it is not stored, "stale-if-error"

  friend bool operator==(const CacheStatus&, const CacheStatus&) = default;
};

/// "uri-miss"; empty for none.
std::string_view word_of(CacheStatus::Forward forward);

/// One member of the list: `"wireproof"; hit; ttl=30`. `cache`: a name of this cache.
std::string text_of(const CacheStatus& status, std::string_view cache);

/// Behind what caches nearer to the origin have said (2): another line. RFC 9211 wants theirs left alone.
void add_cache_status(http::Fields& fields, const CacheStatus& status, std::string_view cache);

}  // namespace wireproof::http_cache
