#pragma once
// The echo service (RFC 862): every byte comes back, in order.

#include "base/session.hpp"

namespace wireproof {

class EchoSession : public Session {
 public:
  void receive(std::string_view bytes, std::string& answer) override { answer.append(bytes); }
};

}  // namespace wireproof
