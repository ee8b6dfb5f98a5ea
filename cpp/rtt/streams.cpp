// Probes as messages over one TCP connection for each address.

#include <array>

#include "net/connect.hpp"
#include "rtt/transport.hpp"

namespace wireproof::rtt {
namespace {

using boost::system::error_code;

constexpr std::chrono::seconds kPause(1);  ///< before a connection that ended is made anew

class Streams : public Transport {
 public:
  Streams(Loop& loop, const std::vector<Address>& addresses, Time timeout)
      : loop_(loop), addresses_(addresses), patience_(2 * timeout), peers_(addresses.size()) {}

  asio::awaitable<void> prepare() override {
    std::vector<asio::awaitable<void>> parts;
    for (std::size_t i = 0; i < peers_.size(); ++i) parts.push_back(connect(i));
    co_await together(std::move(parts));
  }

  void start(Prober& prober) override {
    prober_ = &prober;
    for (std::size_t i = 0; i < peers_.size(); ++i) loop_.spawn(talk(i));
  }

  std::optional<Departure> send(std::size_t address, const Message& probe) override {
    Peer& peer = peers_[address];
    if (!peer.socket) return std::nullopt;
    const Departure departure{read_clock(CLOCK_MONOTONIC)};
    // What a full buffer kept back of a message goes first; while it does, no other message is begun.
    if (!flush(peer)) return std::nullopt;
    const std::vector<std::uint8_t> bytes = encode(probe);
    peer.unsent.assign(bytes.begin(), bytes.end());
    if (!flush(peer) && peer.unsent.size() == bytes.size()) {
      peer.unsent.clear();
      return std::nullopt;
    }
    return departure;
  }

  const std::string& complaint(std::size_t address) const override { return peers_[address].complaint; }
  std::uint64_t malformed() const override { return malformed_; }

 private:
  struct Peer {
    std::optional<tcp::socket> socket;  ///< while there is a connection
    std::string unsent;                 ///< rest of a message
    std::string complaint;
  };

  asio::awaitable<void> connect(std::size_t address) {
    Peer& peer = peers_[address];
    Handshake handshake = co_await shake_hands(loop_.context(), addresses_[address], patience_);
    if (handshake.error) {
      peer.complaint = fmt::format("connect: {}", handshake.error.message());
      co_return;
    }
    error_code ignored;
    handshake.socket.set_option(tcp::no_delay(true), ignored);
    handshake.socket.non_blocking(true, ignored);
    peer.unsent.clear();
    peer.socket.emplace(std::move(handshake.socket));
  }

  asio::awaitable<void> talk(std::size_t address) {
    Peer& peer = peers_[address];
    asio::steady_timer pause(loop_.context());
    for (error_code ignored;;) {
      if (peer.socket) {
        co_await listen(address);
        peer.socket.reset();
      }
      pause.expires_after(kPause);
      co_await pause.async_wait(into(ignored));
      co_await connect(address);
    }
  }

  /// Until the connection ends.
  asio::awaitable<void> listen(std::size_t address) {
    Peer& peer = peers_[address];
    MessageSplitter splitter;
    std::array<std::uint8_t, 4096> chunk;
    for (error_code error;;) {
      const std::size_t length = co_await peer.socket->async_read_some(asio::buffer(chunk), into(error));
      if (error) {
        peer.complaint = fmt::format("receive: {}", error.message());
        co_return;
      }
      const Time now = read_clock(CLOCK_MONOTONIC);
      Bytes bytes = Bytes(chunk).first(length);
      while (const auto message = splitter.next(bytes)) {
        prober_->receive(addresses_[address], *message, {.program = now});
      }
      if (splitter.is_broken()) {
        ++malformed_;
        peer.complaint = "receive: what came is no reply";
        co_return;
      }
      loop_.event();
    }
  }

  /// Whether nothing is unsent.
  static bool flush(Peer& peer) {
    error_code error;
    const std::size_t length = peer.unsent.empty() ? 0 : peer.socket->write_some(asio::buffer(peer.unsent), error);
    peer.unsent.erase(0, length);
    return peer.unsent.empty();
  }

  Loop& loop_;
  const std::vector<Address>& addresses_;
  Time patience_;
  std::vector<Peer> peers_;
  Prober* prober_ = nullptr;
  std::uint64_t malformed_ = 0;
};

}  // namespace

std::unique_ptr<Transport> streams(Loop& loop, const std::vector<Address>& addresses, Time timeout) {
  return std::make_unique<Streams>(loop, addresses, timeout);
}

}  // namespace wireproof::rtt
