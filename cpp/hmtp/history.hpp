#pragma once
// The last messages, kept for children that come from elsewhere.

#include <cstddef>
#include <deque>
#include <string>
#include <string_view>

#include "hmtp/fields.hpp"
#include "hmtp/time.hpp"

namespace wireproof::hmtp {

class History {
 public:
  struct Entry {
    MessageId id;
    Time received{0};
    std::string datagram;
  };

  /// At most `messages` messages and `bytes` bytes of datagrams are kept, the oldest go first.
  History(std::size_t messages, std::size_t bytes) : most_messages_(messages), most_bytes_(bytes) {}

  void keep(const MessageId& id, Time now, std::string_view datagram) {
    if (datagram.size() > most_bytes_ || most_messages_ == 0) return;
    entries_.push_back({id, now, std::string(datagram)});
    bytes_ += datagram.size();
    while (entries_.size() > most_messages_ || bytes_ > most_bytes_) {
      bytes_ -= entries_.front().datagram.size();
      entries_.pop_front();
    }
  }
  const std::deque<Entry>& entries() const { return entries_; }  ///< the oldest first
  std::size_t bytes() const { return bytes_; }

 private:
  std::size_t most_messages_;
  std::size_t most_bytes_;
  std::size_t bytes_ = 0;
  std::deque<Entry> entries_;
};

}  // namespace wireproof::hmtp
