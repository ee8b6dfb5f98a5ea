// Probes as UDP datagrams, with the kernel's stamps of both ways.

#include <string.h>

#include <array>
#include <cerrno>
#include <optional>

#include "net/udp_socket.hpp"
#include "rtt/transport.hpp"
#include "text/failure.hpp"

namespace wireproof::rtt {
namespace {

constexpr int kReceiveBuffer = 4 << 20;      ///< as many octets of it as the kernel grants
constexpr std::uint32_t kRemembered = 4096;  ///< departures of which the kernel may still tell

/// One for all addresses of a family: a descriptor for each would be a system call for each.
class Datagrams : public Transport {
 public:
  Datagrams(Loop& loop, const std::vector<Address>& addresses)
      : loop_(loop), addresses_(addresses), complaints_(addresses.size()) {
    for (const Address& address : addresses_) {
      auto& port = port_of(address);
      if (port) continue;
      port.emplace(address.family());
      if (const int error = port->socket.bind(Address::any(address.family(), 0)); error != 0) {
        fail("open a socket (udp)", error);
      }
    }
  }

  asio::awaitable<void> prepare() override { co_return; }

  void start(Prober& prober) override {
    prober_ = &prober;
    for (auto& port : ports_) {
      if (port) loop_.each_readable(port->socket.descriptor(), [this, &port] { take(*port); });
    }
  }

  std::optional<Departure> send(std::size_t address, const Message& probe) override {
    const std::vector<std::uint8_t> bytes = encode(probe);
    Port& port = *port_of(addresses_[address]);
    Departure departure{read_clock(CLOCK_MONOTONIC)};
    const int error =
        port.socket.send_to(addresses_[address], {reinterpret_cast<const char*>(bytes.data()), bytes.size()});
    if (error != 0) {
      complaints_[address] = fmt::format("send: {}", ::strerror(error));
      collect(port);
      port.socket.number_anew();
      port.next = 0;
      port.untold = 0;
      port.departures.assign(kRemembered, {});
      return std::nullopt;
    }
    port.departures[port.next % kRemembered] = {true, port.next, address, probe.sequence};
    ++port.untold;
    departure.kernel = collect(port, port.next);
    ++port.next;
    return departure;
  }

  const std::string& complaint(std::size_t address) const override { return complaints_[address]; }
  std::uint64_t dropped() const override {
    std::uint64_t sum = 0;
    for (const auto& port : ports_) sum += port ? port->socket.drops() : 0;
    return sum;
  }
  std::uint64_t malformed() const override { return malformed_; }

 private:
  /// Which probe the datagram of that number was.
  struct Remembered {
    bool is_known = false;
    std::uint32_t number = 0;
    std::size_t address = 0;
    std::uint32_t sequence = 0;
  };
  struct Port {
    explicit Port(int family)
        : socket(family, {.stamps_arrival = true, .stamps_departure = true, .receive_buffer = kReceiveBuffer}),
          departures(kRemembered) {}

    UdpSocket socket;
    std::uint32_t next = 0;    ///< number of the next datagram
    std::uint32_t untold = 0;  ///< departures of which the kernel has not told
    std::vector<Remembered> departures;
  };

  std::optional<Port>& port_of(const Address& address) { return ports_[address.is_v4() ? 0 : 1]; }

  /// Takes what the kernel tells of departures; gives that of the datagram `wanted`, if it is among them. It asks as
  /// often as there is something to be told: with a thousand addresses each call counts.
  std::optional<Time> collect(Port& port, std::optional<std::uint32_t> wanted = {}) {
    std::optional<Time> found;
    while (port.untold > 0) {
      const auto departure = port.socket.departure();
      if (!departure) break;
      --port.untold;
      const Time when = departure->time.time_since_epoch();
      const Remembered& probe = port.departures[departure->number % kRemembered];
      if (wanted == departure->number) {
        found = when;
      } else if (probe.is_known && probe.number == departure->number) {
        prober_->departed(probe.address, probe.sequence, when);
      }
    }
    return found;
  }

  void take(Port& port) {
    collect(port);
    bool any = false;
    port.socket.receive_each([&](const UdpSocket::Datagram& datagram) {
      any = true;
      const Time now = read_clock(CLOCK_MONOTONIC);
      const auto content =
          decode({reinterpret_cast<const std::uint8_t*>(datagram.bytes.data()), datagram.bytes.size()});
      if (const auto* const message = std::get_if<Message>(&content)) {
        prober_->receive(datagram.from, *message, {.program = now, .kernel = datagram.arrival.time_since_epoch()});
      } else {
        ++malformed_;
      }
    });
    // What is told of datagrams from before numbers began again would make the socket ready for ever.
    if (!any) port.socket.forget_errors();
  }

  Loop& loop_;
  const std::vector<Address>& addresses_;
  std::vector<std::string> complaints_;
  std::array<std::optional<Port>, 2> ports_;  ///< of IPv4 and of IPv6
  Prober* prober_ = nullptr;
  std::uint64_t malformed_ = 0;
};

}  // namespace

std::unique_ptr<Transport> datagrams(Loop& loop, const std::vector<Address>& addresses) {
  return std::make_unique<Datagrams>(loop, addresses);
}

}  // namespace wireproof::rtt
