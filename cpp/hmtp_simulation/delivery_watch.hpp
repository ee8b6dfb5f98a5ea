#pragma once
// Who printed which message, and who had to.

#include <cstdint>
#include <map>
#include <optional>
#include <string>
#include <string_view>
#include <utility>
#include <vector>

#include "hmtp/node_surroundings.hpp"
#include "hmtp_simulation/host.hpp"

namespace wireproof::hmtp::simulation {

/// One process, told from those before and after it: the n-th start of a host, counted from 1.
struct Start {
  Host host = 0;
  unsigned start = 0;

  friend auto operator<=>(const Start&, const Start&) = default;
};

class DeliveryWatch {
 public:
  /// A message is about to be sent by `origin`; `audience`: the processes that have been in the tree and run. Returns
  /// its payload. `demanded`: whether all of the audience that lives on has to print it.
  std::string add(const Start& origin, std::uint64_t identifier, std::vector<Start> audience, bool demanded);

  /// What is wrong about it, if anything. `as_root`: the process is the root, and copies it to the tree.
  std::optional<std::string> delivered(const Start& process, const Delivery& delivery, bool as_root);

  struct Score {
    std::uint64_t owed = 0;     ///< pairs of a message and a process of its audience that lived on
    std::uint64_t missed = 0;   ///< of them, not printed
    std::string demanded_miss;  ///< the first miss of a demanded message
    std::string repair_miss;    ///< the first miss of another message, whose origin and root lived on
  };
  /// `runs`: whether a process has run all the time.
  template <typename Runs>
  Score score(Runs runs) const {
    Score score;
    for (std::size_t i = 0; i < messages_.size(); ++i) {
      const Message& message = messages_[i];
      for (const Start& process : message.audience) {
        if (!runs(process)) continue;
        ++score.owed;
        if (printed(process, i)) continue;
        ++score.missed;
        const bool has_source = runs(message.origin) && message.root && runs(*message.root);
        if (!message.demanded && !has_source) continue;
        std::string& text = message.demanded ? score.demanded_miss : score.repair_miss;
        if (text.empty()) text = name_of(process.host) + " has not printed message " + std::to_string(i);
      }
    }
    return score;
  }
  std::size_t messages() const { return messages_.size(); }
  std::uint64_t deliveries() const { return deliveries_; }

 private:
  struct Message {
    Start origin;
    std::uint64_t identifier = 0;
    std::optional<Start> root;  ///< that copied it last
    std::vector<Start> audience;
    bool demanded = false;
  };
  bool printed(const Start& process, std::size_t message) const;

  std::vector<Message> messages_;
  std::map<Start, std::vector<bool>> printed_;
  std::uint64_t deliveries_ = 0;
};

}  // namespace wireproof::hmtp::simulation
