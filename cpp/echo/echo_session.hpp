#pragma once
// The echo service (RFC 862): every byte comes back, in order. What it says besides is up to its words.

#include <string>
#include <utility>

#include "serving/session.hpp"

namespace wireproof {

/// All empty: the plain service.
struct EchoWords {
  std::string welcome;       ///< before anything else
  std::string reply_prefix;  ///< before each line that comes back
  std::string goodbye;       ///< after the client's end of stream
};

class EchoSession : public Session {
 public:
  explicit EchoSession(EchoWords words = {}) : words_(std::move(words)) {}

  std::string opening() override { return words_.welcome; }
  void receive(std::string_view bytes, std::string& answer) override;
  std::string closing() override { return words_.goodbye; }

 private:
  EchoWords words_;
  bool at_line_start_ = true;
};

}  // namespace wireproof
