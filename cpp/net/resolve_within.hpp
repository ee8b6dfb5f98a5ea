#pragma once
// The addresses behind a host's name, while other things go on.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>

#include <optional>
#include <string>
#include <vector>

#include "loop/time.hpp"
#include "net/address.hpp"

namespace wireproof {

/// As resolve(), which waits for name servers as long as resolv.conf(5) says and cannot be stopped: it is given a
/// thread of its own, which is left to itself when `patience` is over. Nothing then. Throws Failure as resolve() does.
boost::asio::awaitable<std::optional<std::vector<Address>>> resolve_within(boost::asio::io_context& context,
                                                                           std::string host, std::uint16_t port,
                                                                           Time patience);

}  // namespace wireproof
