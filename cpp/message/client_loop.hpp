#pragma once
// Runs a message client on a socket, with its input and the stop signals.

#include <string>

#include "loop/signals.hpp"
#include "message/message_client.hpp"
#include "net/udp_socket.hpp"

namespace wireproof::message {

/// Where messages go: a connected TCP socket, or a UDP socket, which, with `to`, sends there and takes answers from
/// there only.
struct Channel {
  std::string peer;  ///< for messages: "10.0.0.2:12800"
  int stream = -1;
  UdpSocket* datagrams = nullptr;
  Address to{};  ///< unset: the UDP socket is connected
};

/// Until the client has finished or SIGINT or SIGTERM came, which may be before there was a connection. `input`: a
/// descriptor, may be blocking. Throws Failure "receive from 10.0.0.2:12800: …" when the socket fails. Returns whether
/// a signal ended it.
bool run_client(MessageClient& client, const Channel& channel, int input, const StopSignals& signals);

}  // namespace wireproof::message
