#pragma once
// A TCP server for one client after another; the others wait, connected by the kernel, in the backlog.

#include <boost/asio/io_context.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/session.hpp"

namespace wireproof {

/// Serves until SIGINT or SIGTERM; then closes the listener first, and the client being served next.
/// `listener` must belong to `context`, which runs nothing else.
void serve_iteratively(boost::asio::io_context& context, boost::asio::ip::tcp::acceptor& listener,
                       const SessionFactory& make_session);

}  // namespace wireproof
