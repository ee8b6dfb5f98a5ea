#pragma once
// A question to an origin, and what has come of it: by itself, so that no client that leaves ends it for the others.

#include <cstdint>
#include <list>
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "http_cache/answer_plan.hpp"
#include "http_cache/store.hpp"
#include "http_forwarding/relay_message.hpp"
#include "http_proxy/spill.hpp"

namespace wireproof::http_proxy {

using http_cache::Seconds;

struct Fetch {
  enum class State : std::uint8_t {
    asking,   ///< no answer yet
    passing,  ///< the answer is the leader's alone, who takes it from `answer`
    growing,  ///< it is being stored as `stored`: everybody reads what is there
    whole,    ///< so it was, and is complete
    broken,   ///< so it was, and was cut short
    served,   ///< `stored` is the answer: the origin said that it is right, or failed and it may be served all the same
    failed,   ///< there is none: `error`
  };

  Fetch(asio::io_context& context, http::RequestHead client_request, http_cache::RequestPlan request_plan)
      : request(std::move(client_request)), plan(std::move(request_plan)), changed(context) {}

  bool is_decided() const { return state != State::asking; }

  // The question.
  http::RequestHead request;  ///< the client's
  http_cache::RequestPlan plan;
  std::optional<std::string> key{};
  http_forwarding::Authority authority{};
  http::RequestHead head{};  ///< for the origin
  bool is_listed = false;    ///< others may find it
  bool has_leader = false;   ///< a client waits for it, whoever else does
  Seconds requested{0};
  Seconds received{0};
  unsigned attempts = 0;

  // The answer.
  State state = State::asking;
  std::vector<http::ResponseHead> interim{};  ///< of 1xx
  http_cache::ResponsePlan outcome{};
  http_cache::StoredPointer stored{};
  std::optional<http_cache::Writer> writer{};
  std::optional<http_cache::Reader> leader_reader{};
  std::optional<Spill> spill{};        ///< what the store did not take
  std::list<std::uint64_t> readers{};  ///< how far each has come who reads what grows
  std::optional<http_forwarding::UpstreamAnswer> answer{};
  std::optional<http_forwarding::UpstreamError> error{};
  bool asks_again = false;
  Event changed;
};

using FetchPointer = std::shared_ptr<Fetch>;

}  // namespace wireproof::http_proxy
