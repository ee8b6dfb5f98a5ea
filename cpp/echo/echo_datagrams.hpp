#pragma once
// The echo service over UDP (RFC 862): every datagram is sent back. Pure.

#include <cstdint>
#include <optional>
#include <string_view>

#include "net/address.hpp"

namespace wireproof {

class EchoDatagrams {
 public:
  /// `port`: the server's.
  explicit EchoDatagrams(std::uint16_t port) : port_(port) {}

  /// What a datagram is answered with. Nothing is, where the answer would be answered and so on for ever, as a stranger
  /// can bring about with a forged source: what comes from this server's own port, where there may be another of its
  /// kind, or from a service that answers anything (echo 7, daytime 13, quotation 17, characters 19, time 37). Port 0
  /// stands for none (RFC 768).
  std::optional<std::string_view> receive(const Address& client, std::string_view bytes);

  std::uint64_t received() const { return received_; }
  std::uint64_t bytes() const { return bytes_; }
  std::uint64_t left() const { return left_; }  ///< without an answer, as above

 private:
  std::uint16_t port_;
  std::uint64_t received_ = 0;
  std::uint64_t bytes_ = 0;
  std::uint64_t left_ = 0;
};

}  // namespace wireproof
