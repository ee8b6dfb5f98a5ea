#pragma once
// The decisions of a shared cache, from a request to its answer (RFC 9111, 4). Pure: whoever calls has the sockets, the
// store and the clock. In this order:
//
//   plan_request()  with all that the store finds for cache_key()
//   answer_from()   where the plan is to serve
//   plan_response() when the origin's head has come, plan_failure() when it will not
//   answer_from()   where what is planned then is to serve
//
// Requests for one key that may_wait can wait for the answer to one that may_lead, and then be planned anew, with what
// is stored by then, the entry that is being written among it. Those that are still not to be served are sent, and
// wait no second time.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <string>
#include <string_view>
#include <vector>

#include "http/message.hpp"
#include "http_cache/cache_status.hpp"
#include "http_cache/policy.hpp"
#include "http_cache/stored_response.hpp"

namespace wireproof::http_cache {

struct RequestPlan {
  enum class Kind : std::uint8_t {
    serve,                 ///< answer_from(*stored)
    serve_and_revalidate,  ///< answer_from(*stored), and send `forward` for the store's sake, once for a key
    validate,              ///< send `forward`, which has conditions of ours
    forward,               ///< send `forward`
    gateway_timeout,       ///< 504: only-if-cached, and nothing may be served
  };

  Kind kind = Kind::forward;
  StoredPointer stored{};                   ///< what the request selects; null when nothing does
  std::vector<StoredPointer> candidates{};  ///< as given
  std::optional<std::size_t> chosen{};      ///< the index of `stored` among them
  /// What to send, as far as caching is concerned. Fields of the connection, Via and the like are the caller's.
  http::RequestHead forward{};
  bool asks_for_store = false;  ///< `forward` has conditions of ours
  bool may_store = false;       ///< the answer may be looked at for storing
  bool may_lead = false;        ///< others may wait for its answer: it will be whole, and anybody's
  bool may_wait = false;        ///< it may wait for another's
  CacheStatus status{};         ///< for the answer when it is served; else the beginning of it
};

/// `key`: nothing when the request has none, or the cache is not to be asked; then it is forwarded.
RequestPlan plan_request(const http::RequestHead& request, const std::optional<std::string>& key,
                         std::vector<StoredPointer> candidates, Seconds now, const Policy& policy);

/// An exchange with the origin for a plan. `request`: the client's, not `forward`.
struct Exchange {
  const http::RequestHead& request;
  std::optional<std::string> key{};
  Seconds requested{0};  ///< when `forward` was sent
  Seconds received{0};   ///< when the head of its answer came, or the failure was known
};

/// Where an answer is made of *stored, its body is opened before anything is removed.
struct ResponsePlan {
  enum class Kind : std::uint8_t {
    pass,         ///< pass it on, do not store it
    store,        ///< pass it on, and Store::begin(*stored), with its size where that is known
    update,       ///< Store::update(*stored), then answer_from(*stored): a 304 to our conditions
    serve_once,   ///< answer_from(*stored), but leave the store as it is: a 304 whose head may not be stored
    serve_stale,  ///< answer_from(*stored): the origin failed; its answer, if there is one, is dropped
    ask_again,    ///< send this `forward` in its place, put it into the plan, and plan its answer: a 304 fits nothing
    fail,         ///< 502 or 504, as the caller knows
  };

  Kind kind = Kind::pass;
  StoredPointer stored{};                  ///< of store, update, serve_stale
  http::RequestHead forward{};             ///< of ask_again
  std::vector<StoredPointer> freshened{};  ///< Store::update() each, besides: an answer to HEAD said so
  std::vector<std::uint64_t> removed{};    ///< Store::remove() each: known to be no longer right
  std::vector<std::string> invalidated{};  ///< Store::invalidate() each: an unsafe method succeeded
  CacheStatus status{};                    ///< for the answer
};

/// For a final answer: of 1xx none is stored, and all are passed on.
ResponsePlan plan_response(const RequestPlan& plan, const Exchange& exchange, const http::ResponseHead& response,
                           const Policy& policy);

/// No answer: the connection failed, or ended before a head. serve_stale or fail.
ResponsePlan plan_failure(const RequestPlan& plan, const Exchange& exchange, const Policy& policy);

/// A piece of an answer's body: text, or bytes of the stored one.
struct BodyPiece {
  std::string text{};
  std::uint64_t offset = 0;
  std::optional<std::uint64_t> length{0};  ///< of stored bytes; nothing: to the end, which is not known yet
};

struct StoredAnswer {
  http::ResponseHead head{};
  std::vector<BodyPiece> pieces{};

  /// Bytes; nothing: not known yet. Of the answer to HEAD too, whose body whoever sends it leaves out.
  std::optional<std::uint64_t> size() const;
};

/// The answer to a GET or HEAD from a stored response: 200 (or what is stored), 304 for the client's own conditions
/// (4.3.2), 206 or 416 for its Range. With Age (5.1). Framing and Cache-Status are the caller's. `boundary`: between
/// parts of a multipart answer; text that the body holds with no likelihood.
StoredAnswer answer_from(const http::RequestHead& request, const StoredResponse& stored, Seconds now,
                         std::string_view boundary);

}  // namespace wireproof::http_cache
