#pragma once
// Collects the bytes of a head, up to its empty line, and refuses it as soon as it is too much, or surely wrong. Pure.

#include <string>
#include <string_view>

#include "http/message.hpp"

namespace wireproof::http {

class HeadCollector {
 public:
  HeadCollector(bool is_request, const Limits& limits) : is_request_(is_request), limits_(limits) {}

  enum class Found : std::uint8_t { more, head, refused };

  /// Takes bytes off the front of `bytes`, up to the end of the head.
  Found next(std::string_view& bytes);

  /// A view into the bytes that were given, when all of it was in them; until the next call.
  std::string_view head() const { return head_; }
  const Refusal& refusal() const { return refusal_; }
  /// Nothing has come of a head.
  bool is_idle() const { return size_ == 0; }
  /// For the next head.
  void reset();

 private:
  Found refuse(unsigned status, std::string reason);

  bool is_request_;
  Limits limits_;
  std::string held_;       ///< of a head that came in pieces
  std::size_t size_ = 0;   ///< of the head until now
  std::size_t line_ = 0;   ///< bytes of the line that is not complete
  std::size_t lines_ = 0;  ///< complete ones
  char last_ = '\0';       ///< the byte before
  std::size_t empty_ = 0;  ///< bytes of empty lines before the start line
  std::string_view head_;
  Refusal refusal_;
};

}  // namespace wireproof::http
