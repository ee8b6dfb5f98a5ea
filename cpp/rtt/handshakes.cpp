// Probes as TCP handshakes: any port answers, by a SYN-ACK or by a reset.

#include "net/connect.hpp"
#include "rtt/transport.hpp"

namespace wireproof::rtt {
namespace {

class Handshakes : public Transport {
 public:
  Handshakes(Loop& loop, const std::vector<Address>& addresses, Time timeout)
      : loop_(loop), addresses_(addresses), patience_(2 * timeout), complaints_(addresses.size()) {}

  asio::awaitable<void> prepare() override { co_return; }
  void start(Prober& prober) override { prober_ = &prober; }

  std::optional<Departure> send(std::size_t address, const Message& probe) override {
    const Departure departure{read_clock(CLOCK_MONOTONIC)};
    loop_.spawn(shake(address, probe.sequence, departure.program));
    return departure;
  }

  const std::string& complaint(std::size_t address) const override { return complaints_[address]; }

 private:
  asio::awaitable<void> shake(std::size_t address, std::uint32_t sequence, Time departure) {
    const Handshake handshake = co_await shake_hands(loop_.context(), addresses_[address], patience_);
    const bool is_reset = handshake.error == asio::error::connection_refused;
    if (handshake.error) complaints_[address] = fmt::format("connect: {}", handshake.error.message());
    if (handshake.was_repeated) {
      complaints_[address] = "connect: a second SYN was needed";
    } else if (!handshake.error || is_reset) {
      // From when the connecting began: the coroutine did so after the departure.
      const Time arrival = departure + (handshake.ended - handshake.began);
      prober_->answered(address, sequence, {.program = arrival, .kernel_round_trip = handshake.round_trip}, is_reset);
    }
    loop_.event();
  }

  Loop& loop_;
  const std::vector<Address>& addresses_;
  Time patience_;
  std::vector<std::string> complaints_;
  Prober* prober_ = nullptr;
};

}  // namespace

std::unique_ptr<Transport> handshakes(Loop& loop, const std::vector<Address>& addresses, Time timeout) {
  return std::make_unique<Handshakes>(loop, addresses, timeout);
}

}  // namespace wireproof::rtt
