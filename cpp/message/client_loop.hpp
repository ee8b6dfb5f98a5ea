#pragma once
// Runs a message client on a socket, with its input and the stop signals.

#include <boost/asio/ip/udp.hpp>

#include <optional>
#include <string>

#include "base/stop_signals.hpp"
#include "message/message_client.hpp"

namespace wireproof::message {

/// Where messages go: a connected socket, or, with `to`, a datagram socket that sends there and takes answers from
/// there only.
struct Channel {
  int socket = -1;
  std::string peer;  ///< for messages: "10.0.0.2:12800"
  bool stream = true;
  std::optional<boost::asio::ip::udp::endpoint> to;
};

/// Until the client has finished or SIGINT or SIGTERM came, which may be before there was a connection. `input`: a
/// descriptor, may be blocking. Throws Failure "receive from 10.0.0.2:12800: …" when the socket fails. Returns whether
/// a signal ended it.
bool run_client(MessageClient& client, const Channel& channel, int input, const StopSignals& signals);

}  // namespace wireproof::message
