#pragma once
// How probes go: as datagrams, over TCP connections, or as TCP handshakes.

#include <fmt/format.h>

#include <cstdint>
#include <memory>
#include <string>
#include <vector>

#include "loop/loop.hpp"
#include "rtt/prober.hpp"

namespace wireproof::rtt {

class Transport {
 public:
  virtual ~Transport() = default;

  /// What is to be done before the first probe.
  virtual asio::awaitable<void> prepare() = 0;
  /// From now on answers go to the prober.
  virtual void start(Prober& prober) = 0;
  /// Sends a probe to the address of that number; nothing when the system did not take it.
  virtual std::optional<Departure> send(std::size_t address, const Message& probe) = 0;
  /// What the system said last of an address; empty: nothing.
  virtual const std::string& complaint(std::size_t address) const = 0;
  /// Answers that came and were dropped before the program could take them: the network has not lost these.
  virtual std::uint64_t dropped() const { return 0; }
  /// Datagrams that are no message.
  virtual std::uint64_t malformed() const { return 0; }
};

/// The loop and the addresses must outlive these.
std::unique_ptr<Transport> datagrams(Loop& loop, const std::vector<Address>& addresses);
std::unique_ptr<Transport> handshakes(Loop& loop, const std::vector<Address>& addresses, Time timeout);
std::unique_ptr<Transport> streams(Loop& loop, const std::vector<Address>& addresses, Time timeout);

}  // namespace wireproof::rtt
