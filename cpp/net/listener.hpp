#pragma once
// A listening TCP socket for IPv4 and IPv6 at once, and an accept that a shortage does not end.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <cstdint>
#include <optional>
#include <string>

namespace wireproof {

namespace asio = boost::asio;
using asio::ip::tcp;

struct ListenOptions {
  std::uint16_t port = 0;  ///< 0: the kernel chooses one
  std::string address;     ///< numeric; empty: all addresses, IPv4 and IPv6
  int backlog = 128;       ///< connections the kernel completes before they are accepted (listen(2))
};

/// Opens, binds and listens, with SO_REUSEADDR (a restart works at once) and, for IPv6 addresses, IPV6_V6ONLY off.
/// Where, and what it throws, bind_server() says.
tcp::acceptor open_listener(asio::io_context& context, const ListenOptions& options);

/// One process for all clients needs a descriptor for each: the soft limit, often 1,024, goes up to the hard one.
/// How many there may be then.
std::size_t raise_descriptor_limit();

/// The name of a socket's peer, "(already gone)" when it has none any more.
std::string peer_name(const tcp::socket& socket);

/// The next client, or nothing once the listener is closed. When accept fails (no descriptor left, say) it tells so
/// once and tries again every 100 ms: meanwhile the client waits in the backlog.
asio::awaitable<std::optional<tcp::socket>> accept_client(tcp::acceptor& listener);

}  // namespace wireproof
