#pragma once
// Joins a session to a TCP connection.

#include <boost/asio/awaitable.hpp>
#include <boost/asio/ip/tcp.hpp>

#include <chrono>
#include <cstddef>
#include <string>

#include "command_line/program.hpp"
#include "serving/session.hpp"

namespace wireproof {

namespace asio = boost::asio;
using asio::ip::tcp;

struct ConversationOptions {
  std::size_t receive_size = 16 * 1024;  ///< most bytes taken by one recv
  /// After the client's FIN, our own waits until our last words are acknowledged (2 s at most): TCP may otherwise
  /// acknowledge the words and the FIN in one.
  bool acknowledged_goodbye = false;
  std::chrono::milliseconds idle_timeout{
      0};  ///< a client with which nothing comes or goes for so long is left; 0: never
};

/// How long a client may take to read our last words, or to acknowledge them.
inline constexpr std::chrono::seconds kFarewell(2);

/// Serves one client until either side ends, telling "client … connected" and "client … left after N bytes"
/// (bytes received). After the client's FIN all that is due is still sent, then our FIN (see Dialogue).
/// To end it early, shut the socket down in both directions.
asio::awaitable<void> converse(tcp::socket& client, Session& session, ConversationOptions options = {});

/// Adds --idle-timeout.
Option declare_idle_timeout(CommandLine& line, ConversationOptions& options);

/// What is told of a client that was left: "idle for 2 s".
std::string idle_for(std::chrono::milliseconds timeout);

/// "client … left after N bytes", and why when that was an error.
void tell_departure(const std::string& client, std::uint64_t bytes, const std::string& error);

/// Whether nothing is to be waited for: the peer has acknowledged all that was sent to it (SIOCOUTQ, tcp(7)), or reset.
bool all_acknowledged(int socket);

}  // namespace wireproof
