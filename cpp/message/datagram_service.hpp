#pragma once
// The message service over UDP: one socket for all, a datagram is a message. Pure.

#include <string>
#include <string_view>
#include <unordered_set>

#include "message/message.hpp"
#include "message/tally.hpp"

namespace wireproof::message {

class DatagramService {
 public:
  /// Addresses remembered to count clients; datagrams can claim to come from any number of them.
  static constexpr std::size_t kMostClients = 65536;

  DatagramService(Tally& tally, MessageSink sink) : tally_(tally), sink_(std::move(sink)) {}

  /// Counts a datagram and tells it to the sink; kAnswer is due. `text`: what fitted in the receive buffer;
  /// `length`: bytes of the datagram as sent.
  void receive(std::string_view client, std::string_view text, std::size_t length);

  std::uint64_t bytes_cut() const { return bytes_cut_; }
  /// False when there were more clients than could be remembered: Tally::clients then is too low.
  bool knows_all_clients() const { return knows_all_clients_; }

 private:
  Tally& tally_;
  MessageSink sink_;
  std::unordered_set<std::string> clients_;
  std::uint64_t bytes_cut_ = 0;
  bool knows_all_clients_ = true;
};

}  // namespace wireproof::message
