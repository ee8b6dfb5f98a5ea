#pragma once
// Joins a session to a TCP connection.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include "base/session.hpp"

namespace wireproof {

namespace asio = boost::asio;
using asio::ip::tcp;

/// Serves one client until either side ends, telling "client … connected" and "client … left after N bytes"
/// (bytes received). It reads again only when the last answer is written, so a client that never reads holds one chunk
/// of memory and no more. After the client's FIN all that is due is still sent, then our FIN.
/// To end it early, shut the socket down in both directions.
asio::awaitable<void> converse(tcp::socket& client, Session& session);

}  // namespace wireproof
