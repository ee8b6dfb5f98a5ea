#include "message/datagram_service.hpp"

namespace wireproof::message {

void DatagramService::receive(std::string_view client, std::string_view text, std::size_t length) {
  std::string name(client);
  if (clients_.size() < kMostClients) {
    if (clients_.insert(std::move(name)).second) ++tally_.clients;
  } else if (!clients_.contains(name)) {
    knows_all_clients_ = false;
  }
  ++tally_.received;
  tally_.bytes += text.size();
  Message message{client, text, length > text.size(), std::nullopt};
  if (message.truncated) {
    ++tally_.truncated;
    bytes_cut_ += length - text.size();
    message.length = length;
  }
  sink_(message);
}

}  // namespace wireproof::message
