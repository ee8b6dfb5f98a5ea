#pragma once
// Sends a source over a connected UDP socket, datagram by datagram, and waits for the reply to each.

#include <optional>
#include <string>

#include "echo/exchange.hpp"
#include "echo/reply_pairing.hpp"
#include "net/udp_socket.hpp"

namespace wireproof {

struct DatagramExchangeOptions {
  Time patience = std::chrono::seconds(1);  ///< for each reply
  std::optional<Time> linger;               ///< after the last one; nothing: as `patience`, while a reply is missing
  std::optional<std::size_t> block;         ///< bytes; nothing: each line of a descriptor is a datagram
};

struct DatagramsExchanged {
  ReplyCounts counts;
  std::uint64_t unsendable = 0;  ///< longer than a datagram can be
};

/// Sends the source's text as one datagram, or what is read from its descriptor, the next when the one before has its
/// reply or is given up, and writes to `output` each reply that is in time, a line's with an end of line. Of all others
/// it tells. The socket should tell errors. Throws Failure when an operation fails. `peer` names the peer in messages.
DatagramsExchanged exchange_datagrams(UdpSocket& socket, const std::string& peer, const Source& source, int output,
                                      const DatagramExchangeOptions& options);

}  // namespace wireproof
