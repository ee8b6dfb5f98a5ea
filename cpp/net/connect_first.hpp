#pragma once
// Connecting a TCP client to whichever of a host's addresses answers first.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <optional>
#include <vector>

#include "loop/time.hpp"
#include "net/address.hpp"

namespace wireproof {

namespace asio = boost::asio;
using asio::ip::tcp;

/// What came of all attempts.
struct FirstConnection {
  struct Attempt {
    Address address;
    boost::system::error_code error;  ///< timed_out: it had no answer when the patience was over
  };

  std::optional<tcp::socket> socket{};  ///< of the first that connected; others were closed
  Address address{};                    ///< its peer
  std::vector<Attempt> failed{};        ///< in the order in which they failed
};

/// By RFC 8305 (happy_eyeballs.hpp). `patience` is for all attempts together; kNever leaves it to the kernel.
asio::awaitable<FirstConnection> connect_first(asio::io_context& context, std::vector<Address> addresses,
                                               Time patience);

}  // namespace wireproof
