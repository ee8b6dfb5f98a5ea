#pragma once
// What is known of the probes to one address. Pure.

#include <cstddef>
#include <cstdint>
#include <optional>
#include <vector>

#include "rtt/message.hpp"

namespace wireproof::rtt {

/// When a probe went.
struct Departure {
  Time program{0};               ///< the program asked the system to send it
  std::optional<Time> kernel{};  ///< the kernel gave it to the interface's driver
};

/// When an answer arrived, on the same clock.
struct Arrival {
  Time program{0};                          ///< the program was given it
  std::optional<Time> kernel{};             ///< it arrived, as the kernel says
  std::optional<Time> kernel_round_trip{};  ///< as the kernel itself has measured it
};

/// What an answer is.
enum class AnswerKind : std::uint8_t {
  answer,     ///< the first one to its probe, in time
  late,       ///< the first one, after the time-out
  duplicate,  ///< another one
  unknown     ///< no such probe was sent
};

/// Where unanswered probes were lost.
struct Losses {
  std::uint64_t there = 0;
  std::uint64_t back = 0;
  std::uint64_t unknown = 0;
};

class Record {
 public:
  struct Counts {
    std::uint64_t sent = 0;
    std::uint64_t received = 0;  ///< in time
    std::uint64_t late = 0;
    std::uint64_t duplicates_there = 0;  ///< the probe came twice
    std::uint64_t duplicates_back = 0;   ///< its reply did
    std::uint64_t refused = 0;           ///< of those received, by a reset: nobody listens there
    std::uint64_t unstamped = 0;         ///< of those received or late, without a stamp of the kernel
    std::uint64_t implausible = 0;       ///< replies whose own time or numbers cannot be
    std::uint64_t unsent = 0;            ///< which the system did not take, and which are not counted as sent
    std::uint64_t own = 0;               ///< of those received, with the responder's own time

    std::uint64_t lost() const { return sent - received - late; }
  };

  /// Both medians are of these.
  struct RoundTrips {
    std::vector<Time> best;     ///< by the kernel's stamps where there are, of all that were sent; kNever: undefined
    std::vector<Time> program;  ///< by the program's
    std::vector<Time> own;      ///< the responder's own times, of those received
    Time latest{0};             ///< the longest of those that were late
  };

  explicit Record(Time timeout) : timeout_(timeout) {}

  /// The sequence of the next probe.
  std::uint32_t next_sequence() const { return static_cast<std::uint32_t>(probes_.size()); }
  /// The next probe went.
  void sent(const Departure& departure);
  void not_sent() { ++counts_.unsent; }
  /// What the kernel says of it later.
  void departed(std::uint32_t sequence, Time when);
  /// `reply`: what a responder said; nothing where there is none.
  AnswerKind answered(std::uint32_t sequence, const Arrival& arrival, const std::optional<Message>& reply = {});
  /// The answer is a reset.
  void refused() { ++counts_.refused; }

  /// Nobody waits for its answer any longer: as if it had not been sent.
  void withdraw(std::uint32_t sequence);

  bool is_answered(std::uint32_t sequence) const { return probes_[sequence].program != kNever; }
  const Counts& counts() const { return counts_; }
  RoundTrips round_trips() const;
  Losses losses() const;

 private:
  struct Probe {
    Time sent{0};
    Time departed = kNever;  ///< kNever: the kernel did not say
    Time best = kNever;      ///< round trip; kNever: no answer yet
    Time program = kNever;
    Time own = kNever;  ///< of the responder
    bool is_withdrawn = false;
  };
  /// What the responder remembers, as it says.
  struct Memory {
    std::uint32_t id = 0;  ///< 0: it has said nothing yet
    bool is_first = false;
    std::uint32_t since = 0;
    std::uint32_t highest = 0;
    std::uint32_t received = 0;
    std::uint32_t answers = 0;
  };

  /// The responder's own time, when it can be.
  std::optional<Time> own_time(const Message& reply, Time passed);
  void learn(const Message& reply, bool first);
  Losses losses_of_memory() const;

  Time timeout_;
  std::vector<Probe> probes_;
  Counts counts_;
  Memory memory_;
  Losses earlier_;  ///< of memories before
};

}  // namespace wireproof::rtt
