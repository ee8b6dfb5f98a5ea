#pragma once
// Why a conversation did not come to its end.

#include <string>

#include "http/message.hpp"
#include "text/failure.hpp"

namespace wireproof::http {

enum class Cause {
  refused,    ///< the peer's message is not taken: refusal() is what it would be answered with
  timed_out,  ///< refusal() is 408, or 504 for a response
  truncated,  ///< the connection ended within a message
  network,    ///< the system tells an error of the connection, a reset say
  stopped,    ///< by Transport::abort()
};

class Broken : public Failure {
 public:
  /// `what`: a sentence with the peer in it.
  Broken(Cause cause, const std::string& what, Refusal refusal = {})
      : Failure(what), cause_(cause), refusal_(std::move(refusal)) {}

  Cause cause() const { return cause_; }
  const Refusal& refusal() const { return refusal_; }

 private:
  Cause cause_;
  Refusal refusal_;
};

}  // namespace wireproof::http
