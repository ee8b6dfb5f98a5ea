#pragma once
// What is known of a stored response, apart from its body.

#include <cstdint>
#include <memory>
#include <optional>
#include <string>

#include "http/date.hpp"
#include "http/message.hpp"

namespace wireproof::http_cache {

using http::Seconds;

struct StoredResponse {
  std::uint64_t id = 0;                 ///< given by the store; 0: not in one
  std::string key{};                    ///< cache_key() of the request, which was a GET
  http::Fields request_fields{};        ///< those of the request that Vary names (selecting_fields())
  http::ResponseHead head{};            ///< without what must not be stored; with a Date
  Seconds requested{0};                 ///< when the request for it, or for its last validation, was sent
  Seconds received{0};                  ///< when the head of that answer came
  std::optional<std::uint64_t> size{};  ///< of the body, bytes; nothing while it is written and its length is not known

  friend bool operator==(const StoredResponse& one, const StoredResponse& other) {
    return one.id == other.id && one.key == other.key && one.request_fields == other.request_fields &&
           one.head.status == other.head.status && one.head.reason == other.head.reason &&
           one.head.fields == other.head.fields && one.requested == other.requested && one.received == other.received &&
           one.size == other.size;
  }
};

/// Shared by those who serve it: it never changes. Never null in the interfaces of this room, unless they say so.
using StoredPointer = std::shared_ptr<const StoredResponse>;

}  // namespace wireproof::http_cache
