#pragma once
// Which of a host's addresses is tried when, so that one that does not answer holds up nobody (RFC 8305). Pure.

#include <cstddef>
#include <optional>
#include <vector>

#include "loop/time.hpp"
#include "net/address.hpp"

namespace wireproof {

/// The resolver's order (RFC 6724), but with the families taking turns, the first one's first (RFC 8305, 4).
std::vector<Address> interleaved(const std::vector<Address>& addresses);

class HappyEyeballs {
 public:
  /// From one attempt to the next, while none has failed (RFC 8305, 5 and 8).
  static constexpr Time kDelay = std::chrono::milliseconds(250);

  /// `addresses`: in the order in which they are tried. The first attempt is due `now`.
  HappyEyeballs(std::vector<Address> addresses, Time now, Time delay = kDelay)
      : addresses_(std::move(addresses)), delay_(delay), due_(now) {}

  /// The number of the address that is to be tried now, if one is; the attempt has begun then.
  std::optional<std::size_t> next(Time now);
  /// When next() gives one; kNever when none is left or one has connected.
  Time next_deadline() const { return next_ < addresses_.size() && !winner_ ? due_ : kNever; }

  /// The outcome of an attempt. The first that connects wins; a failure makes the next one due.
  void connected(std::size_t number);
  void failed(std::size_t number, Time now);

  const Address& address(std::size_t number) const { return addresses_[number]; }
  std::optional<std::size_t> winner() const { return winner_; }
  /// All have failed.
  bool has_failed() const { return !winner_ && failures_ == addresses_.size(); }

 private:
  std::vector<Address> addresses_;
  Time delay_;
  Time due_;
  std::size_t next_ = 0;
  std::size_t failures_ = 0;
  std::optional<std::size_t> winner_;
};

}  // namespace wireproof
