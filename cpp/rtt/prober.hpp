#pragma once
// Probes to many addresses, and what came of them. No sockets, no clock.

#include <cstddef>
#include <cstdint>
#include <functional>
#include <optional>
#include <span>
#include <unordered_map>
#include <vector>

#include "net/address.hpp"
#include "rtt/record.hpp"
#include "rtt/schedule.hpp"

namespace wireproof::rtt {

struct ProberOptions {
  ScheduleOptions schedule{};
  Time timeout = std::chrono::seconds(2);  ///< a longer round trip is undefined
  std::size_t size = kHeader;              ///< octets of a probe
};

/// Two clocks may be in use: that of the schedule, by which everything is driven, and that of all stamps.
class Prober {
 public:
  /// Sends the probe to the address of that number; nothing when the system did not take it.
  using Send = std::function<std::optional<Departure>(std::size_t address, const Message& probe)>;

  /// Probes and answers that belong to no address.
  struct Strangers {
    std::uint64_t unknown = 0;    ///< of no session, or of a sequence that was not sent
    std::uint64_t elsewhere = 0;  ///< from another address than was asked
  };

  Prober(const ProberOptions& options, std::vector<Address> addresses, Time start, std::uint64_t seed, Send send);

  /// Sends what is due by `now`.
  void advance(Time now);
  Time next_deadline() const;
  /// Nothing is to be sent or awaited any more.
  bool is_over(Time now) const;

  /// The kernel says only now when a probe went.
  void departed(std::size_t address, std::uint32_t sequence, Time when) { records_[address].departed(sequence, when); }
  /// A message came from there.
  AnswerKind receive(const Address& from, const Message& message, const Arrival& arrival);
  /// The peer answered in another way: by a handshake, or by a reset.
  void answered(std::size_t address, std::uint32_t sequence, const Arrival& arrival, bool is_reset);

  /// The run ends before its time: what may still be answered is as if it had not been sent.
  void interrupt(Time now);

  std::span<const Record> records() const { return records_; }
  const std::vector<Address>& addresses() const { return addresses_; }
  const Strangers& strangers() const { return strangers_; }
  std::uint64_t missed() const { return schedule_.missed(); }

 private:
  struct Sent {
    std::size_t address = 0;
    std::uint32_t sequence = 0;
    Time when{0};  ///< on the schedule's clock
  };

  /// When nothing is awaited any more, once all is sent.
  Time end() const;
  void forget_answered();

  ProberOptions options_;
  std::vector<Address> addresses_;
  Send send_;
  Schedule schedule_;
  std::vector<std::uint64_t> sessions_;                        ///< of each address
  std::unordered_map<std::uint64_t, std::size_t> by_session_;  ///< number of the address
  std::vector<Record> records_;
  std::vector<Sent> unanswered_;  ///< in the order of sending; the last has no answer, those before may
  Strangers strangers_;
};

}  // namespace wireproof::rtt
